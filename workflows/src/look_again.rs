//! After the end: the partner is asked once more about an operation that was closed by hand, and
//! about a completed one if the configuration says so. An answer that contradicts the end opens an
//! incident. The incident stays open and visible until the partner's answer agrees, or an operator
//! acknowledges it.

#![expect(missing_docs, reason = "the macros make constants that carry no docs")]

mod details;
mod incident;
mod input;
pub(crate) mod start;

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use temporalio_common::RetryPolicy;
use temporalio_common::data_converters::RawValue;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::workflows::select;
use temporalio_workflow::{
    ActivityOptions, ContinueAsNewOptions, SyncWorkflowContext, TimerOptions,
    WorkflowCancellationToken, WorkflowContext, WorkflowContextView, WorkflowResult,
    WorkflowTermination,
};

use self::incident::Seen;
use crate::activity_definitions::PaymentStatus;
use crate::contract::search_attributes::{AMOUNT_MINOR, CURRENCY, MERCHANT, ORDER_ID, PHASE};
use crate::contract::state::Phase;
use crate::flow::payment_workflow::{now, uncancelled};
use crate::flow::waiting::is_long;
use crate::operation::schedule::HANDED_OUT_WITHIN;
use strict_json::JsonObject;

pub use incident::{Incident, IncidentKind};
pub use input::LookAgainInput;

/// The result of looking again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedAgain {
    /// Whether the partner's last answer agreed with the end.
    pub agreed: bool,
    /// What it said instead, if it ever did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// The operator who acknowledged that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
}

/// Looks once more at an operation that has ended.
#[workflow]
pub struct LookAgain {
    input: LookAgainInput,
    acknowledged_by: Option<String>,
}

#[workflow_methods]
impl LookAgain {
    #[init]
    fn new(_: &WorkflowContextView, input: LookAgainInput) -> Self {
        LookAgain {
            input,
            acknowledged_by: None,
        }
    }

    /// Waits, asks, and compares the answer with the end in the books.
    #[run(name = "look_again_at_payment")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<LookedAgain> {
        let begun = now(ctx);
        loop {
            give_way_to_cancellation(ctx)?;
            let look_at = ctx.state_mut(|w| w.input.look_at(begun));
            rest(ctx, look_at).await;
            if let Some(operator) = ctx.state(|w| w.acknowledged_by.clone()) {
                return Ok(end(ctx, Some(operator)));
            }
            if now(ctx) >= look_at && look(ctx).await {
                return Ok(end(ctx, None));
            }
            // An acknowledgement that arrived meanwhile is not carried over: it is for this run.
            if is_long(ctx) && ctx.state(|w| w.acknowledged_by.is_none()) {
                let input = ctx.state(|w| w.input.clone());
                ctx.continue_as_new(input, ContinueAsNewOptions::default())?;
            }
        }
    }

    /// What is wrong, if anything is.
    #[query]
    pub fn incident(&self, _: &WorkflowContextView, _: RawValue) -> Option<String> {
        let incident = self.input.incident.as_ref();
        incident.map(|incident| incident.words.clone())
    }

    /// Closes an incident on an operator's statement: `{"operator", "reason"}`.
    #[update]
    pub fn acknowledge(
        &mut self,
        _: &mut SyncWorkflowContext<Self>,
        argument: RawValue,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.acknowledged_by = Some(operator(&argument)?);
        Ok(())
    }

    #[update_validator(acknowledge)]
    fn may_acknowledge(
        &self,
        _: &WorkflowContextView,
        argument: &RawValue,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        operator(argument)?;
        match self.input.incident {
            Some(_) => Ok(()),
            None => Err("there is no incident to acknowledge".into()),
        }
    }
}

