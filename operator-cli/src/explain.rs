//! The verb `explain`: for one operation what its state means, what is safe to do about it and
//! what could move money twice; for many the same for each sort of them.

mod commands;
mod explanation;
mod sorts;

use std::io;

use jiff::Timestamp;
use payments_client::WorkflowExecutionStatus;
use workflows::contract::ids::RequestId;

use self::explanation::Explanation;
use self::sorts::Sort;
use crate::arguments::{Chosen, Selection};
use crate::choice::{MOST, choose, unasked};
use crate::equivalent;
use crate::exit::Exit;
use crate::terminal::{print, print_json};
use crate::verbs::Desk;

pub(crate) use self::explanation::ended_in_words;

pub(crate) async fn explain(desk: &Desk, chosen: Chosen) -> anyhow::Result<Exit> {
    match chosen {
        Chosen::One(request_id) => explain_one(desk, &request_id).await,
        Chosen::Many(selection) => explain_many(desk, &selection).await,
    }
}

async fn explain_one(desk: &Desk, request_id: &RequestId) -> anyhow::Result<Exit> {
    desk.output.equivalent(&equivalent::status(request_id));
    let operation = desk.payments().await?.operation(request_id);
    let as_of = Timestamp::now();
    // In this order: what ended in between is told as ended.
    let state = operation.state().await;
    let description = operation.describe().await?;
    let end = match description.status {
        WorkflowExecutionStatus::Failed => operation.result().await.err(),
        _ => None,
    };
    let explanation = Explanation::new(&description, state.as_ref(), end.as_ref(), as_of);
    match desk.output.is_json() {
        true => print_json(&explanation)?,
        false => {
            desk.output.description(&description)?;
            tell(&explanation)?;
        }
    }
    match (&state, description.is_open()) {
        (Err(error), true) => Ok(Exit::of(error)),
        // One that has ended is told without a worker.
        _ => Ok(Exit::Fine),
    }
}

async fn explain_many(desk: &Desk, selection: &Selection) -> anyhow::Result<Exit> {
    let filter = selection.filter();
    desk.output.equivalent(&equivalent::list(&filter, MOST)?);
    let payments = desk.payments().await?;
    let as_of = Timestamp::now();
    let chosen = choose(&payments, &filter, selection, true).await?;
    let sorts = Sort::all(selection, &chosen, as_of);
    for (n, sort) in sorts.iter().enumerate() {
        if desk.output.is_json() {
            print_json(sort)?;
            continue;
        }
        if n > 0 {
            print(&"")?;
        }
        sort.headline().iter().try_for_each(|line| print(line))?;
        tell(&sort.explanation)?;
    }
    let sorts = match sorts.len() {
        1 => "one sort".to_owned(),
        count => format!("{count} sorts"),
    };
    desk.output.line("")?;
    desk.output
        .line(&format!("operations: {}, of {sorts}", chosen.len()))?;
    match unasked(&chosen) {
        None => Ok(Exit::Fine),
        Some((_, error)) => Ok(Exit::of(error)),
    }
}

fn tell(explanation: &Explanation) -> io::Result<()> {
    for (title, lines) in explanation.sections() {
        if lines.is_empty() {
            continue;
        }
        print(&"")?;
        print(&title)?;
        for line in lines {
            print(&format!("  {line}"))?;
        }
    }
    Ok(())
}
