//! The calls of Stripe's API that exist here.

use axum::http::Method;
use serde::{Deserialize, Serialize};

use super::permission::Permission;

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// `POST /v1/payment_intents`
    CreatePaymentIntent,
    /// `POST /v1/payment_intents/{id}/confirm`
    ConfirmPaymentIntent,
    /// `POST /v1/payment_intents/{id}/cancel`
    CancelPaymentIntent,
    /// `GET /v1/payment_intents/{id}`
    RetrievePaymentIntent,
    /// `GET /v1/payment_intents`
    ListPaymentIntents,
    /// `POST /v1/refunds`
    CreateRefund,
    /// `GET /v1/refunds/{id}`
    RetrieveRefund,
    /// `GET /v1/refunds`
    ListRefunds,
    /// `POST /v1/customers`
    CreateCustomer,
    /// `POST /v1/payment_methods/{id}/attach`
    AttachPaymentMethod,
}

impl Operation {
    /// Which permissions of a restricted key allow it, each alone.
    pub(super) fn permissions(self) -> &'static [Permission] {
        use Permission::{ChargeRead, ChargeWrite, PaymentIntentRead, PaymentIntentWrite};
        match self {
            Operation::CreatePaymentIntent
            | Operation::ConfirmPaymentIntent
            | Operation::CancelPaymentIntent => &[PaymentIntentWrite],
            Operation::RetrievePaymentIntent | Operation::ListPaymentIntents => {
                &[PaymentIntentRead, PaymentIntentWrite]
            }
            Operation::CreateRefund => &[ChargeWrite],
            Operation::RetrieveRefund | Operation::ListRefunds => &[ChargeRead, ChargeWrite],
            Operation::CreateCustomer | Operation::AttachPaymentMethod => &[],
        }
    }
}

/// A call: what it does, and to which object.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) operation: Operation,
    /// The id in the path; empty if there is none.
    pub(super) id: String,
}

impl Call {
    /// The call at this address, if there is one.
    pub(super) fn at(method: &Method, path: &str) -> Option<Call> {
        let segments: Vec<&str> = path.strip_prefix("/v1/")?.split('/').collect();
        let (operation, id) = match (method.as_str(), segments.as_slice()) {
            ("POST", ["payment_intents"]) => (Operation::CreatePaymentIntent, ""),
            ("POST", ["payment_intents", id, "confirm"]) => (Operation::ConfirmPaymentIntent, *id),
            ("POST", ["payment_intents", id, "cancel"]) => (Operation::CancelPaymentIntent, *id),
            ("GET", ["payment_intents"]) => (Operation::ListPaymentIntents, ""),
            ("GET", ["payment_intents", id]) => (Operation::RetrievePaymentIntent, *id),
            ("POST", ["refunds"]) => (Operation::CreateRefund, ""),
            ("GET", ["refunds"]) => (Operation::ListRefunds, ""),
            ("GET", ["refunds", id]) => (Operation::RetrieveRefund, *id),
            ("POST", ["customers"]) => (Operation::CreateCustomer, ""),
            ("POST", ["payment_methods", id, "attach"]) => (Operation::AttachPaymentMethod, *id),
            _ => return None,
        };
        let id = id.to_owned();
        Some(Call { operation, id })
    }
}
