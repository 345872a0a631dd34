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
pub mod promises;
pub mod schedule;
pub(crate) mod stake;
pub mod submission;
pub mod submission_permit;
pub mod summary;
pub mod terms;
pub mod verdict;

use std::time::Duration;

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
use crate::operation::partner_report::SubmissionReport;
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
        let submission = Submission::new(asked, terms.promises.clone(), first_run_id, now)
            .with_fallback(terms.fallback.is_some());
        Operation {
            request,
            terms,
            submission,
            billing: None,
            proposal: None,
            by_hand: None,
            status_checks: 0,
            callbacks_received: 0,
            last_heard: None,
            last_answer: LastAnswer::default(),
        }
    }

    /// Says when the first run started: a run that was reset begins later.
    pub(crate) fn with_start(mut self, started_at: Timestamp) -> Operation {
        self.submission = self.submission.with_start(started_at);
        self
    }

    /// Why an operator should look at it now, if there is a reason.
    pub(crate) fn attention(&self, now: Timestamp) -> Option<Attention> {
        match &self.billing {
            Some(billing) => billing.attention(now, &self.terms.schedule),
            None => self.submission.attention(now, &self.terms.schedule),
        }
    }

    /// How long ago it began.
    pub(crate) fn age(&self, now: Timestamp) -> Duration {
        let began = self.submission.opened_at();
        Duration::try_from(now.duration_since(began)).unwrap_or_default()
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

    /// Whether billing is told for the first time.
    pub(crate) fn is_first_told(&self) -> bool {
        self.billing.as_ref().is_some_and(Billing::is_first_try)
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
            money: self.request.money,
            payment_reference: self.request.payment_reference.clone(),
            partner_payment_id: self.submission.partner_payment_id().map(str::to_owned),
            known_in: self.submission.known_in().map(str::to_owned),
            may_have_been_sent: self.submission.may_have_been_sent(),
            request_timeout: self.terms.schedule.request_timeout,
        }
    }

    /// Passes the operation to the fallback account if it may and its partner can't be reached.
    pub(crate) fn fall_back(&mut self, report: &SubmissionReport, now: Timestamp) {
        if matches!(report, SubmissionReport::NotConnected { .. }) && self.may_fall_back() {
            self.terms.fall_back();
            self.submission.start_over(self.terms.promises.clone(), now);
        }
    }

    /// Whether the terms name a fallback account, and it is certain that nothing was ever sent and
    /// that the partner has prepared nothing: a run that is reset would take what became of that for
    /// the end.
    fn may_fall_back(&self) -> bool {
        self.terms.fallback.is_some()
            && self.submission.partner_payment_id().is_none()
            && !self.submission.may_have_been_sent()
    }

    /// Begins a submission at `now`.
    pub(crate) fn begin_submission(&mut self, now: Timestamp) -> SubmissionInput {
        let (call, may_fall_back) = (self.partner_call(), self.may_fall_back());
        let permit = SubmissionPermit {
            run_id: self.submission.run_id().to_owned(),
            not_after: self.submission.begin(now, &self.terms.schedule),
        };
        SubmissionInput {
            call,
            callback_url: self.terms.callback_url.clone(),
            permit,
            may_fall_back,
            taken_over: self
                .terms
                .has_fallen_back
                .then(|| Box::new(self.terms.clone())),
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
impl Operation {
    /// The operation of a request "r" for 1 KGS, in its first run, "run-1".
    pub(crate) fn in_tests(kind: Kind, terms: Terms, now: Timestamp) -> Operation {
        let json = br#"{"request_id":"r","order_id":"o","amount":"1","currency":"KGS"}"#;
        let request = PaymentRequest::parse(json).expect("a sound request");
        Operation::new(kind, request, terms, "run-1", now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::promises::Promises;
    use crate::contract::resolution::{Resolution, ResolutionError};
    use crate::operation::denial::Denial;
    use crate::operation::partner_report::{Reported, StatusReport};
    use crate::operation::terms::Fallback;
    use crate::operation::verdict::Verdict;

    #[test]
    fn what_a_run_carried_over_before_there_were_two_operators_is_still_read() {
        let (terms, now) = (Terms::in_tests(), Timestamp::UNIX_EPOCH);
        let operation = Operation::in_tests(Kind::ExtraPayment, terms, now);
        let mut carried = serde_json::to_value(&operation).unwrap();
        assert!(carried["terms"].get("two_operators").is_none());
        let read: Operation = serde_json::from_value(carried.clone()).unwrap();
        assert_eq!(read, operation);
        carried["resolved_by"] = "ann".into();
        let read: Operation = serde_json::from_value(carried).unwrap();
        assert_eq!(read.by_hand.unwrap().resolved_by, "ann");
    }

    fn with_fallback() -> Operation {
        let terms = Terms::in_tests();
        let fallback = Fallback {
            merchant: "other".to_owned(),
            identity: terms.identity.clone(),
            promises: Promises::default(),
            schedule: terms.schedule.clone(),
        };
        let terms = Terms {
            fallback: Some(Box::new(fallback)),
            ..terms
        };
        Operation::in_tests(Kind::ExtraPayment, terms, Timestamp::UNIX_EPOCH)
    }

    /// A submission that ends with this report of a step of run `run_id`.
    fn submit(operation: &mut Operation, run_id: &str, report: SubmissionReport) {
        let now = Timestamp::UNIX_EPOCH;
        operation.begin_submission(now);
        let reported = Reported::new(run_id, report.clone());
        let schedule = operation.terms.schedule.clone();
        operation.submission.submitted(&reported, now, &schedule);
        operation.fall_back(&report, now);
    }

    fn not_connected() -> SubmissionReport {
        SubmissionReport::NotConnected {
            reason: "connecting failed".to_owned(),
        }
    }

    #[test]
    fn where_no_connection_is_made_the_fallback_takes_over_once() {
        let mut operation = with_fallback();
        submit(&mut operation, "run-1", not_connected());
        assert_eq!(operation.partner_call().merchant, "other");
        assert_eq!(
            operation.terms.chosen_by,
            "the request; m refused connections"
        );
        assert!(!operation.submission.can_prove_absence());
        submit(&mut operation, "run-1", not_connected());
        assert_eq!(operation.partner_call().merchant, "other");
    }

    #[test]
    fn once_bytes_may_have_been_sent_no_other_account_takes_over() {
        let mut operation = with_fallback();
        let reason = "no answer in time".to_owned();
        submit(&mut operation, "run-1", SubmissionReport::Open { reason });
        operation.fall_back(&not_connected(), Timestamp::UNIX_EPOCH);
        assert_eq!(operation.partner_call().merchant, "m");
    }

    #[test]
    fn a_run_that_was_reset_takes_nothing_for_proof_while_another_account_may_have_it() {
        let mut operation = with_fallback();
        let reason = "reset".to_owned();
        submit(
            &mut operation,
            "run-2",
            SubmissionReport::Withheld { reason },
        );
        assert!(operation.submission.is_open());
        assert!(!operation.submission.can_prove_absence());
        // Nor that its own account, which may know it by an id alone, moved nothing.
        let (now, schedule) = (Timestamp::UNIX_EPOCH, operation.terms.schedule.clone());
        let reported = Reported::new("run-2", StatusReport::NothingMoved);
        let submission = &mut operation.submission;
        submission.answered(&reported, now, now, &schedule);
        assert!(submission.is_open());
        // So nobody closes it as declined because this account does not know it.
        let json = br#"{ "as": "declined", "operator": "ann", "reason": "x" }"#;
        let declined = Resolution::parse(json).unwrap();
        let late = now + jiff::SignedDuration::from_hours(48);
        assert_eq!(
            declined.decide(submission, &Verdict::NotFound, late, &schedule),
            Err(ResolutionError::MayBeElsewhere)
        );
    }

    #[test]
    fn a_run_that_was_reset_learns_from_its_second_question_that_nothing_moved() {
        let mut operation = with_fallback();
        operation.submission = operation.submission.with_fallback(false);
        let (now, schedule) = (Timestamp::UNIX_EPOCH, operation.terms.schedule.clone());
        let reported = Reported::new("run-2", StatusReport::NothingMoved);
        let submission = &mut operation.submission;
        let denial = StatusReport::AccessDenied(Denial::by_configuration("no key".to_owned()));
        submission.answered(&Reported::new("run-1", denial), now, now, &schedule);
        assert!(submission.attention(now, &schedule).is_some());
        // A step of the run before may yet send what was prepared: the first question did not give it up.
        submission.answered(&reported, now, now, &schedule);
        assert!(submission.is_open() && submission.may_have_been_sent());
        assert!(submission.attention(now, &schedule).is_none());
        submission.answered(&reported, now, now, &schedule);
        assert!(submission.nothing_sent());
    }

    #[test]
    fn what_the_partner_has_prepared_is_not_passed_on() {
        let mut operation = with_fallback();
        let partner_payment_id = "pi_1".to_owned();
        submit(
            &mut operation,
            "run-1",
            SubmissionReport::Prepared { partner_payment_id },
        );
        submit(&mut operation, "run-1", not_connected());
        assert_eq!(operation.partner_call().merchant, "m");
    }
}
