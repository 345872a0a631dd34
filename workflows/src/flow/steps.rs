//! The steps that reach the outside: each is one activity, attempted once. The state machines
//! decide what follows from its report, or from a missing one. A retry policy never does.

use std::time::Duration;

use jiff::Timestamp;
use temporalio_common::error::TimeoutType;
use temporalio_common::{Priority, RetryPolicy};
use temporalio_workflow::{
    ActivityExecutionError, ActivityOptions, WorkflowCancellationToken, WorkflowContext,
};

use crate::activity_definitions::{
    CompleteMerchantAcquiring, FinalizeBilling, PaymentStatus, ProcessPaymentReversal,
};
use crate::contract::cause::LastError;
use crate::contract::ids::account_task_queue;
use crate::contract::kind::Kind;
use crate::contract::last_report::LastReport;
use crate::contract::state::Phase;
use crate::flow::details;
use crate::flow::event::{Event, Observer, emit};
use crate::flow::local_step::{self, QUICK};
use crate::flow::outside::outside;
use crate::flow::payment_workflow::{PaymentWorkflow, now, release_time};
use crate::operation::partner_report::{BillingReport, StatusReport};
use crate::operation::schedule::{HANDED_OUT_WITHIN, Schedule};
use crate::operation::submission::next_step::Wake;
use crate::operation::verdict::{Confirmation, Verdict};

/// Asks the partner and, if it does not know the request, submits it.
pub(crate) async fn submit<W: PaymentWorkflow>(ctx: &mut WorkflowContext<W>) {
    let Begun {
        at: begun,
        schedule,
        timeout,
        why,
        ..
    } = begin(ctx, Phase::Submitting, Schedule::submission_timeout);
    let input = ctx.state_mut(|w| w.run_state_mut().operation_mut().begin_submission(begun));
    details::show(ctx);
    let (money, order) = (input.call.money, &input.call.order_id);
    let report = match W::KIND {
        Kind::ExtraPayment => {
            let options = at_partner(ctx, timeout, format!("charge {money}, order {order}{why}"));
            let step = ctx.execute_activity(CompleteMerchantAcquiring, input, options);
            outside(ctx, step).await
        }
        Kind::PaymentReversal => {
            let summary = format!("give back {money}, order {order}{why}");
            let options = at_partner(ctx, timeout, summary);
            let step = ctx.execute_activity(ProcessPaymentReversal, input, options);
            outside(ctx, step).await
        }
    };
    release_time(ctx);
    let ended = now(ctx);
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.partner_is_quick = report.is_ok() && is_quick(begun, ended);
        let operation = run.operation_mut();
        let submission = &mut operation.submission;
        let was_taken = was_taken(&report);
        if was_taken {
            submission.served();
        }
        match &report {
            Ok(reported) => {
                let last_answer = &mut operation.last_answer;
                last_answer.submitted(&reported.report, submission.asked());
                submission.submitted(reported, ended, &schedule);
            }
            Err(error) => {
                let lost = StatusReport::not_asked(no_report(error), None);
                operation.last_answer.asked(&lost);
                submission.lost(ended, &schedule);
            }
        }
        if !was_taken {
            submission.not_served(ended, &schedule);
        }
        let report = report.map(|reported| reported.report);
        if let Ok(report) = &report {
            operation.fall_back(report, ended);
        }
        let last_report = report.as_ref().ok();
        let last_report = last_report.and_then(|report| LastReport::of_submission(report, ended));
        run.last_error = match &report {
            Ok(report) => LastError::of_submission(report),
            Err(error) => Some(LastError::outcome_open(no_report(error))),
        };
        run.end_step(last_report);
    });
    details::show(ctx);
}

