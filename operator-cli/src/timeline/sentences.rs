//! The texts of the timeline.

use jiff::{SignedDuration, Timestamp};
use workflows::contract::kind::Kind;
use workflows::contract::outcome::Outcome;
use workflows::contract::request::PaymentRequest;
use workflows::contract::resolution::Resolution;
use workflows::operation::denial::Denial;
use workflows::operation::partner_report::{
    BillingReport, OperationState, StatusReport, SubmissionReport,
};
use workflows::operation::terms::Terms;
use workflows::operation::verdict::Verdict;

use super::known::Known;

pub(super) fn asked(kind: Kind, request: &PaymentRequest, by: &str) -> String {
    let kind = match kind {
        Kind::ExtraPayment => "an extra payment",
        Kind::PaymentReversal => "a reversal",
    };
    let PaymentRequest {
        money, order_id, ..
    } = request;
    format!("{by} asks for {kind} of {money}, order {order_id}")
}

pub(super) fn terms(terms: &Terms) -> String {
    let operators = if terms.two_operators {
        ", two operators to resolve it"
    } else {
        ""
    };
    let after = terms.schedule.needs_attention_after;
    let after = after.try_into().unwrap_or(SignedDuration::MAX);
    format!(
        "{}; needs attention after {}{operators}",
        terms.account().in_words(),
        pause(after)
    )
}

pub(super) fn submits(
    kind: Kind,
    request: Option<&PaymentRequest>,
    known: Option<&Known>,
) -> String {
    let verb = match kind {
        Kind::ExtraPayment => "charge",
        Kind::PaymentReversal => "give back",
    };
    let money = request.map_or("the amount".to_owned(), |it| it.money.to_string());
    let begun = format!("a submission begins: {verb} {money}");
    match known.filter(|it| it.prepares_first()) {
        None => format!("{begun}, unless the partner knows the request already"),
        Some(known) => match known.partner_payment_id() {
            None => format!("a submission begins: prepare to {verb} {money}"),
            Some(id) => format!("{begun}, as {id}"),
        },
    }
}

pub(super) fn submission(report: &SubmissionReport, word: Option<&Verdict>) -> String {
    match report {
        SubmissionReport::NotSent { reason, .. } | SubmissionReport::NotConnected { reason } => {
            format!("not sent: {reason}")
        }
        SubmissionReport::AccessDenied(Denial { reason, .. }) => format!("not done: {reason}"),
        SubmissionReport::Found(state) => {
            format!(
                "not sent, the partner knows it already: {}",
                shown(state, word)
            )
        }
        SubmissionReport::Answered(state) => {
            format!("sent; the partner answers {}", shown(state, word))
        }
        SubmissionReport::Prepared { partner_payment_id } => {
            format!("the partner prepares it as {partner_payment_id}; nothing moved yet")
        }
        SubmissionReport::Refused { code } => format!("sent; the partner refuses it: {code}"),
        SubmissionReport::RefusedBefore { code } => {
            format!("sent again; the partner repeats that it refused it: {code}")
        }
        SubmissionReport::Withheld { reason } => {
            format!("not sent now, and whether it was before is open: {reason}")
        }
        SubmissionReport::Open { reason } => perhaps_sent(&format!("no usable answer: {reason}")),
    }
}

/// It may have been executed.
pub(super) fn perhaps_sent(why: &str) -> String {
    format!("perhaps sent, and perhaps executed: {why}")
}

pub(super) fn check(report: &StatusReport, word: Option<&Verdict>) -> String {
    let said = match report {
        StatusReport::Shown(state) => shown(state, word),
        StatusReport::NotFound => "not found".to_owned(),
        StatusReport::NothingMoved => "that nothing moved".to_owned(),
        StatusReport::AccessDenied(Denial { reason, .. })
        | StatusReport::NoAnswer { reason, .. } => format!("nothing: {reason}"),
    };
    format!("the partner is asked, and says {said}")
}

/// The partner's own status, and what is wrong with it.
fn shown(state: &OperationState, word: Option<&Verdict>) -> String {
    let OperationState {
        status,
        partner_payment_id,
        ..
    } = state;
    let said = format!("{status} ({partner_payment_id})");
    match word {
        Some(Verdict::Contradicts(mismatch)) => format!("{said}, but {mismatch}"),
        _ => said,
    }
}

pub(super) fn billing(report: &BillingReport) -> String {
    match report {
        BillingReport::Recorded {
            billing_document_id,
        } => format!("billing records it as {billing_document_id}"),
        BillingReport::Refused { reason } => format!("billing refuses it: {reason}"),
        BillingReport::NoAnswer { reason, .. } => format!("billing gives no answer: {reason}"),
    }
}

pub(super) fn resolves(resolution: &Resolution, proposes: bool) -> String {
    let Resolution {
        resolve_as: verdict,
        operator,
        reason,
        ticket,
        partner_payment_id,
        billing_document_id,
    } = resolution;
    let verb = if proposes {
        "proposes to resolve"
    } else {
        "resolves"
    };
    let mut text = format!("{operator} {verb} it as {}: {reason}", verdict.as_str());
    for (name, value) in [
        ("ticket", ticket),
        ("partner payment", partner_payment_id),
        ("billed by hand as", billing_document_id),
    ] {
        if let Some(value) = value {
            text += &format!(", {name} {value}");
        }
    }
    text
}

pub(super) fn wait(from: Timestamp, until: Option<Timestamp>) -> String {
    let pause = until.map_or(SignedDuration::ZERO, |until| until.duration_since(from));
    format!("waits {}", self::pause(pause))
}

/// To a tenth of a second for short times, otherwise to the second.
pub(super) fn pause(pause: SignedDuration) -> String {
    let tenths = pause.as_millis() / 100;
    if tenths < 100 {
        format!("{}.{}s", tenths / 10, tenths % 10)
    } else {
        format!("{:#}", SignedDuration::from_secs(pause.as_secs()))
    }
}

pub(super) fn end(outcome: &Outcome) -> String {
    format!("{}{}", outcome.outcome.as_str(), particulars(outcome))
}

/// The details of an end, each after a comma.
pub(crate) fn particulars(outcome: &Outcome) -> String {
    let by_hand = outcome.by_hand.as_ref();
    let told = [
        ("decline code", outcome.decline_code.as_ref()),
        ("partner payment", outcome.partner_payment_id.as_ref()),
        ("billing document", outcome.billing_document_id.as_ref()),
        ("resolved by", by_hand.map(|it| &it.resolved_by)),
        (
            "approved by",
            by_hand.and_then(|it| it.approved_by.as_ref()),
        ),
        ("ticket", by_hand.and_then(|it| it.ticket.as_ref())),
    ];
    let told = told
        .iter()
        .filter_map(|(name, value)| Some((name, (*value)?)));
    told.map(|(name, value)| format!(", {name} {value}"))
        .collect()
}
