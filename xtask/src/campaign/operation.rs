//! One operation of a campaign, from its request to its end.

use std::pin::pin;
use std::process::Output;
use std::time::Duration;

use anyhow::bail;
use futures::future::try_join;
use harness::{End, Operation, Stripe};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::act::Deed;
use super::fault::{LIST_REFUNDS, Place};
use super::field::{Field, answer, error_text};
use super::plan::Planned;
use super::repeat::Repeat;
use super::verb::say;

/// Asks for the operation, does what else is planned, and follows it to its end.
pub(crate) async fn carry_out(
    field: &Field,
    planned: &Planned,
    slots: &Semaphore,
) -> anyhow::Result<()> {
    let slot = slots.acquire().await?;
    let planned = &prepare(field, planned).await?;
    let started = answer(&start(field, &planned.operation).await?)?;
    field.diary().started += 1;
    let run_id = &started["run_id"];
    let mut both = pin!(async {
        if planned.is_waited_for_afterwards() {
            act(field, planned, run_id).await?;
            return follow(field, planned).await;
        }
        let both = try_join(follow(field, planned), act(field, planned, run_id));
        both.await.map(|_| ())
    });
    // One that takes long lets others in.
    if let Ok(done) = timeout(LONGEST_SLOT, &mut both).await {
        return done;
    }
    drop(slot);
    both.await
}

/// Has the order paid, and its faults made ready. Returns what is to be asked for.
async fn prepare(field: &Field, planned: &Planned) -> anyhow::Result<Planned> {
    let mut planned = planned.clone();
    let stack = field.stack.read().await;
    let (partner, stripe) = (stack.partner(), stack.stripe()?);
    if planned.is_at_stripe() {
        planned.operation = stripe.paid(planned.operation, &planned.captured).await?;
    } else {
        let Operation {
            order_id, currency, ..
        } = &planned.operation;
        let captured = &planned.captured;
        partner.create_order(order_id, captured, currency).await?;
    }
    let Some(fault) = &planned.fault else {
        return Ok(planned);
    };
    let (id, order_id) = (&planned.operation.request_id, &planned.operation.order_id);
    let setting = fault.setting.clone();
    match fault.place {
        Place::Request => partner.set_custom_scenario(id, setting).await?,
        Place::Order => partner.set_order_scenario(order_id, setting).await?,
        // All of billing's are set at once, before the start.
        Place::Billing => {}
        Place::Stripe(_) => set_at_stripe(stripe, id, &setting).await?,
    }
    Ok(planned)
}

/// Its delivery rules are set all at once, before the start.
async fn set_at_stripe(stripe: &Stripe, id: &str, setting: &Value) -> anyhow::Result<()> {
    if let Some(card) = setting["card"].as_str() {
        stripe.set_card(id, card).await?;
    }
    for fault in setting["faults"].as_array().into_iter().flatten() {
        let mut fault = fault.clone();
        if fault["on"] != LIST_REFUNDS {
            fault["request_id"] = json!(id);
        }
        stripe.add_fault(&fault).await?;
    }
    Ok(())
}

async fn start(field: &Field, operation: &Operation) -> anyhow::Result<Output> {
    field.payments(&operation.start_arguments()).await
}

async fn follow(field: &Field, planned: &Planned) -> anyhow::Result<()> {
    let id = &planned.operation.request_id;
    let output = field.payments(&["result", id]).await?;
    let Some(end) = End::told(&output) else {
        bail!(
            "the result of {id} is not to be had: {}",
            error_text(&output)
        );
    };
    field.diary().end(id, end);
    Ok(())
}

async fn act(field: &Field, planned: &Planned, run_id: &Value) -> anyhow::Result<()> {
    let Some(act) = planned.act else {
        return Ok(());
    };
    sleep(Duration::from_millis(act.after_ms)).await;
    let id = &planned.operation.request_id;
    let is_taken = match act.deed {
        Deed::StartAgain => repeat(field, planned, run_id, false).await?,
        Deed::StartWithOtherAmount => repeat(field, planned, run_id, true).await?,
        // Whatever has closed takes neither.
        Deed::CheckNow => field.payments(&["check-now", id]).await?.status.success(),
        Deed::Cancel => field.payments(&["cancel", id]).await?.status.success(),
        Deed::Say(verb) => say(field, &planned.operation, verb).await?,
    };
    if is_taken {
        field.diary().write(act.deed.as_str());
    }
    Ok(())
}

async fn repeat(
    field: &Field,
    planned: &Planned,
    run_id: &Value,
    has_other_amount: bool,
) -> anyhow::Result<bool> {
    let mut operation = planned.operation.clone();
    if has_other_amount {
        operation.amount.clone_from(&planned.other_amount);
    }
    let answer = answer(&start(field, &operation).await?)?;
    let differs = answer["repeat"]["differs"].as_array();
    let repeat = Repeat {
        is_same_run: answer["run_id"] == *run_id,
        has_other_amount,
        was_told: differs
            .is_some_and(|fields| fields.iter().any(|field| field["field"] == "amount")),
    };
    let mut diary = field.diary();
    let repeats = diary.repeats.entry(operation.request_id);
    repeats.or_default().push(repeat);
    Ok(true)
}

/// How long an operation keeps others from starting.
const LONGEST_SLOT: Duration = Duration::from_secs(6);
