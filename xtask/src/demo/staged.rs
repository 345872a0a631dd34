//! The six payments and refunds of the demo.

use harness::{Expected, Kind, Operation, Partner};

/// What is asked for, what goes wrong on the way, and how it must end.
pub(crate) struct Staged {
    pub(crate) operation: Operation,
    /// What was paid for the order before.
    price: &'static str,
    /// The partner's preset, where not all goes well.
    scenario: Option<&'static str>,
    pub(crate) expected: Expected,
}

/// The six of them.
pub(crate) fn staged() -> Vec<Staged> {
    use Expected::{Completed, Declined};
    use Kind::{ExtraPayment, Reversal};
    let no_funds = Declined(Some("insufficient_funds"));
    #[rustfmt::skip]
    let all = [
        ("extra-payment-1", ExtraPayment, "125.50", "640.00", None, Completed),
        ("full-reversal-1", Reversal, "840.00", "840.00", None, Completed),
        ("partial-refund-1", Reversal, "99.90", "410.00", None, Completed),
        ("declined-1", ExtraPayment, "70.00", "300.00", Some("declined"), no_funds),
        ("callback-lost-1", ExtraPayment, "45.25", "520.00", Some("callback_lost"), Completed),
        (
            "answer-lost-1", ExtraPayment, "210.00", "980.00",
            Some("answer_lost_after_charge"), Completed,
        ),
    ];
    all.map(|(id, kind, amount, price, scenario, expected)| Staged {
        operation: Operation::new(kind, id).of(amount, "KGS"),
        price,
        scenario,
        expected,
    })
    .into()
}

impl Staged {
    /// Makes the order known to the partner, and what shall happen.
    pub(crate) async fn prepare(&self, partner: &Partner) -> anyhow::Result<()> {
        let Operation {
            request_id,
            order_id,
            currency,
            ..
        } = &self.operation;
        partner.create_order(order_id, self.price, currency).await?;
        if let Some(name) = self.scenario {
            partner.set_scenario(request_id, name).await?;
        }
        Ok(())
    }
}
