//! One operation of a campaign, from its request to its end.

use std::pin::pin;
use std::process::Output;
use std::time::Duration;

use anyhow::bail;
use futures::future::try_join;
use harness::{End, Operation};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::act::Deed;
use super::fault::Place;
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
    prepare(field, planned).await?;
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

async fn prepare(field: &Field, planned: &Planned) -> anyhow::Result<()> {
    let stack = field.stack.read().await;
    let partner = stack.partner();
    let order_id = &planned.operation.order_id;
    partner
        .create_order(order_id, &planned.captured, &planned.operation.currency)
        .await?;
    let Some(fault) = &planned.fault else {
        return Ok(());
    };
    let setting = fault.setting.clone();
    match fault.place {
        Place::Request => {
            partner
                .set_custom_scenario(&planned.operation.request_id, setting)
                .await
        }
        Place::Order => partner.set_order_scenario(order_id, setting).await,
        // All of billing's are set at once, before the start.
        Place::Billing => Ok(()),
    }
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
        was_told: differs.is_some_and(|fields| fields.iter().any(|field| field == "amount")),
    };
    let mut diary = field.diary();
    let repeats = diary.repeats.entry(operation.request_id);
    repeats.or_default().push(repeat);
    Ok(true)
}

/// How long an operation keeps others from starting.
const LONGEST_SLOT: Duration = Duration::from_secs(6);
