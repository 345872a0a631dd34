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
use crate::context::CommandContext;
use crate::equivalent;
use crate::exit::Exit;
use crate::terminal::{print, print_json};

pub(crate) use self::explanation::without_a_word::ended_in_words;

pub(crate) async fn explain(context: &CommandContext, chosen: Chosen) -> anyhow::Result<Exit> {
    match chosen {
        Chosen::One(request_id) => explain_one(context, &request_id).await,
        Chosen::Many(selection) => explain_many(context, &selection).await,
    }
}

async fn explain_one(context: &CommandContext, request_id: &RequestId) -> anyhow::Result<Exit> {
    context.output.equivalent(&equivalent::status(request_id));
    let operation = context.payments().await?.operation(request_id);
    let as_of = Timestamp::now();
    // In this order: what ended in between is told as ended.
    let state = operation.state().await;
    let description = operation.describe().await?;
    let end = match description.status {
        WorkflowExecutionStatus::Failed => operation.result().await.err(),
        _ => None,
    };
    let explanation = Explanation::new(&description, state.as_ref(), end.as_ref(), as_of);
    match context.output.is_json() {
        true => print_json(&explanation)?,
        false => {
            context.output.description(&description)?;
            tell(&explanation)?;
        }
    }
    match (&state, description.is_open()) {
        (Err(error), true) => Ok(Exit::of(error)),
        // One that has ended is told without a worker.
        _ => Ok(Exit::Fine),
    }
}

async fn explain_many(context: &CommandContext, selection: &Selection) -> anyhow::Result<Exit> {
    let filter = selection.filter();
    context.output.equivalent(&equivalent::list(&filter, MOST)?);
    let payments = context.payments().await?;
    let as_of = Timestamp::now();
    let chosen = choose(&payments, &filter, selection, true).await?;
    let sorts = Sort::all(selection, &chosen, as_of);
    for (n, sort) in sorts.iter().enumerate() {
        if context.output.is_json() {
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
    context.output.line("")?;
    context
        .output
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
