//! An order to one operation. One that goes against advice takes a typed phrase, or the flag.

use anyhow::Context;
use workflows::contract::ids::RequestId;
use workflows::contract::state::State;

use crate::against::Against;
use crate::arguments::Insistence;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::order::{Order, Update};
use crate::terminal::{ask, complain};

pub(crate) async fn give(
    context: &CommandContext,
    request_id: &RequestId,
    order: Order,
    insistence: Insistence,
) -> anyhow::Result<Exit> {
    let mut operation = context.operation(request_id).await?;
    let state = match order {
        Order::CheckNow | Order::Withdraw(_) => None,
        // Without a worker nobody knows what is advised, and nobody would carry it out.
        Order::Resolve(_) | Order::Approve(_) => {
            Some(operation.state().await.context("nothing was done")?)
        }
    };
    let against = state.as_ref().and_then(|state| order.against(state));
    // What is approved is what is shown here.
    let proposal = state.as_ref().and_then(|state| state.proposal.as_ref());
    if let (Order::Approve(_), Some(proposal)) = (&order, proposal) {
        context.output.proposal(proposal)?;
    }
    let update = order.to_one(state.as_ref())?;
    if let Some(against) = against {
        if !insistence.against_advice && !is_insisted(&order, request_id, &against)? {
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
    tell_of_a_proposal(context, request_id, &update, &state)?;
    Ok(Exit::Fine)
}

/// By what is typed on a terminal. Elsewhere nothing is done.
fn is_insisted(order: &Order, request_id: &RequestId, against: &Against) -> anyhow::Result<bool> {
    let phrase = order.phrase_for_one(request_id);
    complain(&format_args!(
        "the operation advises against it: {}",
        against.because()
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

fn tell_of_a_proposal(
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
