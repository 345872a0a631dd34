//! The steps toward the partner. Each opens its own session and forgets it: a session id is a
//! bearer secret and enters no history.

#![expect(missing_docs, reason = "the macro makes constants that carry no docs")]

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use tokio::time::Instant;
use workflows::activity_definitions::{
    CompleteMerchantAcquiring, PartnerCall, PaymentStatus, ProcessPaymentReversal, SubmissionInput,
};
use workflows::callback_token::{CallbackSecret, QUERY_PARAMETER};
use workflows::partner_report::{StatusReport, SubmissionReport};
use workflows::partner_word::Kind;

use crate::configuration::accounts::{Accounts, MerchantAccount};
use crate::partner::answer::{self, Answer};
use crate::partner::client::{PartnerClient, Submission};
use crate::partner::key_pair::Purpose;

/// How late after its start an activity may still begin to submit, beyond the time of the two
/// requests before that. Later, the workflow may have given it up and count from then.
const SLACK: Duration = Duration::from_secs(2);

/// The partner's side of the workflows.
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
        _: ActivityContext,
        input: SubmissionInput,
    ) -> Result<SubmissionReport, ActivityError> {
        Ok(match self.accounts.named(&input.call.merchant) {
            Ok(account) => self.ask_then_submit(&account.payments, &input).await,
            Err(reason) => SubmissionReport::Barred { reason },
        })
    }

    /// Asks whether the partner knows the request and, if not, gives the money back.
    #[activity(definition = ProcessPaymentReversal)]
    pub async fn process_payment_reversal(
        self: Arc<Self>,
        _: ActivityContext,
        input: SubmissionInput,
    ) -> Result<SubmissionReport, ActivityError> {
        Ok(match self.accounts.named(&input.call.merchant) {
            Ok(account) => self.ask_then_submit(&account.reversals, &input).await,
            Err(reason) => SubmissionReport::Barred { reason },
        })
    }

    /// Asks how the operation stands.
    #[activity(definition = PaymentStatus)]
    pub async fn payment_status(
        self: Arc<Self>,
        _: ActivityContext,
        call: PartnerCall,
    ) -> Result<StatusReport, ActivityError> {
        let account = match self.accounts.named(&call.merchant) {
            Ok(account) => account,
            Err(reason) => return Ok(StatusReport::Barred { reason }),
        };
        Ok(match (call.kind, account) {
            (Kind::ExtraPayment, MerchantAccount { payments, .. }) => ask(payments, &call).await,
            (Kind::PaymentReversal, MerchantAccount { reversals, .. }) => {
                ask(reversals, &call).await
            }
        })
    }
}

impl PartnerActivities {
    /// Steps over these accounts; callback addresses get their tokens under `secret`.
    pub fn new(accounts: Arc<Accounts>, secret: Arc<CallbackSecret>) -> PartnerActivities {
        PartnerActivities { accounts, secret }
    }

    pub(crate) fn secret(&self) -> &CallbackSecret {
        &self.secret
    }

    /// The question before the submission is put in the same session, each time: it is what keeps
    /// a run that was started again, or reset, from moving money twice.
    async fn ask_then_submit<P: Purpose>(
        &self,
        client: &PartnerClient<P>,
        input: &SubmissionInput,
    ) -> SubmissionReport {
        let begun = Instant::now();
        let PartnerCall {
            request_id,
            order_id,
            request_timeout,
            ..
        } = &input.call;
        let session = match client.init_session(order_id, *request_timeout).await {
            Answer::Got(_, session) => session,
            other => return answer::no_session_to_submit(other),
        };
        let known = client
            .payment_status(&session, request_id, *request_timeout)
            .await;
        match answer::status(known) {
            StatusReport::NotFound => {}
            other => return answer::not_submitted(other),
        }
        if begun.elapsed() > *request_timeout * 2 + SLACK {
            let reason = "this worker was held up before it could submit".to_owned();
            return SubmissionReport::NotSent {
                reason,
                retry_after: None,
            };
        }
        let token = self
            .secret
            .issue_in_trace(request_id, Timestamp::now(), traces::present());
        let callback_url = format!("{}?{QUERY_PARAMETER}={token}", input.callback_url);
        let submission = Submission {
            request_id,
            money: input.money,
            callback_url: &callback_url,
        };
        answer::submission(client.submit(&session, &submission, *request_timeout).await)
    }
}

async fn ask<P: Purpose>(client: &PartnerClient<P>, call: &PartnerCall) -> StatusReport {
    let PartnerCall {
        request_id,
        order_id,
        request_timeout,
        ..
    } = call;
    let session = match client.init_session(order_id, *request_timeout).await {
        Answer::Got(_, session) => session,
        other => return answer::no_status(other),
    };
    answer::status(
        client
            .payment_status(&session, request_id, *request_timeout)
            .await,
    )
}
