//! One operation of a campaign, from its request to its end.

use std::pin::pin;
use std::process::Output;
use std::time::Duration;

use anyhow::bail;
use futures::future::try_join;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::fault::Place;
use super::field::{Field, answer, words};
use super::plan::{Deed, Planned};
use super::reconciliation::{Ending, Repeat};
use super::verb::say;

/// Asks for the operation, does what else is planned, and follows it to its end.
pub(crate) async fn carry_out(
    field: &Field,
    planned: &Planned,
    slots: &Semaphore,
) -> anyhow::Result<()> {
    let slot = slots.acquire().await?;
    prepare(field, planned).await?;
    let started = answer(&start(field, planned, &planned.amount).await?)?;
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
    let order_id = &planned.order_id;
    partner
        .create_order(order_id, &planned.captured, planned.currency)
        .await?;
    let Some(fault) = &planned.fault else {
        return Ok(());
    };
    let setting = fault.setting.clone();
    match fault.place {
        Place::Request => {
            partner
                .set_custom_scenario(&planned.request_id, setting)
                .await
        }
        Place::Order => partner.set_order_scenario(order_id, setting).await,
        // All of billing's are set at once, before the start.
        Place::Billing => Ok(()),
    }
}

async fn start(field: &Field, planned: &Planned, amount: &str) -> anyhow::Result<Output> {
    #[rustfmt::skip]
    let arguments = [
        "start", planned.kind.verb(),
        "--request-id", &planned.request_id,
        "--order-id", &planned.order_id,
        "--amount", amount,
        "--currency", planned.currency,
        "--country", "KG",
    ];
    field.payments(&arguments).await
}

async fn follow(field: &Field, planned: &Planned) -> anyhow::Result<()> {
    let id = &planned.request_id;
    let output = field.payments(&["result", id]).await?;
    let ending = match output.status.code() {
        Some(0 | 5) if output.stdout.is_empty() => Ending::Failed(words(&output)),
        Some(0 | 5) => Ending::Outcome(answer(&output)?),
        _ => bail!("the result of {id} is not to be had: {}", words(&output)),
    };
    field.diary().end(id, ending);
    Ok(())
}

async fn act(field: &Field, planned: &Planned, run_id: &Value) -> anyhow::Result<()> {
    let Some(act) = planned.act else {
        return Ok(());
    };
    sleep(Duration::from_millis(act.after_ms)).await;
    let id = &planned.request_id;
    let is_taken = match act.deed {
        Deed::StartAgain => repeat(field, planned, run_id, false).await?,
        Deed::StartWithOtherAmount => repeat(field, planned, run_id, true).await?,
        // Whatever has closed takes neither.
        Deed::CheckNow => field.payments(&["check-now", id]).await?.status.success(),
        Deed::Cancel => field.payments(&["cancel", id]).await?.status.success(),
        Deed::Say(verb) => say(field, planned, verb).await?,
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
    let amount = match has_other_amount {
        true => &planned.other_amount,
        false => &planned.amount,
    };
    let answer = answer(&start(field, planned, amount).await?)?;
    let differs = answer["repeat"]["differs"].as_array();
    let repeat = Repeat {
        is_same_run: answer["run_id"] == *run_id,
        has_other_amount,
        was_told: differs.is_some_and(|fields| fields.iter().any(|field| field == "amount")),
    };
    let mut diary = field.diary();
    let repeats = diary.repeats.entry(planned.request_id.clone());
    repeats.or_default().push(repeat);
    Ok(true)
}

/// How long an operation keeps others from starting.
const LONGEST_SLOT: Duration = Duration::from_secs(6);
