//! What an operator may do about an operation that needs attention, and the consequences.
//!
//! A resolution is listed if and only if it would be accepted, assuming that the partner answers as
//! it last did: the same code that decides says so. Resolutions that are not listed are explained
//! by what the operation waits for.

mod consequence;

use self::consequence::{Consequence, consequence};
use crate::contract::advice::{Action, Advice, Naming};
use crate::contract::resolution::{Resolution, ResolutionError, ResolveAs};
use crate::operation::Operation;
use crate::operation::decision::Billed;
use crate::operation::partner_report::Reported;
use crate::operation::submission::{FinalState, Submission};
use jiff::Timestamp;

/// Advice that holds from a certain time on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Offer {
    pub(crate) advice: Advice,
    /// Until then it is refused; none if it would be accepted at once.
    pub(crate) not_before: Option<Timestamp>,
}

/// What may be done about an operation at `now`.
pub(crate) fn advice(operation: &Operation, now: Timestamp) -> Vec<Advice> {
    let offers = offers(operation, now).into_iter();
    let good_now = offers.filter(|offer| offer.not_before.is_none());
    good_now.map(|offer| offer.advice).collect()
}

/// What may be done about an operation from `now` on: also true for those who read it later.
pub(crate) fn offers(operation: &Operation, now: Timestamp) -> Vec<Offer> {
    let resolutions = ResolveAs::ALL.map(|resolve_as| resolution(operation, resolve_as, now));
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

/// The resolution with this end, if it would be accepted now or later.
fn resolution(
    operation: &Operation,
    resolve_as: ResolveAs,
    now: Timestamp,
) -> Result<Offer, ResolutionError> {
    let with = naming(operation, resolve_as);
    let (not_before, submission) = match &operation.billing {
        Some(_) => {
            would_close(operation, resolve_as)?;
            (None, None)
        }
        None => match would_end(operation, resolve_as, now) {
            Err(ResolutionError::MayBeHidden(until)) => {
                let (submission, _) = would_end(operation, resolve_as, until)?;
                (Some(until), Some(submission))
            }
            final_state => (None, Some(final_state?.0)),
        },
    };
    let Consequence { safe, words } = consequence(operation, submission.as_ref(), resolve_as);
    let mut because = words;
    if let Some(naming) = with {
        because += &format!("; name it as {}", naming.field());
    }
    if operation.terms.two_operators {
        because += "; another operator has to approve it";
    }
    let advice = Advice {
        action: resolve_as.into(),
        safe,
        because,
        with,
    };
    Ok(Offer { advice, not_before })
}

/// The decision at `at` on an operation whose end is up to the partner, assuming that it repeats
/// its last answer; with what would be known of the submission by then.
fn would_end(
    operation: &Operation,
    resolve_as: ResolveAs,
    at: Timestamp,
) -> Result<(Submission, FinalState), ResolutionError> {
    let schedule = &operation.terms.schedule;
    let mut submission = operation.submission.clone();
    let again = Reported::new(submission.run_id(), operation.last_answer.again());
    let verdict = submission.answered(&again, at, at, schedule);
    let resolution = supposed(operation, resolve_as);
    let final_state = resolution.decide(&submission, &verdict, at, schedule)?;
    Ok((submission, final_state))
}

/// The decision on a completed payment, assuming that the partner and billing answer as they last
/// did.
fn would_close(operation: &Operation, resolve_as: ResolveAs) -> Result<(), ResolutionError> {
    let submission = &operation.submission;
    let known = submission.partner_payment_id();
    let verdict = submission
        .asked()
        .verdict_on(&operation.last_answer.again(), known);
    match supposed(operation, resolve_as).decide_completed(&verdict)? {
        Billed::ByHand(_) => Ok(()),
        // Billing would refuse again, or not answer.
        Billed::TellAgain => Err(ResolutionError::NotBilled("check_now tells it".to_owned())),
    }
}

/// A resolution as an operator would have to send it.
fn supposed(operation: &Operation, resolve_as: ResolveAs) -> Resolution {
    let naming = naming(operation, resolve_as);
    let named = |wanted| (naming == Some(wanted)).then(|| "ID".to_owned());
    Resolution {
        resolve_as,
        operator: String::new(),
        reason: String::new(),
        ticket: None,
        partner_payment_id: named(Naming::PartnerPaymentId),
        billing_document_id: named(Naming::BillingDocumentId),
    }
}

fn naming(operation: &Operation, resolve_as: ResolveAs) -> Option<Naming> {
    match (resolve_as, &operation.billing) {
        (ResolveAs::Declined | ResolveAs::Abandoned, _) => None,
        (ResolveAs::Completed, Some(_)) => Some(Naming::BillingDocumentId),
        (ResolveAs::Completed, None) => operation
            .submission
            .partner_payment_id()
            .is_none()
            .then_some(Naming::PartnerPaymentId),
    }
}

#[cfg(test)]
mod tests;
