//! The verb `explain`: what the state of one operation means, what is safe to do about it and what
//! could move money twice; for many operations, the same for each group.

mod commands;
mod explanation;
mod groups;

use std::io;

use jiff::Timestamp;
use payments_client::WorkflowExecutionStatus;
use workflows::contract::ids::RequestId;

use self::explanation::Explanation;
use self::groups::Group;
use crate::arguments::{Selection, Target};
use crate::context::CommandContext;
use crate::equivalent;
use crate::exit::Exit;
use crate::selected_operations::{MOST, first_unanswered, select};
use crate::terminal::{print, print_json};

pub(crate) use self::explanation::not_running::standing_sentences;

pub(crate) async fn explain(context: &CommandContext, chosen: Target) -> anyhow::Result<Exit> {
    match chosen {
        Target::One(request_id) => explain_one(context, &request_id).await,
        Target::Many(selection) => explain_many(context, &selection).await,
    }
}

async fn explain_one(context: &CommandContext, request_id: &RequestId) -> anyhow::Result<Exit> {
    context.output.equivalent(&equivalent::status(request_id));
    let operation = context.payments().await?.operation(request_id);
    let as_of = Timestamp::now();
    // In this order, so that what ended in between is reported as ended.
    let state = operation.state().await;
    let description = operation.describe().await?;
    let end = match description.status {
        WorkflowExecutionStatus::Failed => operation.result().await.err(),
        _ => None,
    };
    let explanation = Explanation::new(&description, state.as_ref(), end.as_ref(), as_of);
    if context.output.is_json() {
        print_json(&explanation)?
    } else {
        context.output.description(&description)?;
        print_explanation(&explanation)?;
    }
    match (&state, description.is_open()) {
        (Err(error), true) => Ok(Exit::of(error)),
        // An operation that has ended is explained without a worker.
        _ => Ok(Exit::Fine),
    }
}

async fn explain_many(context: &CommandContext, selection: &Selection) -> anyhow::Result<Exit> {
    let filter = selection.filter();
    context.output.equivalent(&equivalent::list(&filter, MOST)?);
    let payments = context.payments().await?;
    let as_of = Timestamp::now();
    let chosen = select(&payments, &filter, selection, true).await?;
    let groups = Group::all(selection, &chosen, as_of);
    for (n, group) in groups.iter().enumerate() {
        if context.output.is_json() {
            print_json(group)?;
            continue;
        }
        if n > 0 {
            print(&"")?;
        }
        group.headline().iter().try_for_each(|line| print(line))?;
        print_explanation(&group.explanation)?;
    }
    let groups = match groups.len() {
        1 => "one group".to_owned(),
        count => format!("{count} groups"),
    };
    context.output.line("")?;
    context
        .output
        .line(&format!("operations: {}, in {groups}", chosen.len()))?;
    match first_unanswered(&chosen) {
        None => Ok(Exit::Fine),
        Some((_, error)) => Ok(Exit::of(error)),
    }
}

fn print_explanation(explanation: &Explanation) -> io::Result<()> {
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
