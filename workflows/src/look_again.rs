//! After the end: the partner is asked once more about an operation that was closed by hand, and
//! about a completed one if the configuration says so. An answer that contradicts the end opens an
//! incident. The incident stays open and visible until the partner's answer agrees, or an operator
//! acknowledges it. A signal makes it ask at once; what it finds then opens an incident, too, but an
//! answer that agrees does not replace the look that is due.

#![expect(missing_docs, reason = "the macros make constants that carry no docs")]

mod details;
mod incident;
mod input;
pub(crate) mod start;

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use temporalio_common::data_converters::RawValue;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::workflows::select;
use temporalio_workflow::{
    SyncWorkflowContext, TimerOptions, WorkflowCancellationToken, WorkflowContext,
    WorkflowContextView, WorkflowResult, WorkflowTermination,
};

use self::incident::Seen;
use crate::activity_definitions::PaymentStatus;
use crate::contract::ids::account_task_queue;
use crate::contract::search_attributes::{AMOUNT_MINOR, CURRENCY, MERCHANT, ORDER_ID, PHASE};
use crate::contract::state::Phase;
use crate::flow::new_run;
use crate::flow::outside::outside;
use crate::flow::payment_workflow::{uncancelled, workflow_time};
use crate::flow::steps::once;
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
        let begun = workflow_time(ctx);
        loop {
            give_way_to_cancellation(ctx)?;
            let look_at = ctx.state_mut(|w| w.input.look_at(begun));
            rest(ctx, look_at).await;
            if let Some(operator) = ctx.state(|w| w.acknowledged_by.clone()) {
                return Ok(end(ctx, Some(operator)));
            }
            if workflow_time(ctx) >= look_at && look(ctx).await {
                return Ok(end(ctx, None));
            }
            // An acknowledgement that arrived meanwhile is not carried over: it is for this run.
            if new_run::is_due(ctx) && ctx.state(|w| w.acknowledged_by.is_none()) {
                let input = ctx.state(|w| w.input.clone());
                ctx.continue_as_new(input, new_run::on_the_current_build())?;
            }
        }
    }

    /// Something happened at the partner after the end, so ask it now.
    #[signal]
    pub fn payment_completed(&mut self, _: &mut SyncWorkflowContext<Self>, _: RawValue) {
        self.input.woken = true;
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

/// Asks, and notes what is wrong. Returns whether the partner's answer agrees with the books, and is
/// the last one that is needed.
async fn look(ctx: &WorkflowContext<LookAgain>) -> bool {
    let begun = workflow_time(ctx);
    ctx.state_mut(|w| w.input.begin_look(begun));
    let LookAgainInput {
        call,
        books,
        schedule,
        ..
    } = ctx.state(|w| w.input.clone());
    let summary = "ask the partner once more".to_owned();
    let mut options = once(schedule.question_timeout(), summary);
    options.task_queue = Some(account_task_queue(ctx.task_queue(), &call.merchant));
    let seen = match outside(ctx, ctx.execute_activity(PaymentStatus, call, options)).await {
        Ok(reported) => books.judge(&reported.report),
        Err(_) => Seen::Undecided("the worker gave no report".to_owned()),
    };
    let looked = workflow_time(ctx);
    let is_new = ctx.state_mut(|w| w.input.saw(&seen, looked));
    if is_new {
        show(ctx, Phase::NeedsAttention);
    }
    seen == Seen::Agreed && ctx.state(|w| w.input.is_settled(looked))
}

/// A request to cancel ends the run while nothing is wrong. An incident has to stay visible.
fn give_way_to_cancellation(ctx: &WorkflowContext<LookAgain>) -> WorkflowResult<()> {
    let has_incident = ctx.state(|w| w.input.incident.is_some());
    if is_cancelled(ctx) && !has_incident {
        return Err(WorkflowTermination::cancelled());
    }
    Ok(())
}

/// Waits until it is time to look, or until something may change that.
async fn rest(ctx: &WorkflowContext<LookAgain>, look_at: Timestamp) {
    if workflow_time(ctx) >= look_at {
        return;
    }
    describe(ctx, Some(look_at));
    let was_cancelled = is_cancelled(ctx);
    let was_woken = ctx.state(|w| w.input.woken);
    let pause = Duration::try_from(look_at.duration_since(workflow_time(ctx))).unwrap_or_default();
    let mut woken = ctx.wait_condition_with_options(
        |w: &LookAgain| {
            let is_cancelled = is_cancelled(ctx) && !was_cancelled;
            let is_woken = w.input.woken && !was_woken;
            is_cancelled || is_woken || w.acknowledged_by.is_some() || new_run::is_due(ctx)
        },
        uncancelled(),
    );
    let token = WorkflowCancellationToken::new();
    let timer = TimerOptions::builder(pause)
        .cancellation_token(token.clone())
        .summary("until the partner is asked once more".to_owned())
        .build();
    let mut timer = ctx.timer(timer);
    let ended = async {
        select! {
            // The timer would wake the run for nothing.
            _ = woken => token.cancel(),
            _ = timer => {}
        }
    };
    outside(ctx, ended).await;
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
    if operator.trim().is_empty() || reason.trim().is_empty() {
        return Err("operator and reason must not be empty".into());
    }
    Ok(operator)
}