/// Asks the partner for the operation's status, and learns from the answer.
pub(crate) async fn ask<W: PaymentWorkflow>(ctx: &mut WorkflowContext<W>) -> Verdict {
    let Begun {
        at: asked_at,
        schedule,
        timeout,
        why,
        called_back,
    } = begin(ctx, Phase::Verifying, Schedule::question_timeout);
    let call = ctx.state_mut(|w| {
        let operation = w.run_state_mut().operation_mut();
        operation.status_checks += 1;
        operation.partner_call()
    });
    let merchant = call.merchant.clone();
    details::show(ctx);
    let options = at_partner(ctx, timeout, format!("ask the partner{why}"));
    let quick = called_back && ctx.state(|w| w.run_state().partner_is_quick);
    let answer = local_step::execute(ctx, || PaymentStatus, call, options, quick).await;
    let ended = now(ctx);
    let verdict = ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.partner_is_quick = answer.is_ok() && is_quick(asked_at, ended);
        let operation = run.operation_mut();
        let (submission, last_answer) = (&mut operation.submission, &mut operation.last_answer);
        let was_taken = was_taken(&answer);
        if was_taken {
            submission.served();
        }
        let verdict = match &answer {
            Ok(reported) => {
                last_answer.asked(&reported.report);
                submission.answered(reported, asked_at, ended, &schedule)
            }
            Err(error) => {
                let reason = no_report(error);
                last_answer.asked(&StatusReport::not_asked(reason, None));
                submission.question_lost(reason, ended, &schedule)
            }
        };
        if !was_taken {
            submission.not_served(ended, &schedule);
        }
        run.last_error = LastError::of_verdict(&verdict);
        let reported = answer.as_ref().ok();
        run.end_step(reported.and_then(|answer| LastReport::of_status(&answer.report, ended)));
        verdict
    });
    let callbacks = ctx.state(|w| w.run_state().callbacks_received());
    for event in events(&verdict, merchant, called_back, callbacks) {
        emit(ctx.context_value::<Observer>(), &event);
    }
    details::show(ctx);
    verdict
}

/// The event to report about the partner's answer.
fn events(verdict: &Verdict, merchant: String, called_back: bool, callbacks: u32) -> Vec<Event> {
    let is_final = matches!(verdict, Verdict::Completed(_) | Verdict::Declined { .. });
    let mut events = Vec::new();
    if let Verdict::Contradicts(mismatch) = verdict {
        events.push(Event::PartnerContradicts {
            merchant: merchant.clone(),
            field: mismatch.field,
        });
    }
    match verdict {
        Verdict::AccessDenied(_) | Verdict::NoAnswer(_) | Verdict::NotAsked(_) => {}
        _ if called_back && !is_final => events.push(Event::CallbackContradicted { merchant }),
        _ if is_final && callbacks == 0 => events.push(Event::CallbackLost { merchant }),
        _ => {}
    }
    events
}

/// Tells billing of a completed payment.
pub(crate) async fn bill<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    confirmation: &Confirmation,
) {
    let Begun {
        schedule,
        timeout,
        why,
        ..
    } = begin(ctx, Phase::Finalizing, Schedule::billing_timeout);
    details::show(ctx);
    let input = ctx.state(|w| w.run_state().operation().billing_input(confirmation));
    let (money, order) = (input.money, &input.order_id);
    let options = once(timeout, format!("bill {money}, order {order}{why}"));
    let first = ctx.state(|w| w.run_state().operation().is_first_told());
    let answer = local_step::execute(ctx, || FinalizeBilling, input, options, first).await;
    let report = answer.unwrap_or_else(|error| BillingReport::no_answer(no_report(&error)));
    let ended = now(ctx);
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        if let Some(billing) = &mut run.operation_mut().billing {
            billing.answered(&report, ended, &schedule);
        }
        let last_report = LastReport::of_billing(&report, ended);
        run.last_error = LastError::of_billing(&report);
        run.end_step(last_report);
    });
    details::show(ctx);
}

/// A step that has started.
struct Begun {
    at: Timestamp,
    schedule: Schedule,
    timeout: Duration,
    /// Why it was started, for its summary; empty if it is simply due. Temporal gives an update no
    /// summary, so the step that serves it says so.
    why: &'static str,
    /// Whether it serves a callback.
    called_back: bool,
}

/// Starts a step that may run for as long as `timeout` says.
fn begin<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
    phase: Phase,
    timeout: fn(&Schedule) -> Duration,
) -> Begun {
    let at = now(ctx);
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        let why = match (run.to_decide(), run.wake(at)) {
            (Some(_), _) => ", since an operator would resolve it",
            (None, Wake::Operator) => ", since an operator said check_now",
            (None, Wake::Callback) => ", since a callback came",
            (None, Wake::Timer) => "",
        };
        let schedule = run.operation().terms.schedule.clone();
        let timeout = timeout(&schedule);
        let called_back = run.begin_step(phase, at, HANDED_OUT_WITHIN + timeout);
        Begun {
            at,
            schedule,
            timeout,
            why,
            called_back,
        }
    })
}

