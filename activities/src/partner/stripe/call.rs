//! The calls to Stripe, by their names.

use std::time::Duration;

use workflows::operation::activity_input::PartnerCall;

/// The calls, by the names under which they are counted.
pub(super) const CALLS: [&str; 8] = [
    CREATE_PAYMENT,
    CONFIRM_PAYMENT,
    CANCEL_PAYMENT,
    RETRIEVE_PAYMENT,
    LIST_PAYMENTS,
    CREATE_REFUND,
    RETRIEVE_REFUND,
    LIST_REFUNDS,
];

pub(super) const CREATE_PAYMENT: &str = "create_payment_intent";
pub(super) const CONFIRM_PAYMENT: &str = "confirm_payment_intent";
pub(super) const CANCEL_PAYMENT: &str = "cancel_payment_intent";
pub(super) const RETRIEVE_PAYMENT: &str = "retrieve_payment_intent";
pub(super) const LIST_PAYMENTS: &str = "list_payment_intents";
pub(super) const CREATE_REFUND: &str = "create_refund";
pub(super) const RETRIEVE_REFUND: &str = "retrieve_refund";
pub(super) const LIST_REFUNDS: &str = "list_refunds";

/// One call: its name for the metrics, the segments of its path, and its fields.
pub(super) struct Call<'a> {
    pub(super) name: &'static str,
    pub(super) path: &'a [&'a str],
    pub(super) fields: &'a [(&'a str, &'a str)],
    pub(super) timeout: Duration,
}

/// The key of one call about an operation, the same at each attempt.
pub(super) fn idempotency_key(call: &PartnerCall, name: &str) -> String {
    format!("sky-payment-{}/{name}", call.request_id)
}
