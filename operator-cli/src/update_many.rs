//! A command to many operations: first what it would be, then a typed phrase, then one after the
//! other, a few at the same time, with what became of each.

mod dry_run;

use std::fmt::Display;
use std::io;

use futures::{StreamExt, stream};
use payments_client::Error;
use serde_json::json;
use workflows::contract::ids::RequestId;
use workflows::contract::state::{Phase, State};

use self::dry_run::DryRun;
use crate::arguments::Selection;
use crate::command::Command;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::failure;
use crate::output::Output;
use crate::selected_operations::{SelectedOperation, must_be_all, select};
use crate::terminal::{ask, print, print_json};

/// How many operations are updated at the same time: each asks the partner.
const AT_ONCE: usize = 8;

pub(crate) async fn update(
    context: &CommandContext,
    command: Command,
    selection: &Selection,
    given_phrase: Option<String>,
) -> anyhow::Result<Exit> {
    command.must_fit_many()?;
    let filter = command.narrow(selection.filter());
    let payments = context.payments().await?;
    // What is at stake is worth a look before many are resolved.
    let look = !matches!(command, Command::CheckNow);
    let chosen = select(&payments, &filter, selection, look).await?;
    must_be_all(&chosen)?;
    let (unasked, mut chosen): (Vec<SelectedOperation>, Vec<SelectedOperation>) = chosen
        .into_iter()
        .partition(|one| matches!(one.state, Some(Err(_))));
    chosen.retain(|one| match &one.state {
        Some(Ok(state)) => command.suits(state),
        _ => !command.is_about_a_proposal(),
    });
    let dry_run = DryRun::new(&command, &chosen, unasked.len());
    dry_run.print(context, &command, &chosen)?;
    let mut exit = if unasked.is_empty() {
        Exit::Fine
    } else {
        Exit::OutOfReach
    };
    if chosen.is_empty() {
        return Ok(exit);
    }
    if !confirm(context, &dry_run.phrase, given_phrase)? {
        return Ok(Exit::Unconfirmed);
    }
    // Whoever approves has no reason to give, so there the caller's name says it.
    let payments_against_advice = match dry_run.advised_against {
        0 => payments.clone(),
        _ => context.payments_against_advice().await?,
    };
    let given = stream::iter(chosen).map(|one| {
        let state = one.state.and_then(Result::ok);
        let advice = state
            .as_ref()
            .and_then(|state| command.contrary_advice(state));
        let payments = advice.map_or(&payments, |_| &payments_against_advice);
        let operation = payments.operation(&one.description.request_id);
        let command = &command;
        async move {
            let given = match command.for_state(state.as_ref()) {
                Ok(update) => update.give(&operation).await,
                Err(error) => Err(error),
            };
            (operation.request_id().clone(), given)
        }
    });
    let mut given = given.buffer_unordered(AT_ONCE);
    let (mut done, mut not_done) = (0, 0);
    while let Some((request_id, end)) = given.next().await {
        match &end {
            Ok(_) => done += 1,
            Err(error) => {
                not_done += 1;
                exit = exit.max(Exit::of(error));
            }
        }
        print_end(&context.output, &request_id, &end)?;
    }
    context
        .output
        .line(&format!("{done} done, {not_done} not"))?;
    Ok(exit)
}

/// By the option, or by what is typed on a terminal. Elsewhere it stays a dry run.
fn confirm(context: &CommandContext, phrase: &str, confirm: Option<String>) -> io::Result<bool> {
    let complain = |text: &dyn Display| context.output.unconfirmed(text);
    let typed = match confirm {
        Some(typed) => Some(typed),
        None => ask(&format_args!("To go on, type: {phrase}"))?,
    };
    match typed {
        Some(typed) if typed.trim() == phrase => return Ok(true),
        Some(typed) => complain(&format_args!(
            "nothing was done: it takes '{phrase}', not '{}'",
            typed.trim()
        )),
        None => complain(&format_args!(
            "nothing was done; to go on, add: --confirm '{phrase}'"
        )),
    }
    Ok(false)
}

fn print_end(
    output: &Output,
    request_id: &RequestId,
    end: &Result<State, Error>,
) -> io::Result<()> {
    match end {
        Ok(state) if output.is_json() => {
            print_json(&json!({ "request_id": request_id, "state": state }))
        }
        Err(error) if output.is_json() => print_json(&failure::of_operation(request_id, error)),
        end => print(&format_args!("{request_id}  {}", result_text(end))),
    }
}

fn result_text(end: &Result<State, Error>) -> String {
    match end {
        Ok(state) if state.proposal.is_some() => "proposed; another operator approves it".into(),
        Ok(state) => match (&state.last_error, state.phase) {
            (Some(error), Phase::NeedsAttention) => format!("still needs_attention: {error}"),
            (_, phase) => phase.as_str().to_owned(),
        },
        Err(error) => error.to_string(),
    }
}

#[cfg(test)]
mod views;
