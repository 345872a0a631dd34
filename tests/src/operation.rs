//! What procaas requests: one extra payment or one reversal.

use serde_json::{Value, json};

/// An extra payment or a reversal, as it is requested.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Its kind.
    pub kind: Kind,
    /// The request's id, from which the workflow's id is derived.
    pub request_id: String,
    /// The order.
    pub order_id: String,
    /// In main units, with exactly the currency's fraction digits.
    pub amount: String,
    /// The currency, in ISO 4217.
    pub currency: String,
}

/// The kind of request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The rider pays more.
    ExtraPayment,
    /// The rider gets money back.
    Reversal,
}

impl Operation {
    /// An operation of 125.50 KGS for the order `o-` and the request id.
    pub fn new(kind: Kind, request_id: &str) -> Operation {
        Operation {
            kind,
            request_id: request_id.to_owned(),
            order_id: format!("o-{request_id}"),
            amount: "125.50".to_owned(),
            currency: "KGS".to_owned(),
        }
    }

    /// The same for another order.
    pub fn of_order(mut self, order_id: &str) -> Operation {
        order_id.clone_into(&mut self.order_id);
        self
    }

    /// The same with another amount.
    pub fn of(mut self, amount: &str, currency: &str) -> Operation {
        amount.clone_into(&mut self.amount);
        currency.clone_into(&mut self.currency);
        self
    }

    /// The arguments with which `sky-payments` starts it.
    #[rustfmt::skip]
    pub fn start_arguments(&self) -> [&str; 12] {
        [
            "start", self.kind.as_str(),
            "--request-id", &self.request_id,
            "--order-id", &self.order_id,
            "--amount", &self.amount,
            "--currency", &self.currency,
            "--country", "KG",
        ]
    }

    /// The workflow's input, as any Temporal client sends it.
    pub fn input(&self) -> Value {
        json!({
            "request_id": self.request_id, "order_id": self.order_id,
            "amount": self.amount, "currency": self.currency, "country": "KG",
        })
    }

    /// The id of its workflow.
    pub fn workflow_id(&self) -> String {
        workflow_id(&self.request_id)
    }
}

impl Kind {
    /// What `sky-payments` calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::ExtraPayment => "extra-payment",
            Kind::Reversal => "reversal",
        }
    }

    /// The type of its workflow.
    pub fn workflow_type(self) -> &'static str {
        match self {
            Kind::ExtraPayment => "process_extra_payment",
            Kind::Reversal => "process_payment_reversal",
        }
    }

    /// What the partner's ledger calls it.
    pub fn ledger_kind(self) -> &'static str {
        match self {
            Kind::ExtraPayment => "PAYMENT",
            Kind::Reversal => "REVERSAL",
        }
    }
}

/// The id of the workflow that carries a request out.
pub fn workflow_id(request_id: &str) -> String {
    format!("sky-payment-{request_id}")
}
