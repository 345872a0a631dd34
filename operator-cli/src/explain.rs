//! The verb `explain`: what the state of one operation means, what is safe to do about it and what
//! could move money twice; for many operations, the same for each group.

mod commands;
mod explanation;
mod groups;
mod past;

use std::io;

use anyhow::Context;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use payments_client::{Description, PaymentsClient};
use workflows::contract::ids::RequestId;

use self::commands::CommandTarget;
use self::explanation::Explanation;
use self::explanation::not_running::{ended_by_force, never_sent};
use self::groups::Group;
use crate::arguments::{Selection, Target};
use crate::context::CommandContext;
use crate::equivalent;
use crate::exit::Exit;
use crate::labels::told_by;
use crate::selected_operations::{ASKED_AT_ONCE, MOST, first_unanswered, select};
use crate::terminal::{print, print_command, print_json};

pub(crate) use self::explanation::not_running::standing_sentences;
pub(crate) use self::past::{EarlierRun, Past, end_of, sent_nothing};

pub(crate) async fn explain(context: &CommandContext, chosen: Target) -> anyhow::Result<Exit> {
    match chosen {
        Target::One(request_id) => explain_one(context, &request_id).await,
        Target::Many(selection) => explain_many(context, &selection).await,
    }
}

async fn explain_one(context: &CommandContext, request_id: &RequestId) -> anyhow::Result<Exit> {
    context.output.equivalent(&equivalent::status(request_id));
    let payments = context.payments().await;
    let payments = payments.with_context(|| request_id.to_string())?;
    let operation = payments.operation(request_id);
    let as_of = Timestamp::now();
    // In this order, so that what ended in between is reported as ended.
    let state = operation.state().await;
    let description = operation.describe().await?;
    let past = Past::of(&payments, &description).await;
    let mut explanation = if was_cut_off_unsent(&payments, &description).await {
        Explanation::cut_off_unsent(&description, as_of)
    } else {
        let target = CommandTarget::One(request_id.to_string());
        Explanation::of(&target, &description, Some(state.as_ref()), &past, as_of)
    };
    explanation.spell(&context.output);
    if context.output.is_json() {
        print_json(&explanation)?
    } else {
        let told = told_by(state.as_ref().ok(), description.clone());
        context.output.description(&told)?;
        print_explanation(&explanation)?;
    }
    match (&state, description.is_open()) {
        (Err(error), true) => Ok(Exit::of(error)),
        // An operation that has ended is explained without a worker.
        _ => Ok(Exit::Fine),
    }
}

/// Whether it was ended by force, and no run under its id can have sent anything.
async fn was_cut_off_unsent(payments: &PaymentsClient, description: &Description) -> bool {
    if !ended_by_force(description.status) {
        return false;
    }
    // Asked for after its end: what was known before may be out of date.
    let operation = payments.operation(&description.request_id);
    if !operation.state().await.is_ok_and(|it| never_sent(&it)) {
        return false;
    }
    // The newest run does not know what one before it under the same id has sent.
    let workflow_id = description.request_id.workflow_id();
    let query = format!(r#"WorkflowId = "{workflow_id}""#);
    let runs = payments.search(&query, 2).await;
    runs.is_ok_and(|runs| runs.len() == 1 && runs[0].run_id == description.run_id)
}

async fn explain_many(context: &CommandContext, selection: &Selection) -> anyhow::Result<Exit> {
    let filter = selection.filter();
    context.output.equivalent(&equivalent::list(&filter, MOST)?);
    let payments = context.payments().await?;
    let as_of = Timestamp::now();
    let chosen = select(&payments, &filter, selection, true).await?;
    if chosen.is_empty() && context.output.says_none("operations")? {
        return Ok(Exit::Fine);
    }
    let pasts = stream::iter(&chosen).map(|one| Past::of(&payments, &one.description));
    let pasts: Vec<Past> = pasts.buffered(ASKED_AT_ONCE).collect().await;
    let mut groups = Group::all(selection, &chosen, &pasts, as_of);
    for (n, group) in groups.iter_mut().enumerate() {
        group.explanation.spell(&context.output);
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
    print(&"")?;
    print(&"What to type")?;
    let mut commands = explanation.commands.iter();
    commands.try_for_each(|command| print_command(&format_args!("  {command}")))
}

#[cfg(test)]
mod views;
