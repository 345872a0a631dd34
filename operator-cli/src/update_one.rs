//! A command to one operation. A command that goes against advice takes a typed phrase, or the flag.

use std::fmt::Display;
use std::io;

use anyhow::Context;
use payments_client::{Description, Error, OperationHandle};
use workflows::contract::ids::RequestId;
use workflows::contract::state::State;

use crate::command::{Command, Update};
use crate::context::CommandContext;
use crate::contrary_advice::ContraryAdvice;
use crate::exit::Exit;
use crate::output::Output;
use crate::terminal::ask;

pub(crate) async fn update(
    context: &CommandContext,
    request_id: &RequestId,
    command: Command,
    against_advice: bool,
) -> anyhow::Result<Exit> {
    let mut operation = context.operation(request_id).await?;
    let state = match command {
        Command::CheckNow | Command::Withdraw(_) => None,
        Command::Resolve(_) | Command::Approve(_) => {
            Some(open_state(&operation).await.context("nothing was done")?)
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
        if !against_advice && !confirm_against_advice(context, &command, request_id, &advice)? {
            return Ok(Exit::Unconfirmed);
        }
        // Whoever approves has no reason to give, so the caller's name says it too.
        let payments = context.payments_against_advice().await?;
        operation = payments.operation(request_id);
    }
    context.output.equivalent(&update.equivalent(request_id)?);
    let state = update.give(&operation).await?;
    let description = operation.describe().await?;
    print_end(&context.output, &update, &state, &description)?;
    Ok(Exit::Fine)
}

/// What a worker says of it. Without one nobody knows what is advised, and nobody would carry it out.
/// One that has ended takes no command, whatever a worker says of its last moments.
async fn open_state(operation: &OperationHandle) -> Result<State, Error> {
    if !operation.describe().await?.is_open() {
        return Err(Error::Closed(operation.request_id().clone()));
    }
    operation.state().await
}

/// By what is typed on a terminal. Elsewhere nothing is done.
fn confirm_against_advice(
    context: &CommandContext,
    command: &Command,
    request_id: &RequestId,
    advice: &ContraryAdvice,
) -> anyhow::Result<bool> {
    let phrase = command.phrase_for_one(request_id);
    let complain = |text: &dyn Display| context.output.unconfirmed(text);
    let advises = format_args!("the operation advises against it: {}", advice.because());
    complain(&advises);
    match ask(&format_args!("To go on all the same, type: {phrase}"))? {
        Some(typed) if typed == phrase => return Ok(true),
        Some(typed) => complain(&format_args!(
            "nothing was done: it takes '{phrase}', not '{typed}'"
        )),
        None => complain(&"nothing was done; to go on all the same, add: --against-advice"),
    }
    Ok(false)
}

/// The state after it, and how to approve what was proposed.
fn print_end(
    output: &Output,
    update: &Update,
    state: &State,
    description: &Description,
) -> io::Result<()> {
    output.state(Some(state), description)?;
    if let (Update::Resolve(resolution), Some(_)) = (update, &state.proposal) {
        let request_id = &description.request_id;
        let verdict = resolution.resolve_as.as_str();
        output.line("proposed; another operator approves it with:")?;
        output.command(&format!(
            "sky-payments approve {request_id} --as {verdict} --operator NAME"
        ))?;
    }
    Ok(())
}

#[cfg(test)]
mod views;
