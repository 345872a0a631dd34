//! The payments and refunds of the demo: six at Sky, and three at localstripe.

use harness::conformance::{self, AtLocalStripe, BackEnd, Trouble};
use harness::{Builder, Expected, LedgerEntry, Operation, OperationKind, Stack};

/// What is asked for, what goes wrong on the way, and how it must end.
pub(crate) struct Staged {
    pub(crate) operation: Operation,
    /// What was paid for the order before.
    price: &'static str,
    at: At,
    pub(crate) expected: Expected,
}

/// Which partner it goes to by its city, and what goes wrong there.
#[derive(Clone, Copy)]
enum At {
    /// With the partner's preset, where not all goes well.
    Sky(Option<&'static str>),
    LocalStripe(Trouble),
}

/// The six at Sky; and the three at localstripe, where it runs.
pub(crate) fn staged(has_localstripe: bool) -> Vec<Staged> {
    use At::{LocalStripe, Sky};
    use Expected::{Completed, Declined};
    use OperationKind::{ExtraPayment, Reversal};
    let no_funds = Declined(Some("insufficient_funds"));
    let card_declined = Declined(Some(AtLocalStripe::DECLINE_CODE));
    #[rustfmt::skip]
    let all = [
        ("extra-payment-1", ExtraPayment, "125.50", "640.00", Sky(None), Completed),
        ("full-reversal-1", Reversal, "840.00", "840.00", Sky(None), Completed),
        ("partial-refund-1", Reversal, "99.90", "410.00", Sky(None), Completed),
        ("declined-1", ExtraPayment, "70.00", "300.00", Sky(Some("declined")), no_funds),
        ("callback-lost-1", ExtraPayment, "45.25", "520.00", Sky(Some("callback_lost")), Completed),
        (
            "answer-lost-1", ExtraPayment, "210.00", "980.00",
            Sky(Some("answer_lost_after_charge")), Completed,
        ),
        ("osh-extra-1", ExtraPayment, "150.00", "640.00", LocalStripe(Trouble::None), Completed),
        ("osh-refund-1", Reversal, "60.50", "410.00", LocalStripe(Trouble::None), Completed),
        (
            "osh-declined-1", ExtraPayment, "85.00", "300.00",
            LocalStripe(Trouble::Declines), card_declined,
        ),
    ];
    let is_here = |staged: &Staged| has_localstripe || matches!(staged.at, Sky(_));
    all.map(|(id, kind, amount, price, at, expected)| Staged {
        operation: at.place(Operation::new(kind, id).of(amount, "KGS")),
        price,
        at,
        expected,
    })
    .into_iter()
    .filter(is_here)
    .collect()
}

/// Adds localstripe to the stack, for rides in Osh.
pub(crate) fn with_localstripe(builder: Builder, localstripe: &AtLocalStripe) -> Builder {
    let route = format!(
        "\n[[routes]]\ncountry = \"KG\"\ncity = \"Osh\"\naccount = \"{}\"\n",
        AtLocalStripe::MERCHANT
    );
    localstripe.add_to(builder).worker_settings(&route)
}

impl At {
    /// By its city, the routes choose the account.
    fn place(self, operation: Operation) -> Operation {
        operation.in_city(
            "KG",
            match self {
                At::Sky(_) => "Bishkek",
                At::LocalStripe(_) => "Osh",
            },
        )
    }
}

impl Staged {
    /// Has the order paid at its partner, and sets up there what will happen to the operation. Returns
    /// what is to be asked for.
    pub(crate) async fn prepare(
        &self,
        stack: &Stack,
        localstripe: Option<&AtLocalStripe>,
    ) -> anyhow::Result<Operation> {
        let operation = self.operation.clone();
        match (self.at, localstripe) {
            (At::LocalStripe(trouble), Some(localstripe)) => {
                let staged = localstripe.stage(stack, operation, self.price, trouble);
                match staged.await? {
                    conformance::Staged::For(operation) => Ok(operation),
                    conformance::Staged::Impossible(why) => anyhow::bail!(why),
                }
            }
            (At::LocalStripe(_), None) => anyhow::bail!("localstripe does not run"),
            (At::Sky(preset), _) => {
                let (partner, currency) = (stack.partner(), &operation.currency);
                partner
                    .create_order(&operation.order_id, self.price, currency)
                    .await?;
                if let Some(name) = preset {
                    partner.set_scenario(&operation.request_id, name).await?;
                }
                Ok(operation)
            }
        }
    }

    /// The money that it moved at localstripe, whose ledger is not among the stack's.
    pub(crate) async fn moved_elsewhere(
        &self,
        stack: &Stack,
        localstripe: Option<&AtLocalStripe>,
    ) -> anyhow::Result<Vec<LedgerEntry>> {
        match localstripe {
            Some(localstripe) => localstripe.ledger(stack, &self.operation.request_id).await,
            None => Ok(Vec::new()),
        }
    }
}
