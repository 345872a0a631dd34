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
use temporalio_common::search_attributes::{
    SearchAttributeKey, SearchAttributeUpdate, SearchAttributeValue, SearchAttributes,
};
use temporalio_workflow::workflows::select;
use temporalio_workflow::{
    CancellableFuture, TimerOptions, TimerResult, WorkflowCancellationToken, WorkflowContext,
    WorkflowTermination,
};

use crate::contract::outcome::Ending;
use crate::contract::search_attributes::{
    AMOUNT_MINOR, CURRENCY, MERCHANT, ORDER_ID, OUTCOME, PHASE,
};
use crate::contract::state::Phase;
use crate::flow::details;
use crate::flow::new_run;
use crate::flow::outside::outside;
use crate::flow::payment_workflow::{PaymentWorkflow, now, release_time, uncancelled};
use crate::flow::run::Run;
use crate::operation::Operation;
use crate::operation::schedule::after;

/// A phase is written to the search attributes once it has lasted this long. A payment whose
/// callback comes promptly therefore costs no events for phases that nobody could have seen.
const SHOWN_AFTER: Duration = Duration::from_secs(5);

/// The number of events after which a run continues as a new one even if that costs it progress.
const LONGEST_HISTORY: u32 = 1_500;

/// The same where it costs what the new run can't learn again, such as that nothing was sent. The
/// server warns of longer ones, and ends a workflow at 51,200 events.
const LONGEST_UNSENT_HISTORY: u32 = 10_000;

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
            run.callback_waiting,
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
    let begun_in = begun_in(ctx);
    let ended = async {
        select! {
            _ = woken => {}
            _ = timer => {}
        }
    };
    outside(ctx, ended).await;
    release_time(ctx);
    ctx.state_mut(|w| w.run_state_mut().waited_since = begun_in);
    Ok(())
}

/// The workflow task in which a wait begins, by the events before it. None after a local activity: in
/// a replay that may be another task.
fn begun_in<W: PaymentWorkflow>(ctx: &WorkflowContext<W>) -> Option<u32> {
    let held = ctx.state(|w| w.run_state().held_time.is_some());
    (!held).then(|| ctx.history_length())
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

/// Writes the phase, and the end where there is one, to the search attributes, with what they don't
/// say yet: our own client sets most of them at the start, and others may set none.
pub(crate) fn show<W: PaymentWorkflow>(ctx: &WorkflowContext<W>, ending: Option<Ending>) {
    let shown = ctx.search_attributes();
    let updates = ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.shown = Some(run.phase);
        let operation = run.operation();
        let money = operation.request.money;
        [
            update(&shown, &ORDER_ID, operation.request.order_id.to_string()),
            update(&shown, &MERCHANT, operation.terms.merchant.clone()),
            update(&shown, &CURRENCY, money.currency().to_owned()),
            update(&shown, &AMOUNT_MINOR, money.minor()),
            update(&shown, &PHASE, run.phase.as_str().to_owned()),
            ending.and_then(|ending| update(&shown, &OUTCOME, ending.as_str().to_owned())),
        ]
    });
    let updates: Vec<_> = updates.into_iter().flatten().collect();
    // Temporal refuses an upsert of nothing.
    if !updates.is_empty() {
        ctx.upsert_search_attributes(updates);
    }
}

/// The update of an attribute that has another value.
fn update<T: SearchAttributeValue + PartialEq>(
    shown: &SearchAttributes,
    key: &SearchAttributeKey<T>,
    value: T,
) -> Option<SearchAttributeUpdate> {
    (shown.get(key).as_ref() != Some(&value)).then(|| key.value_set(value))
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
/// proving it, and does not need attention yet, continues here a while longer. So does one that knows
/// what the new run can't learn again; to another build it does not go with that.
fn may_continue_as_new<W: PaymentWorkflow>(ctx: &WorkflowContext<W>, run: &Run) -> bool {
    let Operation {
        submission, terms, ..
    } = run.operation();
    let needs_attention = run.phase == Phase::NeedsAttention;
    let is_proving = submission.is_open() && !needs_attention;
    let may_be_handed_over = submission.may_be_handed_over(now(ctx), &terms.schedule);
    let longest = if may_be_handed_over {
        LONGEST_HISTORY
    } else {
        LONGEST_UNSENT_HISTORY
    };
    let is_long = new_run::is_long(ctx) && !is_proving && may_be_handed_over
        || ctx.history_length() > longest;
    let was_shown = !submission.is_open() && !submission.nothing_sent();
    let moves =
        new_run::is_on_another_build(ctx) && (was_shown || needs_attention) && may_be_handed_over;
    (is_long || moves) && ctx.all_handlers_finished()
}

fn continue_as_new<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
) -> Result<Infallible, WorkflowTermination> {
    let carried = ctx.state(|w| w.run_state().carried());
    let payloads = vec![json(&carried.operation.request)?, json(&carried)?];
    ctx.continue_as_new(RawValue { payloads }, new_run::on_the_current_build())
}

fn json<T: Serialize>(value: &T) -> Result<Payload, WorkflowTermination> {
    Ok(value.as_json_payload().map_err(ApplicationFailure::new)?)
}
