//! The scenarios: what is requested, what goes wrong, and how it must end.

use crate::OperationKind;
use crate::conformance::trouble::{Loss, Trouble};

/// One thing that must hold with every partner.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// What happens, in words.
    pub name: &'static str,
    pub(super) kind: OperationKind,
    pub(super) amount: &'static str,
    pub(super) currency: &'static str,
    /// What the order was paid with.
    pub(super) paid: &'static str,
    pub(super) trouble: Trouble,
    pub(super) then: Then,
    pub(super) ends: Ends,
}

/// What is done on top of the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Then {
    Nothing,
    /// The same is requested again, at once and after the end.
    TheSameAgain,
    /// Another request asks for the same amount of the same order.
    AnEqualRequest,
    /// Its workflow is reset after the end, to its beginning or to its last task.
    Reset(&'static str),
    /// The worker is killed once the money has moved, and another one starts.
    WorkerKilled,
}

/// How the operation must end. Money moves once if it is completed, and not at all otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ends {
    Completed,
    Declined,
    Rejected,
    /// Which of the two is up to the partner's promises; the ledger must agree.
    CompletedOrDeclined,
    /// It needs attention, and is completed by itself later.
    CompletedAfterAttention,
    /// It is completed, after a callback was taken.
    CompletedAfterCallback,
    /// It needs attention until an operator decides; money may have moved once.
    NeedsAttention,
    /// It is completed, and later an incident is opened.
    WithAnIncident,
    /// It is refused before any call, naming this field.
    Invalid(&'static str),
}

use Ends::*;
use Loss::*;
use Trouble::*;

/// All of them.
#[rustfmt::skip]
pub const SCENARIOS: &[Scenario] = &[
    // Outcomes
    payment("a payment", None, Completed),
    reversal("a reversal in part", None, Completed),
    reversal("a reversal in full", None, Completed).of("840.00", "KGS", "840.00"),
    payment("a declined payment", Declines, Declined),
    reversal("a declined reversal", Declines, Declined),
    payment("a payment that takes its time", CompletesLate, Completed),
    reversal("a reversal that takes its time", CompletesLate, Completed),
    payment("a payment that is declined late", DeclinesLate, Declined),
    payment("a payment with a status nobody knows", UnknownStatus, Completed),
    reversal("a reversal with a status nobody knows", UnknownStatus, Completed),
    // Open answers
    payment("a payment's answer is reset", AnswerLost(Reset), Completed),
    payment("a payment's answer never comes", AnswerLost(Silence), Completed),
    payment("a payment is carried out and answered 500", AnswerLost(ServerError), Completed),
    payment("a payment's answer is half a JSON", AnswerLost(Garbage), Completed),
    payment("a payment never arrives", SubmissionLost(Reset), CompletedOrDeclined),
    payment("a payment is answered 500 and not carried out", SubmissionLost(ServerError), CompletedOrDeclined),
    payment("a payment arrives after its connection broke", ArrivesLate, CompletedOrDeclined),
    reversal("a reversal's answer is reset", AnswerLost(Reset), Completed),
    reversal("a reversal's answer never comes", AnswerLost(Silence), Completed),
    reversal("a reversal is carried out and answered 500", AnswerLost(ServerError), Completed),
    reversal("a reversal never arrives", SubmissionLost(Reset), Completed),
    reversal("a reversal is answered 500 and not carried out", SubmissionLost(ServerError), Completed),
    reversal("a reversal arrives after its connection broke", ArrivesLate, Completed),
    // Lag
    payment("a payment's answer is lost, and it is shown late", ShownLate, Completed),
    reversal("a reversal's answer is lost, and it is shown late", ShownLate, Completed),
    // Repeats
    payment("a payment is requested three times", None, Completed).then(Then::TheSameAgain),
    reversal("two requests give back the same amount", None, Completed).then(Then::AnEqualRequest),
    payment("a closed payment is reset to its beginning", None, Completed).then(TO_ITS_BEGINNING),
    payment("a closed payment is reset to its last task", None, Completed).then(TO_ITS_LAST_TASK),
    reversal("a closed reversal is reset to its beginning", None, Completed).then(TO_ITS_BEGINNING),
    reversal("a closed reversal is reset to its last task", None, Completed).then(TO_ITS_LAST_TASK),
    // Refusals
    payment("a payment is one call too many", RateLimited, Completed),
    reversal("a reversal is one call too many", RateLimited, Completed),
    payment("access is denied for a while", DeniesAccess, CompletedAfterAttention),
    reversal("access is denied to reversals for a while", DeniesAccess, CompletedAfterAttention),
    payment("a payment is refused for good", Refuses, Rejected),
    reversal("more is given back than was paid", MoreThanWasPaid, Rejected).of("840.01", "KGS", "840.00"),
    payment("every answer says another amount", AnotherAmount, NeedsAttention),
    // Callbacks
    payment("no callback comes", NoCallback, Completed),
    payment("the callback comes before the answer", CallbackFirst, CompletedAfterCallback),
    payment("each callback comes several times", CallbackRepeated, Completed),
    // Flips
    reversal("a completed reversal fails afterwards", FailsAfterwards, WithAnIncident),
    // Units
    payment("a payment in a currency without a subunit", None, Completed).of("125", "JPY", "840"),
    reversal("a reversal in a currency without a subunit", None, Completed).of("125", "JPY", "840"),
    payment("a payment in shillings of Uganda", None, Completed).of("3800", "UGX", "84000"),
    payment("a payment in thousandths", None, Completed).of("12.550", "KWD", "84.000"),
    payment("an amount that the partner can't express", AmountWithoutForm, Invalid("amount"))
        .of("12.555", "KWD", "84.000"),
    payment("a currency that the partner does not take", CurrencyNotTaken, Invalid("currency"))
        .of("12.555", "IQD", "84.000"),
    payment("the original payment is not named", NoReference, Invalid("payment_reference")),
    // The machine. These are played together, after all others.
    payment("the worker is killed after the charge", AnswerLost(Silence), Completed)
        .then(Then::WorkerKilled),
    reversal("the worker is killed after the refund", AnswerLost(Silence), Completed)
        .then(Then::WorkerKilled),
];

const TO_ITS_BEGINNING: Then = Then::Reset("FirstWorkflowTask");
const TO_ITS_LAST_TASK: Then = Then::Reset("LastWorkflowTask");

const fn payment(name: &'static str, trouble: Trouble, ends: Ends) -> Scenario {
    scenario(OperationKind::ExtraPayment, name, trouble, ends)
}

const fn reversal(name: &'static str, trouble: Trouble, ends: Ends) -> Scenario {
    scenario(OperationKind::Reversal, name, trouble, ends)
}

const fn scenario(
    kind: OperationKind,
    name: &'static str,
    trouble: Trouble,
    ends: Ends,
) -> Scenario {
    Scenario {
        name,
        kind,
        amount: "125.50",
        currency: "KGS",
        paid: "840.00",
        trouble,
        then: Then::Nothing,
        ends,
    }
}

impl Scenario {
    const fn of(
        mut self,
        amount: &'static str,
        currency: &'static str,
        paid: &'static str,
    ) -> Scenario {
        self.amount = amount;
        self.currency = currency;
        self.paid = paid;
        self
    }

    const fn then(mut self, then: Then) -> Scenario {
        self.then = then;
        self
    }
}
