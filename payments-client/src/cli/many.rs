//! An order to many operations: first what it would be, then a typed word, then one after the
//! other, a few at the same time, with what became of each.

use std::io::{self, BufRead, IsTerminal, Write};

use futures::{StreamExt, stream};
use payments_client::{Error, Total};
use serde_json::json;
use workflows::state::{Phase, State};

use crate::arguments::Selection;
use crate::choice::{One, all_of, choose};
use crate::exit::Exit;
use crate::order::Order;
use crate::output::print;
use crate::tables;
use crate::verbs::Desk;

/// How many operations are ordered about at the same time: each asks the partner.
const AT_ONCE: usize = 8;

/// How many of them the dry run shows.
const SHOWN: usize = 20;

pub(crate) async fn give(
    desk: &Desk,
    order: Order,
    selection: &Selection,
    confirm: Option<String>,
) -> anyhow::Result<Exit> {
    order.may_go_to_many()?;
    let filter = order.narrow(selection.filter());
    if let Some(command) = order.equivalent_to_many(&filter.query()?)? {
        desk.output.equivalent(&command);
    }
    let payments = desk.payments().await?;
    // What is at stake is worth a look before many are resolved.
    let look = !matches!(order, Order::CheckNow);
    let mut chosen = choose(&payments, &filter, selection, look).await?;
    all_of(&chosen)?;
    chosen.retain(|one| match &one.state {
        Some(Ok(state)) => order.suits(state),
        _ => !order.is_about_a_proposal(),
    });
    let phrase = order.phrase(chosen.len());
    tell(desk, &order, &chosen, &phrase)?;
    if chosen.is_empty() {
        return Ok(Exit::Fine);
    }
    if !is_confirmed(&phrase, confirm)? {
        return Ok(Exit::Unconfirmed);
    }
    let given = stream::iter(chosen).map(|one| {
        let operation = payments.operation(&one.description.request_id);
        let state = one.state.and_then(Result::ok);
        let order = &order;
        async move {
            let update = order.to_one(state.as_ref());
            let given = match &update {
                Ok(update) => update.give(&operation).await,
                Err(error) => Err(Error::Refused(error.to_string())),
            };
            (operation.request_id().clone(), given)
        }
    });
    let mut given = given.buffer_unordered(AT_ONCE);
    let (mut done, mut not_done, mut exit) = (0, 0, Exit::Fine);
    while let Some((request_id, end)) = given.next().await {
        match &end {
            Ok(_) => done += 1,
            Err(error) => {
                not_done += 1;
                exit = exit.max(Exit::of(error));
            }
        }
        match desk.output.is_json() {
            true => print(&match &end {
                Ok(state) => json!({ "request_id": request_id, "state": state }),
                Err(error) => json!({ "request_id": request_id, "error": error.to_string() }),
            })?,
            false => print(&format!("{request_id}  {}", in_words(&end)))?,
        }
    }
    desk.output.line(&format!("{done} done, {not_done} not"))?;
    Ok(exit)
}

/// The dry run: how many, how much, and what is at stake.
fn tell(desk: &Desk, order: &Order, chosen: &[One], phrase: &str) -> io::Result<()> {
    let totals = Total::of(chosen.iter().map(|one| &one.description));
    let states = chosen
        .iter()
        .filter_map(|one| one.state.as_ref()?.as_ref().ok());
    let unadvised = states.filter(|it| order.is_advised_against(it)).count();
    if desk.output.is_json() {
        return print(&json!({
            "operations": chosen.len(), "sums": tables::sums_json(&totals),
            "advised_against": unadvised, "confirm": phrase,
        }));
    }
    if chosen.is_empty() {
        return print(&"no operation is chosen: nothing to do");
    }
    tables::print_operations(&chosen[..chosen.len().min(SHOWN)])?;
    print(&"")?;
    tables::print_sums(&totals, chosen.len().min(SHOWN), chosen.len())?;
    match unadvised {
        0 => Ok(()),
        _ => print(&format!(
            "{unadvised} of them advise against it: they take it only where the partner's own word \
             allows it. sky-payments explain says why."
        )),
    }
}

/// By the option, or by what is typed on a terminal. Elsewhere it stays a dry run.
fn is_confirmed(phrase: &str, confirm: Option<String>) -> io::Result<bool> {
    let mut prompt = io::stderr();
    let typed = match confirm {
        Some(typed) => typed,
        None if io::stdin().is_terminal() => {
            write!(prompt, "To go on, type: {phrase}\n> ")?;
            prompt.flush()?;
            let mut typed = String::new();
            io::stdin().lock().read_line(&mut typed)?;
            typed
        }
        None => {
            writeln!(
                prompt,
                "nothing was done; to go on, add: --confirm '{phrase}'"
            )?;
            return Ok(false);
        }
    };
    let is_it = typed.trim() == phrase;
    if !is_it {
        let typed = typed.trim();
        writeln!(
            prompt,
            "nothing was done: it takes '{phrase}', not '{typed}'"
        )?;
    }
    Ok(is_it)
}

fn in_words(end: &Result<State, Error>) -> String {
    match end {
        Ok(state) if state.proposal.is_some() => "proposed; another operator approves it".into(),
        Ok(state) => match (&state.last_error, state.phase) {
            (Some(error), Phase::NeedsAttention) => format!("still needs_attention: {error}"),
            (_, phase) => phase.as_str().to_owned(),
        },
        Err(error) => error.to_string(),
    }
}
