//! The steps with the partner. Each opens its own session and forgets it: a session id is a bearer
//! secret and enters no history.

#![expect(missing_docs, reason = "the macro makes constants that carry no docs")]

use std::sync::Arc;

use callback_token::{CallbackSecret, QUERY_PARAMETER, TraceParent};
use jiff::Timestamp;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::activity_definitions::{
    CompleteMerchantAcquiring, PaymentStatus, ProcessPaymentReversal,
};
use workflows::contract::kind::Kind;
use workflows::operation::activity_input::{PartnerCall, SubmissionInput};
use workflows::operation::partner_report::{Reported, StatusReport, SubmissionReport};
use workflows::operation::submission_permit::HandedOut;

use crate::accounts::{Accounts, OpenAccount};
use crate::deadline::deadline;
use crate::partner::sky::answer::{self, Answer};
use crate::partner::sky::client::{PartnerClient, Submission};
use crate::partner::sky::key_pair::Purpose;

/// The activities that call the partner.
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
        let step = handed_out(&ctx, input.permit.not_after);
        let report = match self.open(&input, &step) {
            Ok(account) => self.ask_then_submit(&account.payments, &input, &step).await,
            Err(report) => *report,
        };
        Ok(Reported::new(step.run_id, report))
    }

    /// Asks whether the partner knows the request and, if not, gives the money back.
    #[activity(definition = ProcessPaymentReversal)]
    pub async fn process_payment_reversal(
        self: Arc<Self>,
        ctx: ActivityContext,
        input: SubmissionInput,
    ) -> Result<Reported<SubmissionReport>, ActivityError> {
        let step = handed_out(&ctx, input.permit.not_after);
        let report = match self.open(&input, &step) {
            Ok(account) => {
                self.ask_then_submit(&account.reversals, &input, &step)
                    .await
            }
            Err(report) => *report,
        };
        Ok(Reported::new(step.run_id, report))
    }

    /// Asks for the operation's status.
    #[activity(definition = PaymentStatus)]
    pub async fn payment_status(
        self: Arc<Self>,
        ctx: ActivityContext,
        call: PartnerCall,
    ) -> Result<Reported<StatusReport>, ActivityError> {
        let report = match (self.accounts.open(&call), call.kind) {
            (Ok(account), Kind::ExtraPayment) => ask(&account.payments, &call).await,
            (Ok(account), Kind::PaymentReversal) => ask(&account.reversals, &call).await,
            (Err(closed), _) => closed.into(),
        };
        Ok(Reported::new(run_id(&ctx), report))
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

    /// The account of a submission. Whether the step may submit at all is checked first: what
    /// another step did is unknown, whatever is wrong with the account now.
    fn open(
        &self,
        input: &SubmissionInput,
        step: &HandedOut,
    ) -> Result<OpenAccount<'_>, Box<SubmissionReport>> {
        if let Some(report) = input.permit.withholds(step) {
            return Err(Box::new(report));
        }
        let account = self.accounts.open(&input.call);
        account.map_err(|closed| Box::new(answer::not_submitted(closed.into())))
    }

    /// The question before the submission is asked in the same session, each time. It keeps a run
    /// that was started again from moving money twice.
    async fn ask_then_submit<P: Purpose>(
        &self,
        client: &PartnerClient<P>,
        input: &SubmissionInput,
        step: &HandedOut,
    ) -> SubmissionReport {
        let SubmissionInput {
            call,
            money,
            callback_url,
            permit,
        } = input;
        let (request_id, timeout) = (&call.request_id, call.request_timeout);
        let session = match client.init_session(&call.order_id, timeout).await {
            Answer::Got(_, session) => session,
            other => return answer::no_session_to_submit(other),
        };
        let known = client.payment_status(&session, request_id, timeout).await;
        match answer::status(known) {
            StatusReport::NotFound => {}
            other => return answer::not_submitted(other),
        }
        let token =
            self.secret
                .issue_in_trace(request_id, Timestamp::now(), TraceParent::current());
        let callback_url = format!("{callback_url}?{QUERY_PARAMETER}={token}");
        let submission = Submission {
            request_id,
            money: *money,
            callback_url: &callback_url,
        };
        if let Some(report) = permit.is_too_late(step, Timestamp::now(), timeout) {
            return report;
        }
        let last_moment = permit.last_moment(step);
        let answer = client.submit(&session, &submission, timeout, last_moment);
        answer::submission(answer.await)
    }
}

async fn ask<P: Purpose>(client: &PartnerClient<P>, call: &PartnerCall) -> StatusReport {
    let timeout = call.request_timeout;
    let session = match client.init_session(&call.order_id, timeout).await {
        Answer::Got(_, session) => session,
        other => return answer::no_status(other),
    };
    let known = client.payment_status(&session, &call.request_id, timeout);
    answer::status(known.await)
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
