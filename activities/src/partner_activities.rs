//! The steps with the partner. Which partner it is, only its adapter knows.

#![expect(missing_docs, reason = "the macro makes constants that carry no docs")]

use std::sync::Arc;

use callback_token::{CallbackSecret, QUERY_PARAMETER, TraceParent};
use jiff::Timestamp;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::activity_definitions::{
    CompleteMerchantAcquiring, PaymentStatus, ProcessPaymentReversal,
};
use workflows::operation::activity_input::{PartnerCall, SubmissionInput};
use workflows::operation::partner_report::{Reported, StatusReport, SubmissionReport};
use workflows::operation::submission_permit::HandedOut;

use crate::accounts::Accounts;
use crate::deadline::deadline;
use crate::earlier_runs;
use crate::fallback_record;
use crate::partner::Submission;

/// The activities that call the partner.
#[derive(Clone)]
pub struct PartnerActivities {
    accounts: Arc<Accounts>,
    secret: Arc<CallbackSecret>,
}

#[activities]
impl PartnerActivities {
    /// Asks whether the partner knows the request and, if not, charges the order's card.
    #[activity(definition = CompleteMerchantAcquiring)]
    pub async fn complete_merchant_acquiring(
        self: Arc<Self>,
        ctx: ActivityContext,
        input: SubmissionInput,
    ) -> Result<Reported<SubmissionReport>, ActivityError> {
        self.submit(&ctx, &input).await
    }

    /// Asks whether the partner knows the request and, if not, gives the money back.
    #[activity(definition = ProcessPaymentReversal)]
    pub async fn process_payment_reversal(
        self: Arc<Self>,
        ctx: ActivityContext,
        input: SubmissionInput,
    ) -> Result<Reported<SubmissionReport>, ActivityError> {
        self.submit(&ctx, &input).await
    }

    /// Asks for the operation's status.
    #[activity(definition = PaymentStatus)]
    pub async fn payment_status(
        self: Arc<Self>,
        ctx: ActivityContext,
        mut call: PartnerCall,
    ) -> Result<Reported<StatusReport>, ActivityError> {
        let known_before = earlier_runs::partner_payment_id(&ctx, &call).await?;
        call.partner_payment_id = call.partner_payment_id.or(known_before.clone());
        let report = if ctx.info().is_local {
            self.accounts.status_soon(&call).await?
        } else {
            self.accounts.status(&call).await
        };
        Ok(Reported {
            known_before,
            ..Reported::new(run_id(&ctx), report)
        })
    }
}

impl PartnerActivities {
    /// Steps for these accounts; callback addresses get tokens signed with `secret`.
    pub fn new(accounts: Arc<Accounts>, secret: Arc<CallbackSecret>) -> PartnerActivities {
        PartnerActivities { accounts, secret }
    }

    /// The secret that signs the tokens of callback addresses.
    pub fn secret(&self) -> &CallbackSecret {
        &self.secret
    }

    async fn submit(
        &self,
        ctx: &ActivityContext,
        input: &SubmissionInput,
    ) -> Result<Reported<SubmissionReport>, ActivityError> {
        let step = handed_out(ctx, input.permit.not_after);
        let known_before = earlier_runs::partner_payment_id(ctx, &input.call).await?;
        let report = self.submit_if_permitted(ctx, input, &step).await;
        Ok(Reported {
            known_before,
            ..Reported::new(step.run_id, report)
        })
    }

    /// Whether the step may submit at all is checked first: what another step did is unknown,
    /// whatever is wrong with the account now.
    async fn submit_if_permitted(
        &self,
        ctx: &ActivityContext,
        input: &SubmissionInput,
        step: &HandedOut,
    ) -> SubmissionReport {
        if let Some(report) = input.permit.withholds(step) {
            return report;
        }
        let account = match self.accounts.open(&input.call) {
            Ok(account) => account,
            Err(closed) => return closed.into(),
        };
        if let Some(terms) = &input.taken_over
            && let Err(error) = fallback_record::keep(ctx, &input.call, terms).await
        {
            let problem = "it can't be recorded that the fallback account has taken over";
            return SubmissionReport::not_sent(format!("{problem}: {error}"));
        }
        let submission = Submission {
            input,
            callback_url: self.callback_url(input),
            step,
        };
        match account.submit(&submission).await {
            SubmissionReport::NotConnected { reason } if input.may_fall_back => {
                match earlier_runs::no_other_start_submitted(ctx).await {
                    Ok(()) => SubmissionReport::NotConnected { reason },
                    Err(problem) => SubmissionReport::not_sent(format!(
                        "{reason}; the fallback account waits: {problem}"
                    )),
                }
            }
            report => report,
        }
    }

    fn callback_url(&self, input: &SubmissionInput) -> String {
        let (request_id, trace) = (&input.call.request_id, TraceParent::current());
        let token = self
            .secret
            .issue_in_trace(request_id, Timestamp::now(), trace);
        format!("{}?{QUERY_PARAMETER}={token}", input.callback_url)
    }
}

/// What Temporal says about this step. If it gives no deadline, `not_after` is the deadline.
fn handed_out(ctx: &ActivityContext, not_after: Timestamp) -> HandedOut {
    let info = ctx.info();
    HandedOut {
        run_id: run_id(ctx),
        is_first: info.attempt == 1 && info.current_attempt_scheduled_time == info.scheduled_time,
        deadline: deadline(ctx).unwrap_or(not_after),
    }
}

fn run_id(ctx: &ActivityContext) -> String {
    ctx.info().workflow_run_id.clone().unwrap_or_default()
}
