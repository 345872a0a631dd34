//! What an operator may do about an operation that needs attention, and what follows from it.
//!
//! A resolution is listed exactly if it would be accepted, were the partner to answer as it last
//! did: the same code says so that decides. The rest is told with what the partner waits for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::consequence::{Consequence, consequence};
use crate::operation::Operation;
use crate::partner_report::Reported;
use crate::resolution::{Billed, Resolution, ResolutionError, Verdict};
use crate::submission::{Settled, Submission};

/// Something that an operator may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The update `check_now`.
    CheckNow,
    /// Nothing: it goes on by itself.
    Wait,
    /// The update `resolve` as completed.
    ResolveAsCompleted,
    /// The update `resolve` as declined.
    ResolveAsDeclined,
    /// The update `resolve` as abandoned.
    ResolveAsAbandoned,
}

/// An action that would be accepted, and what follows from it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Advice {
    /// The action.
    pub action: Action,
    /// Whether what the partner said is enough for it: no money moves any more after it that was
    /// not told of. Otherwise it rests on the operator's word.
    pub safe: bool,
    /// What follows from it, and what is left to do by hand.
    pub because: String,
    /// What the operator has to name in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Naming>,
}

/// What only an operator may know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// The partner's name of the operation.
    PartnerPaymentId,
    /// Billing's document that somebody made by hand.
    BillingDocumentId,
}

/// Advice that is good from some moment on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Offer {
    pub(crate) advice: Advice,
    /// Until then it is refused; none where it would be accepted at once.
    pub(crate) not_before: Option<Timestamp>,
}

impl Action {
    /// For a list.
    pub fn words(self) -> &'static str {
        match self {
            Action::CheckNow => "check_now",
            Action::Wait => "wait",
            Action::ResolveAsCompleted => "resolve as completed",
            Action::ResolveAsDeclined => "resolve as declined",
            Action::ResolveAsAbandoned => "resolve as abandoned",
        }
    }

    /// The end that it gives an operation, where it is a resolution.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Action::CheckNow | Action::Wait => None,
            Action::ResolveAsCompleted => Some(Verdict::Completed),
            Action::ResolveAsDeclined => Some(Verdict::Declined),
            Action::ResolveAsAbandoned => Some(Verdict::Abandoned),
        }
    }
}

impl From<Verdict> for Action {
    fn from(verdict: Verdict) -> Action {
        match verdict {
            Verdict::Completed => Action::ResolveAsCompleted,
            Verdict::Declined => Action::ResolveAsDeclined,
            Verdict::Abandoned => Action::ResolveAsAbandoned,
        }
    }
}

impl Naming {
    /// The contract's name of the field.
    pub fn field(self) -> &'static str {
        match self {
            Naming::PartnerPaymentId => "partner_payment_id",
            Naming::BillingDocumentId => "billing_document_id",
        }
    }
}

/// What may be done about an operation at `now`.
pub(crate) fn advice(operation: &Operation, now: Timestamp) -> Vec<Advice> {
    let offers = offers(operation, now).into_iter();
    let good_now = offers.filter(|offer| offer.not_before.is_none());
    good_now.map(|offer| offer.advice).collect()
}

/// What may be done about an operation from `now` on: true also for who reads it later.
pub(crate) fn offers(operation: &Operation, now: Timestamp) -> Vec<Offer> {
    let resolutions = VERDICTS.map(|verdict| resolution(operation, verdict, now));
    let [.., given_up] = &resolutions;
    let refusal = given_up.as_ref().err().map(ResolutionError::to_string);
    let resolutions: Vec<Offer> = resolutions.into_iter().flatten().collect();
    let check = operation.terms.schedule.attention_check;
    let mut wait = format!("it goes on trying by itself, every {check:?}");
    if let (true, Some(refusal)) = (resolutions.is_empty(), refusal) {
        wait += &format!("; no resolution would be accepted: {refusal}");
    }
    let check_now = match operation.billing {
        Some(_) => "billing is told again, under the same key",
        None => "it asks first, and submits only what the partner does not know",
    };
    let by_itself = [
        at_once(Action::CheckNow, check_now.to_owned()),
        at_once(Action::Wait, wait),
    ];
    by_itself.into_iter().chain(resolutions).collect()
}

