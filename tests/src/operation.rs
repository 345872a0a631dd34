//! What procaas requests: one extra payment or one reversal.

use serde_json::{Value, json};

/// An extra payment or a reversal, as it is requested.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Its kind.
    pub kind: OperationKind,
    /// The request's id, from which the workflow's id is derived.
    pub request_id: String,
    /// The order.
    pub order_id: String,
    /// In main units, with exactly the currency's fraction digits.
    pub amount: String,
    /// The currency, in ISO 4217.
    pub currency: String,
    /// The country of the ride.
    pub country: String,
    /// Its city, if it is named.
    pub city: Option<String>,
    /// The merchant account, if the routes don't choose it.
    pub merchant: Option<String>,
    /// The partner's id of the order's original payment, where the partner does not know orders.
    pub payment_reference: Option<String>,
}

/// The kind of request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperationKind {
    /// The rider pays more.
    ExtraPayment,
    /// The rider gets money back.
    Reversal,
}

impl Operation {
    /// An operation of 125.50 KGS for the order `o-` and the request id.
    pub fn new(kind: OperationKind, request_id: &str) -> Operation {
        Operation {
            kind,
            request_id: request_id.to_owned(),
            order_id: format!("o-{request_id}"),
            amount: "125.50".to_owned(),
            currency: "KGS".to_owned(),
            country: "KG".to_owned(),
            city: None,
            merchant: None,
            payment_reference: None,
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

    /// The same for a ride in a city, by which the routes choose the account.
    pub fn in_city(mut self, country: &str, city: &str) -> Operation {
        country.clone_into(&mut self.country);
        self.city = Some(city.to_owned());
        self
    }

    /// The same over this merchant account, wherever the ride was.
    pub fn over(mut self, merchant: &str) -> Operation {
        self.merchant = Some(merchant.to_owned());
        self
    }

    /// The same with the partner's id of the order's original payment.
    pub fn paid_by(mut self, payment_reference: &str) -> Operation {
        self.payment_reference = Some(payment_reference.to_owned());
        self
    }

    /// The arguments with which `sky-payments` starts it. A worker that has just started may not have
    /// published its routes yet.
    #[rustfmt::skip]
    pub fn start_arguments(&self) -> Vec<&str> {
        let mut arguments = vec![
            "start", self.kind.as_str(),
            "--request-id", &self.request_id,
            "--order-id", &self.order_id,
            "--amount", &self.amount,
            "--currency", &self.currency,
            "--country", &self.country,
            "--without-route",
        ];
        for (name, value) in self.optional_fields() {
            arguments.extend([name, value]);
        }
        arguments
    }

    /// The workflow's input, as any Temporal client sends it.
    pub fn input(&self) -> Value {
        let mut input = json!({
            "request_id": self.request_id, "order_id": self.order_id,
            "amount": self.amount, "currency": self.currency, "country": self.country,
        });
        for (name, value) in self.optional_fields() {
            let field = name.trim_start_matches('-').replace('-', "_");
            input[field] = json!(value);
        }
        input
    }

    /// By their names in `sky-payments`.
    fn optional_fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let fields = [
            ("--city", self.city.as_deref()),
            ("--merchant", self.merchant.as_deref()),
            ("--payment-reference", self.payment_reference.as_deref()),
        ];
        let given = |(name, value): (_, Option<_>)| Some((name, value?));
        fields.into_iter().filter_map(given)
    }

    /// The id of its workflow.
    pub fn workflow_id(&self) -> String {
        workflow_id(&self.request_id)
    }
}

impl OperationKind {
    /// What `sky-payments` calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            OperationKind::ExtraPayment => "extra-payment",
            OperationKind::Reversal => "reversal",
        }
    }

    /// The type of its workflow.
    pub fn workflow_type(self) -> &'static str {
        match self {
            OperationKind::ExtraPayment => "process_extra_payment",
            OperationKind::Reversal => "process_payment_reversal",
        }
    }

    /// What the partner's ledger calls it.
    pub fn ledger_kind(self) -> &'static str {
        match self {
            OperationKind::ExtraPayment => "PAYMENT",
            OperationKind::Reversal => "REVERSAL",
        }
    }
}

/// The id of the workflow that carries a request out.
pub fn workflow_id(request_id: &str) -> String {
    format!("sky-payment-{request_id}")
}