/// A step with the partner, in the task queue of its account. The older an operation, the sooner
/// its turn where many wait.
fn at_partner<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
    timeout: Duration,
    summary: String,
) -> ActivityOptions {
    let moment = now(ctx);
    let (merchant, age) = ctx.state(|w| {
        let operation = w.run_state().operation();
        (operation.terms.merchant.clone(), operation.age(moment))
    });
    let mut options = once(timeout, summary);
    options.task_queue = Some(account_task_queue(ctx.task_queue(), &merchant));
    options.priority = priority(age);
    options
}

/// Temporal's priority of a step by its operation's age; none is 3, and 1 comes first.
fn priority(age: Duration) -> Option<Priority> {
    let key = match age.as_secs() {
        3_600.. => 1,
        600.. => 2,
        _ => return None,
    };
    let mut priority = Priority::default();
    priority.priority_key = Some(key);
    Some(priority)
}

/// One attempt that is not queued for long. A retry policy must not repeat what moves money. What
/// only asks is repeated by the schedule, where operators and callbacks can speed it up. A request
/// to cancel the workflow does not reach it: money may be on its way.
pub(crate) fn once(timeout: Duration, summary: String) -> ActivityOptions {
    ActivityOptions::with_start_to_close_timeout(timeout)
        .schedule_to_start_timeout(HANDED_OUT_WITHIN)
        .retry_policy(RetryPolicy::builder().maximum_attempts(1).build())
        .cancellation_token(WorkflowCancellationToken::new())
        .summary(summary)
        .build()
}

fn is_quick(begun: Timestamp, ended: Timestamp) -> bool {
    Duration::try_from(ended.duration_since(begun)).is_ok_and(|took| took <= QUICK)
}

/// Whether a worker took the step, as far as Temporal says.
fn was_taken<T>(report: &Result<T, ActivityExecutionError>) -> bool {
    let timeout = report.as_ref().err().and_then(|error| error.as_timeout());
    timeout.is_none_or(|timeout| timeout.timeout_type() != TimeoutType::ScheduleToStart)
}

fn no_report(error: &ActivityExecutionError) -> &'static str {
    match error.as_timeout() {
        Some(_) => "the worker gave no report in time; it was lost or stopped",
        None => "the worker could not carry out the step",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::mismatch::{Mismatch, MismatchField};

    fn told(verdict: Verdict, called_back: bool, callbacks: u32) -> Vec<&'static str> {
        let events = events(&verdict, "m".to_owned(), called_back, callbacks);
        let names = events.iter().map(|event| match event {
            Event::CallbackLost { .. } => "lost",
            Event::CallbackContradicted { .. } => "contradicted",
            Event::PartnerContradicts { .. } => "differs",
            Event::Callback { .. } | Event::Closed { .. } => "something else",
        });
        names.collect()
    }

    #[test]
    fn a_callback_is_lost_when_the_end_is_learnt_without_one() {
        let completed = || {
            Verdict::Completed(Confirmation {
                partner_payment_id: "pp".into(),
                at: "2026-11-24T08:00:00Z".parse().unwrap(),
            })
        };
        assert_eq!(told(completed(), false, 0), ["lost"]);
        assert_eq!(told(completed(), true, 1), [""; 0]);
        assert_eq!(told(completed(), false, 1), [""; 0]);
        assert_eq!(told(Verdict::NotFound, false, 0), [""; 0]);
    }

    #[test]
    fn a_callback_is_contradicted_by_what_is_not_final_and_not_by_silence() {
        let mismatch = Mismatch {
            field: MismatchField::Amount,
            asked: "1".into(),
            said: "2".into(),
        };
        assert_eq!(told(Verdict::NotFound, true, 1), ["contradicted"]);
        assert_eq!(told(Verdict::NoAnswer("HTTP 503".into()), true, 1), [""; 0]);
        let differs = Verdict::Contradicts(mismatch);
        assert_eq!(told(differs, true, 1), ["differs", "contradicted"]);
    }
}