const VERDICTS: [Verdict; 3] = [Verdict::Completed, Verdict::Declined, Verdict::Abandoned];

fn at_once(action: Action, because: String) -> Offer {
    Offer {
        advice: Advice {
            action,
            safe: true,
            because,
            with: None,
        },
        not_before: None,
    }
}

/// The resolution as this end, where it would be accepted now or later.
fn resolution(
    operation: &Operation,
    verdict: Verdict,
    now: Timestamp,
) -> Result<Offer, ResolutionError> {
    let with = naming(operation, verdict);
    let (not_before, submission) = match &operation.billing {
        Some(_) => {
            would_close(operation, verdict)?;
            (None, None)
        }
        None => match would_settle(operation, verdict, now) {
            Err(ResolutionError::MayBeHidden(until)) => {
                let (submission, _) = would_settle(operation, verdict, until)?;
                (Some(until), Some(submission))
            }
            settled => (None, Some(settled?.0)),
        },
    };
    let Consequence { safe, words } = consequence(operation, submission.as_ref(), verdict);
    let mut because = words;
    if let Some(naming) = with {
        because += &format!("; name it as {}", naming.field());
    }
    if operation.terms.two_operators {
        because += "; another operator has to approve it";
    }
    let advice = Advice {
        action: verdict.into(),
        safe,
        because,
        with,
    };
    Ok(Offer { advice, not_before })
}

/// The decision at `at` on an operation of which the partner has the last word, were that its word
/// again; with what would be known of the submission by then.
fn would_settle(
    operation: &Operation,
    verdict: Verdict,
    at: Timestamp,
) -> Result<(Submission, Settled), ResolutionError> {
    let schedule = &operation.terms.schedule;
    let mut submission = operation.submission.clone();
    let again = Reported::new(submission.run_id(), operation.last_word.again());
    let word = submission.answered(&again, at, at, schedule);
    let resolution = supposed(operation, verdict);
    let settled = resolution.decide(&submission, &word, at, schedule)?;
    Ok((submission, settled))
}

/// The decision on a completed payment, were the partner and billing to answer as they last did.
fn would_close(operation: &Operation, verdict: Verdict) -> Result<(), ResolutionError> {
    let submission = &operation.submission;
    let known = submission.partner_payment_id();
    let word = submission.asked().hear(&operation.last_word.again(), known);
    match supposed(operation, verdict).decide_completed(&word)? {
        Billed::ByHand(_) => Ok(()),
        // Billing would refuse again, or be away.
        Billed::TellAgain => Err(ResolutionError::NotBilled("check_now tells it".to_owned())),
    }
}

/// An operator's word as it would have to be.
fn supposed(operation: &Operation, verdict: Verdict) -> Resolution {
    let naming = naming(operation, verdict);
    let named = |wanted| (naming == Some(wanted)).then(|| "ID".to_owned());
    Resolution {
        verdict,
        operator: String::new(),
        reason: String::new(),
        ticket: None,
        partner_payment_id: named(Naming::PartnerPaymentId),
        billing_document_id: named(Naming::BillingDocumentId),
    }
}

fn naming(operation: &Operation, verdict: Verdict) -> Option<Naming> {
    match (verdict, &operation.billing) {
        (Verdict::Declined | Verdict::Abandoned, _) => None,
        (Verdict::Completed, Some(_)) => Some(Naming::BillingDocumentId),
        (Verdict::Completed, None) => operation
            .submission
            .partner_payment_id()
            .is_none()
            .then_some(Naming::PartnerPaymentId),
    }
}
