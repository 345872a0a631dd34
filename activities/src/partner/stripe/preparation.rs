//! The first step of an extra payment: a PaymentIntent, which is confirmed by its id. Creating one
//! moves nothing. The one that an earlier start of the request made is found, however long ago.

use workflows::operation::activity_input::PartnerCall;
use workflows::operation::partner_report::{Shown, SubmissionReport};

use super::answer::Answer;
use super::call::{CREATE_PAYMENT, Call, LIST_PAYMENTS, idempotency_key};
use super::client::Client;
use super::payment::{INTENTS, retrieve, unreadable};
use super::wire::{self, Page, PaymentIntent, PaymentStatus};
use super::{currencies, list};
use crate::partner::Submission;

/// Creates the PaymentIntent on the customer and the payment method of the order's original payment,
/// unless the customer has one for this request already.
pub(super) async fn prepare(client: &Client, submission: &Submission<'_>) -> SubmissionReport {
    let call = submission.call();
    let original = call.payment_reference.as_deref().unwrap_or_default();
    let original = match retrieve(client, call, original).await {
        Answer::Got(original) => original,
        other => return other.nothing_sent(),
    };
    let (Some(customer), Some(payment_method)) = (&original.customer, &original.payment_method)
    else {
        // It was paid without a saved card.
        return SubmissionReport::Refused {
            code: "no_saved_payment_method".to_owned(),
        };
    };
    match made_before(client, call, customer.id(), original.created).await {
        Ok(None) => {}
        Ok(Some(intent)) => return prepared_by_id(client, call, &intent.id).await,
        Err(other) => return not_searched(other.nothing_sent()),
    }
    let currency = call.money.currency();
    let units = currencies::units(currency);
    let Some(amount) = units.and_then(|units| units.amount(call.money)) else {
        return SubmissionReport::Refused {
            code: "invalid_currency".to_owned(),
        };
    };
    let fields = [
        ("amount", amount.to_string()),
        ("currency", currency.to_ascii_lowercase()),
        ("customer", customer.id().to_owned()),
        ("payment_method", payment_method.id().to_owned()),
        ("payment_method_types[]", "card".to_owned()),
        ("metadata[request_id]", call.request_id.to_string()),
        ("metadata[order_id]", call.order_id.to_string()),
    ];
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let create = Call {
        name: CREATE_PAYMENT,
        path: &[INTENTS],
        fields: &fields,
        timeout: call.request_timeout,
    };
    let key = idempotency_key(call, "create");
    match client.post(create, Some(&key), wire::payment_intent).await {
        Answer::Got(intent) => prepared(intent, call),
        // An earlier start of this request made it, and what came of it is not in the recording.
        Answer::Replayed(intent) => prepared_by_id(client, call, &intent.id).await,
        other => other.nothing_sent(),
    }
}

/// Looks for the PaymentIntent of this request among those of the customer: an earlier start may have
/// made it under a key that Stripe has forgotten. It is never older than the order's original payment.
async fn made_before(
    client: &Client,
    call: &PartnerCall,
    customer: &str,
    since: i64,
) -> Result<Option<PaymentIntent>, Answer<Page<PaymentIntent>>> {
    let since = since.to_string();
    let made = Call {
        name: LIST_PAYMENTS,
        path: &[INTENTS],
        fields: &[("customer", customer), ("created[gte]", &since)],
        timeout: call.request_timeout,
    };
    list::find(client, call, &made).await
}

/// An earlier start may have made one that was confirmed, so a refused search refuses nothing.
fn not_searched(report: SubmissionReport) -> SubmissionReport {
    match report {
        SubmissionReport::Refused { code } => SubmissionReport::not_sent(format!(
            "the list of the customer's payments is refused: {code}"
        )),
        // Nor may another account take over what was not searched for.
        SubmissionReport::NotConnected { reason } => SubmissionReport::not_sent(reason),
        other => other,
    }
}

async fn prepared_by_id(client: &Client, call: &PartnerCall, id: &str) -> SubmissionReport {
    match retrieve(client, call, id).await {
        Answer::Got(intent) => prepared(intent, call),
        other => other.nothing_sent(),
    }
}

/// It is confirmed later only if it is what was asked for: confirming charges its own amount.
fn prepared(intent: PaymentIntent, call: &PartnerCall) -> SubmissionReport {
    let Some(state) = intent.state(None) else {
        return unreadable().nothing_sent();
    };
    let is_ours =
        state.request_id == call.request_id.as_str() && state.money == Shown::Ours(call.money);
    if is_ours && intent.status == PaymentStatus::RequiresConfirmation {
        SubmissionReport::Prepared {
            partner_payment_id: intent.id,
        }
    } else {
        SubmissionReport::Found(state)
    }
}
