//! After the end: a completed operation is looked at once more, where the configuration asks for
//! it. An answer that has changed opens an incident, which stays open and in sight until the
//! partner says again what it said, or an operator acknowledges it.

#![expect(missing_docs, reason = "the macros make constants that carry no docs")]

mod details;

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use temporalio_common::RetryPolicy;
use temporalio_common::data_converters::RawValue;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::workflows::select;
use temporalio_workflow::{
    ActivityOptions, ChildWorkflowOptions, ContinueAsNewOptions, ParentClosePolicy,
    SyncWorkflowContext, TimerOptions, WorkflowCancellationToken, WorkflowContext,
    WorkflowContextView, WorkflowResult,
};

use crate::activity_definitions::{PartnerCall, PaymentStatus};
use crate::json_object::JsonObject;
use crate::operation::Operation;
use crate::partner_report::StatusReport;
use crate::partner_word::{Asked, Confirmation, Word};
use crate::payment_workflow::{PaymentWorkflow, now};
use crate::schedule::{Schedule, after};
use crate::search_attributes::{AMOUNT_MINOR, CURRENCY, MERCHANT, ORDER_ID, PHASE};
use crate::state::Phase;
use crate::subject::Subject;
use crate::waiting::LONG_HISTORY;

/// The operation that is looked at, and what the partner said of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LookAgainInput {
    call: PartnerCall,
    asked: Asked,
    confirmation: Confirmation,
    schedule: Schedule,
    /// What was wrong when the run before this one looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    incident: Option<String>,
}

/// How looking again ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedAgain {
    /// Whether the partner's last word was the one that it had given.
    pub agreed: bool,
    /// What it said otherwise, if it ever did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// The operator who acknowledged that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
}

/// Looks at a completed operation once more.
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

    /// Waits, asks, and holds the answer against the first one.
    #[run(name = "look_again_at_payment")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<LookedAgain> {
        let schedule = ctx.state(|w| w.input.schedule.clone());
        let is_first = ctx.state(|w| w.input.incident.is_none());
        let mut pause = if is_first {
            schedule.look_again_after
        } else {
            schedule.attention_check
        };
        loop {
            rest(ctx, pause).await?;
            if let Some(operator) = ctx.state(|w| w.acknowledged_by.clone()) {
                let incident = ctx.state(|w| w.input.incident.clone());
                describe(ctx, None);
                show(ctx, Phase::Closed);
                return Ok(LookedAgain {
                    agreed: false,
                    incident,
                    acknowledged_by: Some(operator),
                });
            }
            pause = schedule.attention_check;
            match look(ctx, &schedule).await {
                Seen::Agreed => {
                    let incident = ctx.state(|w| w.input.incident.clone());
                    describe(ctx, None);
                    if incident.is_some() {
                        show(ctx, Phase::Closed);
                    }
                    return Ok(LookedAgain {
                        agreed: true,
                        incident,
                        acknowledged_by: None,
                    });
                }
                Seen::Nothing => {}
                Seen::Otherwise(incident) => {
                    let is_new = ctx
                        .state_mut(|w| w.input.incident.replace(incident))
                        .is_none();
                    if is_new {
                        show(ctx, Phase::NeedsAttention);
                    }
                }
            }
            if ctx.history_length() > LONG_HISTORY {
                let input = ctx.state(|w| w.input.clone());
                ctx.continue_as_new(input, ContinueAsNewOptions::default())?;
            }
        }
    }

    /// What is wrong, if anything is.
    #[query]
    pub fn incident(&self, _: &WorkflowContextView, _: RawValue) -> Option<String> {
        self.input.incident.clone()
    }

    /// Closes an incident by an operator's word: `{"operator", "reason"}`.
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

/// Starts looking again at a completed operation, which itself ends now.
pub(crate) async fn look_again<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
    operation: &Operation,
    confirmation: &Confirmation,
) {
    let input = LookAgainInput {
        call: operation.partner_call(),
        asked: operation.submission.asked().clone(),
        confirmation: confirmation.clone(),
        schedule: operation.terms.schedule.clone(),
        incident: None,
    };
    let request_id = &operation.request.request_id;
    let options = ChildWorkflowOptions::builder()
        .workflow_id(format!("sky-look-again-{request_id}"))
        .parent_close_policy(ParentClosePolicy::Abandon)
        .cancellation_token(WorkflowCancellationToken::new())
        .static_summary(format!("looks again at {}", operation.subject().line()))
        .static_details(operation.subject().markdown())
        .build();
    // Where it exists already, an earlier run of this request has started it.
    let _ = ctx
        .start_child_workflow(LookAgain::run, input, options)
        .await;
}

impl LookAgainInput {
    fn subject(&self) -> Subject<'_> {
        Subject {
            kind: self.asked.kind,
            money: self.asked.money,
            order_id: &self.call.order_id,
            merchant: Some(&self.call.merchant),
            request_id: &self.call.request_id,
        }
    }
}

enum Seen {
    Agreed,
    Otherwise(String),
    Nothing,
}

async fn look(ctx: &WorkflowContext<LookAgain>, schedule: &Schedule) -> Seen {
    let LookAgainInput {
        call,
        asked,
        confirmation,
        ..
    } = ctx.state(|w| w.input.clone());
    let options = ActivityOptions::with_start_to_close_timeout(schedule.question_timeout())
        .retry_policy(RetryPolicy::builder().maximum_attempts(1).build())
        .summary("ask the partner once more".to_owned())
        .build();
    let Ok(reported) = ctx.execute_activity(PaymentStatus, call, options).await else {
        return Seen::Nothing;
    };
    judge(&asked, &confirmation, &reported.report)
}

fn judge(asked: &Asked, confirmation: &Confirmation, report: &StatusReport) -> Seen {
    let said = match asked.hear(report, Some(&confirmation.partner_payment_id)) {
        Word::Completed(_) => return Seen::Agreed,
        Word::Barred(_) | Word::Silent(_) => return Seen::Nothing,
        Word::Pending { .. } => "PENDING".to_owned(),
        Word::Declined { code, .. } => format!("DECLINED ({code})"),
        Word::Absent => "request_not_found".to_owned(),
        Word::Contradicts(mismatch) => mismatch.to_string(),
    };
    Seen::Otherwise(format!("the partner said COMPLETED, and now says {said}"))
}

async fn rest(ctx: &WorkflowContext<LookAgain>, pause: Duration) -> WorkflowResult<()> {
    describe(ctx, Some(after(now(ctx), pause)));
    let mut acknowledged = ctx.wait_condition(|w: &LookAgain| w.acknowledged_by.is_some());
    let summary = "until the partner is asked once more".to_owned();
    let mut timer = ctx.timer(TimerOptions::builder(pause).summary(summary).build());
    select! {
        acknowledged = acknowledged => acknowledged?,
        _ = timer => {}
    }
    Ok(())
}

/// Has the Temporal UI tell what was found, and when the partner is asked next.
fn describe(ctx: &WorkflowContext<LookAgain>, next: Option<Timestamp>) {
    ctx.set_current_details(ctx.state(|w| details::markdown(&w.input, next)));
}

fn show(ctx: &WorkflowContext<LookAgain>, phase: Phase) {
    let LookAgainInput { call, asked, .. } = ctx.state(|w| w.input.clone());
    ctx.upsert_search_attributes([
        ORDER_ID.value_set(call.order_id.to_string()),
        MERCHANT.value_set(call.merchant),
        CURRENCY.value_set(asked.money.currency().to_owned()),
        AMOUNT_MINOR.value_set(asked.money.minor()),
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
