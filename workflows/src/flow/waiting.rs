//! Waiting: durable, interrupted by callbacks and operators, visible to operators, and without a
//! history that grows for ever.

use std::convert::Infallible;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use temporalio_common::data_converters::RawValue;
use temporalio_common::error::ApplicationFailure;
use temporalio_common::protos::coresdk::AsJsonPayloadExt;
use temporalio_common::protos::temporal::api::common::v1::Payload;
use temporalio_workflow::workflows::select;
use temporalio_workflow::{
    CancellableFuture, ContinueAsNewOptions, TimerOptions, TimerResult, WorkflowCancellationToken,
    WorkflowContext, WorkflowTermination,
};

use crate::contract::outcome::Ending;
use crate::contract::search_attributes::{
    AMOUNT_MINOR, CURRENCY, MERCHANT, ORDER_ID, OUTCOME, PHASE,
};
use crate::contract::state::Phase;
use crate::flow::details;
use crate::flow::payment_workflow::{PaymentWorkflow, now, uncancelled};
use crate::flow::run::Run;
use crate::operation::schedule::after;

/// A phase is written to the search attributes once it has lasted this long. A payment whose
/// callback comes promptly therefore costs no events for phases that nobody could have seen.
const SHOWN_AFTER: Duration = Duration::from_secs(5);

/// The number of events after which a waiting run continues as a new one.
const LONG_HISTORY: u32 = 500;

/// The number after which it does so even if that costs it progress.
const LONGEST_HISTORY: u32 = 1_500;

/// The timer of the last wait, which may still be running if something else ended that wait.
#[derive(Default)]
pub(crate) struct LastTimer(Option<WorkflowCancellationToken>);

/// Waits until `until`, or until a callback or an operator wakes the run. `phase` is the
/// operation's phase if it does not need attention.
pub(crate) async fn wait<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    last_timer: &mut LastTimer,
    until: Timestamp,
    phase: Phase,
) -> Result<(), WorkflowTermination> {
    let begun = now(ctx);
    let (until, callback_was_waiting, state) = ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.rest(phase, begun);
        (
            run.wait_until(until),
            run.has_callback_waiting(),
            run.state(begun),
        )
    });
    details::show(ctx);
    if ctx.state(|w| may_continue_as_new(ctx, w.run_state())) {
        continue_as_new(ctx)?;
    }
    let until = show_when_lasting(ctx, begun).map_or(until, |shown_at| until.min(shown_at));
    let pause = Duration::try_from(until.duration_since(begun)).unwrap_or_default();
    let mut timer = start_timer(ctx, last_timer, pause, details::line(&state));
    let cancellation = ctx.cancellation_token();
    let mut woken = ctx.wait_condition_with_options(
        |w: &W| {
            let run = w.run_state();
            let cancelled = cancellation.is_cancelled() && run.may_be_cancelled();
            cancelled || run.is_woken(callback_was_waiting) || may_continue_as_new(ctx, run)
        },
        uncancelled(),
    );
    select! {
        _ = woken => {}
        _ = timer => {}
    }
    Ok(())
}

/// Shows the phase if it is time to; otherwise returns when it will be.
fn show_when_lasting<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
    begun: Timestamp,
) -> Option<Timestamp> {
    let (phase, shown, since) = ctx.state(|w| {
        let run = w.run_state();
        (
            run.phase,
            run.shown,
            run.resting.map_or(begun, |(_, since)| since),
        )
    });
    let shown_at = after(since, SHOWN_AFTER);
    if shown == Some(phase) {
        return None;
    }
    if phase == Phase::NeedsAttention || begun >= shown_at {
        show(ctx, None);
        return None;
    }
    Some(shown_at)
}

/// Writes the phase, and the end where there is one, to the search attributes.
pub(crate) fn show<W: PaymentWorkflow>(ctx: &WorkflowContext<W>, ending: Option<Ending>) {
    let mut attributes = ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.shown = Some(run.phase);
        let operation = run.operation();
        let money = operation.request.money;
        vec![
            ORDER_ID.value_set(operation.request.order_id.to_string()),
            MERCHANT.value_set(operation.terms.merchant.clone()),
            CURRENCY.value_set(money.currency().to_owned()),
            AMOUNT_MINOR.value_set(money.minor()),
            PHASE.value_set(run.phase.as_str().to_owned()),
        ]
    });
    attributes.extend(ending.map(|ending| OUTCOME.value_set(ending.as_str().to_owned())));
    ctx.upsert_search_attributes(attributes);
}

fn start_timer<'a, W: PaymentWorkflow>(
    ctx: &'a WorkflowContext<W>,
    last_timer: &mut LastTimer,
    pause: Duration,
    summary: String,
) -> impl CancellableFuture<Output = TimerResult> + use<'a, W> {
    let token = WorkflowCancellationToken::new();
    if let Some(last) = last_timer.0.replace(token.clone()) {
        // If not cancelled, the last wait's timer would wake the run for nothing.
        last.cancel();
    }
    let options = TimerOptions::builder(pause)
        .cancellation_token(token)
        .summary(summary)
        .build();
    ctx.timer(options)
}

/// Called whatever wakes the run. Events that lead to no step also make a history longer, such as a
/// callback that has to wait for the gap between questions. While an update waits, its handler is
/// unfinished, so the run does not move on and no update is lost; everything else is carried over.
/// A new run has to prove again that an open submission did not arrive, so a run that is busy
/// proving it, and does not need attention yet, continues here a while longer.
fn may_continue_as_new<W: PaymentWorkflow>(ctx: &WorkflowContext<W>, run: &Run) -> bool {
    let is_proving = run.operation().submission.is_open() && run.phase != Phase::NeedsAttention;
    let is_long = is_long(ctx) && !is_proving || ctx.history_length() > LONGEST_HISTORY;
    is_long && ctx.all_handlers_finished()
}

/// Whether the history is as long as it should get.
pub(crate) fn is_long<W>(ctx: &WorkflowContext<W>) -> bool {
    ctx.history_length() > LONG_HISTORY || ctx.continue_as_new_suggested()
}

fn continue_as_new<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
) -> Result<Infallible, WorkflowTermination> {
    let carried = ctx.state(|w| w.run_state().carried());
    let payloads = vec![json(&carried.operation.request)?, json(&carried)?];
    ctx.continue_as_new(RawValue { payloads }, ContinueAsNewOptions::default())
}

fn json<T: Serialize>(value: &T) -> Result<Payload, WorkflowTermination> {
    Ok(value.as_json_payload().map_err(ApplicationFailure::new)?)
}
