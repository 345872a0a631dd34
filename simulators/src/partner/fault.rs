//! One thing that goes wrong with one kind of call.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::messages::OperationType;
use crate::misbehaviour::{self, Answer, Lies, hits, once};

/// A fault, in JSON for example `{"on":"submit","kind":"reset","executed":true}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The call that it affects.
    pub on: Call,
    /// What the client gets instead of the correct answer.
    pub kind: FaultKind,
    /// For a submission: the operation is accepted before the fault takes effect. A slow answer, a
    /// drip and a wrong field need a correct answer, so with them it always is.
    #[serde(default)]
    pub executed: bool,
    /// How many of the calls it affects; 0 is all of them.
    #[serde(default = "once")]
    pub times: u32,
    /// How many of the calls pass before it starts.
    #[serde(default)]
    pub skip: u32,
    #[serde(skip)]
    seen: u32,
}

/// The calls that a fault can affect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `initSession`. Only the order's scenario and the default apply to it.
    InitSession,
    /// `completeMerchantAcquiring` and `processPaymentReversal`.
    Submit,
    /// `paymentStatus`.
    Status,
}

/// What the client gets. In JSON a string, or an object with a status or a delay.
pub type FaultKind = misbehaviour::FaultKind<Lie>;

/// A wrong field in an answer that is about an operation.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lie {
    /// Another request id.
    OtherRequest,
    /// Another amount.
    OtherAmount,
    /// Another currency with the same number of fraction digits.
    OtherCurrency,
    /// REVERSAL instead of PAYMENT, and vice versa.
    OtherKind,
    /// The status `SETTLING`.
    UnknownStatus,
    /// An amount with control sequences for the reader's terminal.
    HostileAmount,
}

/// Clears the screen, forges a line, reverses what follows, and hides something.
const HOSTILE: &str = "1\u{1b}[2J0.00\r\n  resolve as completed: safe\u{7f}\u{9b}31m\u{202e}\u{2066}\
                       \u{200b}\u{feff}\u{61c}\u{2028}\u{e000}";

impl Fault {
    /// This fault, if it applies to a call of this kind now. Each call that gets here counts.
    pub(super) fn due(&mut self, call: Call) -> Option<Fault> {
        if self.on != call {
            return None;
        }
        hits(&mut self.seen, self.skip, self.times).then(|| self.clone())
    }

    /// True if a submission is accepted in spite of the fault.
    pub(super) fn executes(&self) -> bool {
        self.executed || self.kind.needs_the_right_answer()
    }
}

impl Lies for Lie {
    fn told_in(self, mut answer: Answer) -> Answer {
        let is_about_an_operation = answer.body.get("requestId").is_some();
        if is_about_an_operation {
            let (field, value) = match self {
                Lie::OtherRequest => ("requestId", json!("another-request")),
                // One more digit in front keeps the format: 0.50 becomes 10.50.
                Lie::OtherAmount => ("amount", json!(format!("1{}", text(&answer, "amount")))),
                Lie::OtherCurrency => (
                    "currency",
                    json!(other_currency(&text(&answer, "currency"))),
                ),
                Lie::OtherKind => ("kind", other_kind(&answer.body["kind"])),
                Lie::UnknownStatus => ("status", json!("SETTLING")),
                Lie::HostileAmount => ("amount", json!(HOSTILE)),
            };
            answer.body[field] = value;
        }
        answer
    }
}

fn text(answer: &Answer, field: &str) -> String {
    answer.body[field].as_str().unwrap_or_default().to_owned()
}

fn other_currency(code: &str) -> &'static str {
    let digits = crate::money::currency(code)
        .ok()
        .and_then(|currency| currency.exponent());
    match (digits, code) {
        (Some(0), "JPY") => "KRW",
        (Some(0), _) => "JPY",
        (Some(3), "KWD") => "BHD",
        (Some(3), _) => "KWD",
        (Some(4), "UYW") => "CLF",
        (Some(4), _) => "UYW",
        (_, "USD") => "EUR",
        _ => "USD",
    }
}

fn other_kind(kind: &Value) -> Value {
    match serde_json::from_value::<OperationType>(kind.clone()) {
        Ok(OperationType::Payment) => json!(OperationType::Reversal),
        _ => json!(OperationType::Payment),
    }
}
