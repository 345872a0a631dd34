//! A command to one operation. A command that goes against advice takes a typed phrase, or the flag.

use anyhow::Context;
use workflows::contract::ids::RequestId;
use workflows::contract::state::State;

use crate::arguments::Insistence;
use crate::command::{Command, Update};
use crate::context::CommandContext;
use crate::contrary_advice::ContraryAdvice;
use crate::exit::Exit;
use crate::terminal::{ask, complain};

pub(crate) async fn update(
    context: &CommandContext,
    request_id: &RequestId,
    command: Command,
    insistence: Insistence,
) -> anyhow::Result<Exit> {
    let mut operation = context.operation(request_id).await?;
    let state = match command {
        Command::CheckNow | Command::Withdraw(_) => None,
        // Without a worker nobody knows what is advised, and nobody would carry it out.
        Command::Resolve(_) | Command::Approve(_) => {
            Some(operation.state().await.context("nothing was done")?)
        }
    };
    let advice = state
        .as_ref()
        .and_then(|state| command.contrary_advice(state));
    // What is approved is what is shown here.
    let proposal = state.as_ref().and_then(|state| state.proposal.as_ref());
    if let (Command::Approve(_), Some(proposal)) = (&command, proposal) {
        context.output.proposal(proposal)?;
    }
    let update = command.for_state(state.as_ref())?;
    if let Some(advice) = advice {
        if !insistence.against_advice && !confirm_against_advice(&command, request_id, &advice)? {
            return Ok(Exit::Unconfirmed);
        }
        // Whoever approves has no reason to give, so the caller's name says it too.
        let payments = context.payments_against_advice().await?;
        operation = payments.operation(request_id);
    }
    context.output.equivalent(&update.equivalent(request_id)?);
    let state = update.give(&operation).await?;
    let description = operation.describe().await?;
    context.output.state(&state, description.status)?;
    print_how_to_approve(context, request_id, &update, &state)?;
    Ok(Exit::Fine)
}

/// By what is typed on a terminal. Elsewhere nothing is done.
fn confirm_against_advice(
    command: &Command,
    request_id: &RequestId,
    advice: &ContraryAdvice,
) -> anyhow::Result<bool> {
    let phrase = command.phrase_for_one(request_id);
    complain(&format_args!(
        "the operation advises against it: {}",
        advice.because()
    ));
    match ask(&format_args!("To go on all the same, type: {phrase}"))? {
        Some(typed) if typed == phrase => return Ok(true),
        Some(typed) => complain(&format_args!(
            "nothing was done: it takes '{phrase}', not '{typed}'"
        )),
        None => complain(&"nothing was done; to go on all the same, add: --against-advice"),
    }
    Ok(false)
}

fn print_how_to_approve(
    context: &CommandContext,
    request_id: &RequestId,
    update: &Update,
    state: &State,
) -> anyhow::Result<()> {
    if let (Update::Resolve(resolution), Some(_)) = (update, &state.proposal) {
        let verdict = resolution.resolve_as.as_str();
        context
            .output
            .line("proposed; another operator approves it with:")?;
        context.output.line(&format!(
            "  sky-payments approve {request_id} --as {verdict} --operator NAME"
        ))?;
    }
    Ok(())
}
