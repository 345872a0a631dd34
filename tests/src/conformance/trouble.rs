//! What can go wrong at a partner, in no partner's words.

use serde_json::{Value, json};

/// What goes wrong with one operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// Nothing.
    None,
    /// The partner declines it at once, with the code `insufficient_funds`.
    Declines,
    /// It is pending for a few seconds, then completed.
    CompletesLate,
    /// It is pending for a few seconds, then declined with the code `insufficient_funds`.
    DeclinesLate,
    /// The first answer about it has a status that nobody knows.
    UnknownStatus,
    /// It is carried out, and the answer is lost.
    AnswerLost(Loss),
    /// It is not carried out, and nobody says so.
    SubmissionLost(Loss),
    /// The answer is lost first, and the submission arrives later.
    ArrivesLate,
    /// It is carried out, the answer is lost, and for a few seconds the partner does not show it.
    ShownLate,
    /// The first call is one too many, and the partner asks to wait.
    RateLimited,
    /// The partner denies access for some calls.
    DeniesAccess,
    /// The partner refuses it for good.
    Refuses,
    /// Every answer about it says another amount.
    AnotherAmount,
    /// First it is completed, and then it is not.
    FailsAfterwards,
    /// It is pending for a few seconds, and no callback tells of its end.
    NoCallback,
    /// The callback comes before the answer.
    CallbackFirst,
    /// Each callback comes several times.
    CallbackRepeated,
    /// The order was paid with less than is given back.
    MoreThanWasPaid,
    /// The amount can't be written in the partner's units.
    AmountWithoutForm,
    /// The partner does not take the currency.
    CurrencyNotTaken,
    /// The partner needs to be told the order's original payment, and is not.
    NoReference,
}

/// How an answer, or a submission, is lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// The connection is reset.
    Reset,
    /// The connection stays open, and nothing comes.
    Silence,
    /// An answer with the status 500 comes instead.
    ServerError,
    /// Half of a body comes.
    Garbage,
}

impl Loss {
    /// What our simulators call it.
    pub(super) fn fault_kind(self) -> Value {
        match self {
            Loss::Reset => json!("reset"),
            Loss::Silence => json!("silence"),
            Loss::ServerError => json!({ "status": 500 }),
            Loss::Garbage => json!("garbage"),
        }
    }
}
