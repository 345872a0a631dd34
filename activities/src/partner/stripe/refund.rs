//! Reversals as Refunds of the order's original payment. While Stripe keeps the key, the same request
//! again is the question; later the list of the payment's Refunds is asked.

use workflows::operation::activity_input::PartnerCall;
use workflows::operation::partner_report::{StatusReport, SubmissionReport};

use super::answer::Answer;
use super::call::{CREATE_REFUND, Call, LIST_REFUNDS, RETRIEVE_REFUND, idempotency_key};
use super::client::Client;
use super::wire::{self, Refund};
use super::{currencies, list, payment};
use crate::partner::{Submission, question};

pub(super) const REFUNDS: &str = "refunds";

/// Gives the money back, unless the payment has a Refund for this request already.
pub(super) async fn submit(client: &Client, submission: &Submission<'_>) -> SubmissionReport {
    let call = submission.call();
    match find(client, call).await {
        StatusReport::NotFound | StatusReport::NothingMoved => {}
        other => return question::not_submitted(other),
    }
    // A Refund has no currency of its own: it is in that of its payment.
    let currency = call.money.currency();
    match payment::retrieve(client, call, original(call)).await {
        Answer::Got(payment) if payment.is_in(currency) => {}
        Answer::Got(_) => {
            return SubmissionReport::Refused {
                code: "currency_mismatch".to_owned(),
            };
        }
        other => return other.nothing_sent(),
    }
    if let Some(report) = submission.is_too_late() {
        return report;
    }
    let units = currencies::units(currency);
    let Some(amount) = units.and_then(|units| units.amount(call.money)) else {
        return SubmissionReport::Refused {
            code: "invalid_currency".to_owned(),
        };
    };
    let amount = amount.to_string();
    let fields = [
        ("payment_intent", original(call)),
        ("amount", amount.as_str()),
        ("metadata[request_id]", call.request_id.as_str()),
        ("metadata[order_id]", call.order_id.as_str()),
    ];
    let create = Call {
        name: CREATE_REFUND,
        path: &[REFUNDS],
        fields: &fields,
        timeout: call.request_timeout,
    };
    let (key, last_moment) = (idempotency_key(call, "refund"), submission.last_moment());
    let answer = client
        .post_until(create, &key, last_moment, wire::refund)
        .await;
    match answer {
        Answer::Got(refund) => match refund.state() {
            Some(state) => SubmissionReport::Answered(state),
            None => payment::unreadable().not_done(),
        },
        // A recording: what came of it, its status now says.
        Answer::Replayed(refund) => match retrieve(client, call, &refund.id).await {
            StatusReport::Shown(state) => SubmissionReport::Answered(state),
            _ => SubmissionReport::Open {
                reason: "it was made before, and can't be read".to_owned(),
            },
        },
        other => other.not_done(),
    }
}

/// Asks how the Refund of this request stands.
pub(super) async fn status(client: &Client, call: &PartnerCall) -> StatusReport {
    match &call.partner_payment_id {
        Some(id) => retrieve(client, call, id).await,
        None => find(client, call).await,
    }
}

async fn retrieve(client: &Client, call: &PartnerCall, id: &str) -> StatusReport {
    let retrieve = Call {
        name: RETRIEVE_REFUND,
        path: &[REFUNDS, id],
        fields: &[],
        timeout: call.request_timeout,
    };
    match client.get(retrieve, wire::refund).await {
        Answer::Got(refund) => shown(&refund),
        other => other.no_status(),
    }
}

/// Looks for the Refund of this request in the list of its payment's.
async fn find(client: &Client, call: &PartnerCall) -> StatusReport {
    let made = Call {
        name: LIST_REFUNDS,
        path: &[REFUNDS],
        fields: &[("payment_intent", original(call))],
        timeout: call.request_timeout,
    };
    match list::find(client, call, &made).await {
        Ok(Some(refund)) => shown(&refund),
        Ok(None) => StatusReport::NotFound,
        Err(other) => other.no_status(),
    }
}

fn original(call: &PartnerCall) -> &str {
    call.payment_reference.as_deref().unwrap_or_default()
}

fn shown(refund: &Refund) -> StatusReport {
    match refund.state() {
        Some(state) => StatusReport::Shown(state),
        None => payment::unreadable().no_status(),
    }
}
