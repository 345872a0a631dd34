//! One operation, which a run carries from its start to its end, or hands to the run that continues
//! it. Pure code: nothing here or in this folder knows of Temporal.

pub mod activity_input;
pub(crate) mod advice;
pub mod attention;
pub mod billing;
pub(crate) mod decision;
pub mod denial;
pub(crate) mod ending;
pub(crate) mod last_answer;
mod last_error;
mod last_report;
pub mod mismatch;
pub mod movement;
pub mod partner_report;
pub mod schedule;
pub(crate) mod stake;
pub mod submission;
pub mod submission_permit;
pub mod summary;
pub mod terms;
pub mod verdict;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::approval::Proposal;
use crate::contract::kind::Kind;
use crate::contract::last_report::LastReport;
use crate::contract::request::PaymentRequest;
use crate::contract::resolution::ByHand;
use crate::operation::activity_input::{BillingInput, PartnerCall, SubmissionInput};
use crate::operation::attention::Attention;
use crate::operation::billing::Billing;
use crate::operation::last_answer::LastAnswer;
use crate::operation::submission::Submission;
use crate::operation::submission_permit::SubmissionPermit;
use crate::operation::summary::Summary;
use crate::operation::terms::Terms;
use crate::operation::verdict::{Asked, Confirmation};

/// What was requested, on which terms, and what is known of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Operation {
    pub(crate) request: PaymentRequest,
    pub(crate) terms: Terms,
    pub(crate) submission: Submission,
    /// Present once the payment is completed and billing has to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) billing: Option<Billing>,
    /// What one operator has proposed, while it waits for another one's approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proposal: Option<Proposal>,
    /// Who closed it by hand.
    #[serde(flatten)]
    pub(crate) by_hand: Option<ByHand>,
    #[serde(default)]
    pub(crate) status_checks: u32,
    #[serde(default)]
    pub(crate) callbacks_received: u32,
    /// What the partner or billing last said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_heard: Option<LastReport>,
    pub(crate) last_answer: LastAnswer,
}

impl Operation {
    pub(crate) fn new(
        kind: Kind,
        request: PaymentRequest,
        terms: Terms,
        first_run_id: &str,
        now: Timestamp,
    ) -> Operation {
        let asked = Asked {
            kind,
            request_id: request.request_id.clone(),
            money: request.money,
        };
        Operation {
            request,
            terms,
            submission: Submission::new(asked, first_run_id, now),
            billing: None,
            proposal: None,
            by_hand: None,
            status_checks: 0,
            callbacks_received: 0,
            last_heard: None,
            last_answer: LastAnswer::default(),
        }
    }

    /// Why an operator should look at it now, if there is a reason.
    pub(crate) fn attention(&self, now: Timestamp) -> Option<Attention> {
        match &self.billing {
            Some(billing) => billing.attention(now, &self.terms.schedule),
            None => self.submission.attention(now, &self.terms.schedule),
        }
    }

    /// When it starts to need attention if it is still open.
    pub(crate) fn deadline(&self) -> Timestamp {
        match &self.billing {
            Some(billing) => billing.deadline(&self.terms.schedule),
            None => self.submission.deadline(&self.terms.schedule),
        }
    }

    /// Whether billing has recorded it.
    pub(crate) fn is_billed(&self) -> bool {
        self.billing
            .as_ref()
            .is_some_and(|billing| billing.document_id().is_some())
    }

    /// Notes that somebody has recorded it in billing by hand.
    pub(crate) fn billed_by_hand(&mut self, document_id: String) {
        if let Some(billing) = &mut self.billing {
            billing.recorded_by_hand(document_id);
        }
    }

    /// When the next attempt is made by itself.
    pub(crate) fn next_try(&self) -> Timestamp {
        match &self.billing {
            Some(billing) => billing.next_try(),
            None => self.submission.next_try(),
        }
    }

    pub(crate) fn summary(&self) -> Summary<'_> {
        Summary {
            kind: self.submission.asked().kind,
            money: self.request.money,
            order_id: &self.request.order_id,
            merchant: Some(&self.terms.merchant),
            request_id: &self.request.request_id,
        }
    }

    pub(crate) fn partner_call(&self) -> PartnerCall {
        PartnerCall {
            merchant: self.terms.merchant.clone(),
            identity: self.terms.identity.clone(),
            request_id: self.request.request_id.clone(),
            order_id: self.request.order_id.clone(),
            kind: self.submission.asked().kind,
            request_timeout: self.terms.schedule.request_timeout,
        }
    }

    /// Begins a submission at `now`.
    pub(crate) fn begin_submission(&mut self, now: Timestamp) -> SubmissionInput {
        let permit = SubmissionPermit {
            run_id: self.submission.run_id().to_owned(),
            not_after: self.submission.begin(now, &self.terms.schedule),
        };
        SubmissionInput {
            call: self.partner_call(),
            money: self.request.money,
            callback_url: self.terms.callback_url.clone(),
            permit,
        }
    }

    pub(crate) fn billing_input(&self, confirmation: &Confirmation) -> BillingInput {
        BillingInput {
            request_id: self.request.request_id.clone(),
            order_id: self.request.order_id.clone(),
            money: self.request.money,
            merchant: self.terms.merchant.clone(),
            partner_payment_id: confirmation.partner_payment_id.clone(),
            completed_at: confirmation.at,
            request_timeout: self.terms.schedule.request_timeout,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_carried_over_before_there_were_two_operators_is_still_read() {
        let json = br#"{"request_id":"r","order_id":"o","amount":"1","currency":"KGS"}"#;
        let terms = serde_json::json!({
            "merchant": "m", "callback_url": "https://gateway.example/", "schedule": {},
            "identity": {"partner": "sky", "partner_url": "https://partner.example/", "merchant_id": "m-1"},
        });
        let operation = Operation::new(
            Kind::ExtraPayment,
            PaymentRequest::parse(json).unwrap(),
            serde_json::from_value(terms).unwrap(),
            "run-1",
            Timestamp::UNIX_EPOCH,
        );
        let mut carried = serde_json::to_value(&operation).unwrap();
        assert!(carried["terms"].get("two_operators").is_none());
        let read: Operation = serde_json::from_value(carried.clone()).unwrap();
        assert_eq!(read, operation);
        carried["resolved_by"] = "ann".into();
        let read: Operation = serde_json::from_value(carried).unwrap();
        assert_eq!(read.by_hand.unwrap().resolved_by, "ann");
    }
}