/// Asks, and notes what is wrong. Returns whether the partner's answer agrees with the books.
async fn look(ctx: &WorkflowContext<LookAgain>) -> bool {
    let LookAgainInput {
        call,
        books,
        schedule,
        ..
    } = ctx.state(|w| w.input.clone());
    let options = ActivityOptions::with_start_to_close_timeout(schedule.question_timeout())
        .schedule_to_start_timeout(HANDED_OUT_WITHIN)
        .retry_policy(RetryPolicy::builder().maximum_attempts(1).build())
        .cancellation_token(WorkflowCancellationToken::new())
        .summary("ask the partner once more".to_owned())
        .build();
    let seen = match ctx.execute_activity(PaymentStatus, call, options).await {
        Ok(reported) => books.judge(&reported.report),
        Err(_) => Seen::Undecided("the worker gave no report".to_owned()),
    };
    let looked = now(ctx);
    let is_new = ctx.state_mut(|w| w.input.saw(&seen, looked));
    if is_new {
        show(ctx, Phase::NeedsAttention);
    }
    seen == Seen::Agreed
}

/// A request to cancel ends the run while nothing is wrong. An incident has to stay visible.
fn give_way_to_cancellation(ctx: &WorkflowContext<LookAgain>) -> WorkflowResult<()> {
    let has_incident = ctx.state(|w| w.input.incident.is_some());
    if is_cancelled(ctx) && !has_incident {
        return Err(WorkflowTermination::cancelled());
    }
    Ok(())
}

/// Waits until it is time to look, or until somebody asks for it sooner.
async fn rest(ctx: &WorkflowContext<LookAgain>, look_at: Timestamp) {
    describe(ctx, Some(look_at));
    let was_cancelled = is_cancelled(ctx);
    let pause = Duration::try_from(look_at.duration_since(now(ctx))).unwrap_or_default();
    let mut woken = ctx.wait_condition_with_options(
        |w: &LookAgain| {
            let is_cancelled = is_cancelled(ctx) && !was_cancelled;
            is_cancelled || w.acknowledged_by.is_some() || is_long(ctx)
        },
        uncancelled(),
    );
    let timer = TimerOptions::builder(pause)
        .cancellation_token(WorkflowCancellationToken::new())
        .summary("until the partner is asked once more".to_owned())
        .build();
    let mut timer = ctx.timer(timer);
    select! {
        _ = woken => {}
        _ = timer => {}
    }
}

fn is_cancelled(ctx: &WorkflowContext<LookAgain>) -> bool {
    ctx.cancellation_token().is_cancelled()
}

/// The end, with what was wrong in between, if anything was.
fn end(ctx: &WorkflowContext<LookAgain>, acknowledged_by: Option<String>) -> LookedAgain {
    let incident = ctx.state(|w| w.input.incident.clone());
    describe(ctx, None);
    if incident.is_some() {
        show(ctx, Phase::Closed);
    }
    LookedAgain {
        agreed: acknowledged_by.is_none(),
        incident: incident.map(|incident| incident.words),
        acknowledged_by,
    }
}

/// Shows in the Temporal UI what was found, and when the partner is asked next.
fn describe(ctx: &WorkflowContext<LookAgain>, next: Option<Timestamp>) {
    let is_cancelled = is_cancelled(ctx);
    ctx.set_current_details(ctx.state(|w| details::markdown(&w.input, next, is_cancelled)));
}

fn show(ctx: &WorkflowContext<LookAgain>, phase: Phase) {
    let LookAgainInput { call, books, .. } = ctx.state(|w| w.input.clone());
    let money = books.asked.money;
    ctx.upsert_search_attributes([
        ORDER_ID.value_set(call.order_id.to_string()),
        MERCHANT.value_set(call.merchant),
        CURRENCY.value_set(money.currency().to_owned()),
        AMOUNT_MINOR.value_set(money.minor()),
        PHASE.value_set(phase.as_str().to_owned()),
    ]);
}

fn operator(argument: &RawValue) -> Result<String, Box<dyn Error + Send + Sync>> {
    let [payload] = argument.payloads.as_slice() else {
        return Err("must be one argument, a JSON object".into());
    };
    let mut object = JsonObject::parse(&payload.data)?;
    let (operator, reason) = (object.required("operator")?, object.required("reason")?);
    match operator.trim().is_empty() || reason.trim().is_empty() {
        true => Err("operator and reason must not be empty".into()),
        false => Ok(operator),
    }
}
