//! A fault that the simulators are told to show, with how a payment must end that meets it.

use harness::OperationKind;
use serde_json::Value;

/// One kind of fault, for one operation.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Fault {
    /// Its name, the same in every plan.
    pub(crate) name: String,
    pub(crate) place: Place,
    /// A scenario's fields for the partner; a fault for billing; `faults`, the `card` and the delivery
    /// `rule` for Stripe.
    pub(crate) setting: Value,
    pub(crate) evidence: Evidence,
    pub(crate) end: End,
}

/// Whose behaviour it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// The partner's, for the request.
    Request,
    /// The partner's, for the order: a session is asked for before its request is known.
    Order,
    /// Billing's.
    Billing,
    /// Stripe's, for an extra payment or for a reversal.
    Stripe(OperationKind),
}

/// By what it is seen afterwards that it really occurred.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Evidence {
    /// The partner's journal tells a fault on a call about it.
    PartnerJournal,
    /// Billing's journal tells a fault.
    BillingJournal,
    /// The partner took the operation on.
    Accepted,
    /// The partner declined the operation.
    Declined,
    /// The operation became final, and at least so many callbacks were sent.
    Callbacks(usize),
    /// The operation became final, and no callback was sent.
    NoCallback,
    /// A callback was sent for another request id.
    ForeignCallback,
    /// Stripe's journal tells a fault on such a call about it.
    StripeFault(Value),
    /// Stripe carried out such a call about it.
    StripeExecuted(&'static str),
    /// At least so many events about it were delivered.
    Events(usize),
    /// Stripe charged or refused it, and no event about it was delivered.
    NoEvent,
}

/// How an operation must end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Completed,
    Declined,
    Rejected,
    /// The partner moved another amount, and an operator gives it up by hand.
    GivenUp,
}

impl Fault {
    /// Whether a call that meets it lasts as long as it may.
    pub(crate) fn keeps_a_step_waiting(&self) -> bool {
        ["silence", "drip", "slow", "takes long"]
            .iter()
            .any(|word| self.name.contains(word))
    }
}

/// Stripe's list, which names a payment and no request: its faults meet whoever asks next.
pub(crate) const LIST_REFUNDS: &str = "list_refunds";

/// The request id that a wrong callback names.
pub(crate) const FOREIGN_REQUEST: &str = "nobodys-request";

/// The partner makes the operation with another amount than it was asked for.
pub(crate) const OTHER_AMOUNT_MOVED: &str = "another amount moved";
