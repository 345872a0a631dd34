//! The six payments and refunds of the demo.

use harness::Partner;

/// What is asked for, what goes wrong on the way, and how it must end.
pub(crate) struct Operation {
    pub(crate) request_id: &'static str,
    pub(crate) order_id: &'static str,
    pub(crate) kind: Kind,
    pub(crate) amount: &'static str,
    /// What was paid for the order before.
    price: &'static str,
    /// The partner's preset, where not all goes well.
    scenario: Option<&'static str>,
    /// The partner's word for why nothing may move.
    pub(crate) decline_code: Option<&'static str>,
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    ExtraPayment,
    Reversal,
}

/// The currency of all of them.
pub(crate) const CURRENCY: &str = "KGS";

pub(crate) const OPERATIONS: [Operation; 6] = [
    Operation {
        request_id: "extra-payment-1",
        order_id: "order-1",
        kind: Kind::ExtraPayment,
        amount: "125.50",
        price: "640.00",
        scenario: None,
        decline_code: None,
    },
    Operation {
        request_id: "full-reversal-1",
        order_id: "order-2",
        kind: Kind::Reversal,
        amount: "840.00",
        price: "840.00",
        scenario: None,
        decline_code: None,
    },
    Operation {
        request_id: "partial-refund-1",
        order_id: "order-3",
        kind: Kind::Reversal,
        amount: "99.90",
        price: "410.00",
        scenario: None,
        decline_code: None,
    },
    Operation {
        request_id: "declined-1",
        order_id: "order-4",
        kind: Kind::ExtraPayment,
        amount: "70.00",
        price: "300.00",
        scenario: Some("declined"),
        decline_code: Some("insufficient_funds"),
    },
    Operation {
        request_id: "callback-lost-1",
        order_id: "order-5",
        kind: Kind::ExtraPayment,
        amount: "45.25",
        price: "520.00",
        scenario: Some("callback_lost"),
        decline_code: None,
    },
    Operation {
        request_id: "answer-lost-1",
        order_id: "order-6",
        kind: Kind::ExtraPayment,
        amount: "210.00",
        price: "980.00",
        scenario: Some("answer_lost_after_charge"),
        decline_code: None,
    },
];

/// The workflow that carries a request out (`docs/contract.md`).
pub(crate) fn workflow_id(request_id: &str) -> String {
    format!("sky-payment-{request_id}")
}

impl Operation {
    /// Makes the order known to the partner, and what shall happen.
    pub(crate) async fn prepare(&self, partner: &Partner) -> anyhow::Result<()> {
        partner
            .create_order(self.order_id, self.price, CURRENCY)
            .await?;
        if let Some(name) = self.scenario {
            partner.set_scenario(self.request_id, name).await?;
        }
        Ok(())
    }

    /// How `sky-payments` is told to start it.
    #[rustfmt::skip]
    pub(crate) fn start_arguments(&self) -> [&'static str; 12] {
        [
            "start", self.kind.verb(),
            "--request-id", self.request_id,
            "--order-id", self.order_id,
            "--amount", self.amount,
            "--currency", CURRENCY,
            "--country", "KG",
        ]
    }

    /// How it must end.
    pub(crate) fn expected_outcome(&self) -> &'static str {
        match self.decline_code {
            Some(_) => "declined",
            None => "completed",
        }
    }
}

impl Kind {
    /// The word of `sky-payments`.
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Kind::ExtraPayment => "extra-payment",
            Kind::Reversal => "reversal",
        }
    }

    /// The partner's word.
    pub(crate) fn ledger_kind(self) -> &'static str {
        match self {
            Kind::ExtraPayment => "PAYMENT",
            Kind::Reversal => "REVERSAL",
        }
    }
}
