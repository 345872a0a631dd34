//! One thing that goes wrong with a call to billing.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::misbehaviour::{self, Answer, Lies, hits, once};

/// A fault, in JSON for example `{"kind":{"status":500},"recorded":true}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What the client gets instead of the correct answer.
    pub kind: FaultKind,
    /// The payment is recorded before the fault takes effect. A slow answer, a drip and a wrong
    /// field need a correct answer, so with them it always is.
    #[serde(default)]
    pub recorded: bool,
    /// Affects only calls about this payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How many of the calls it affects; 0 is all of them.
    #[serde(default = "once")]
    pub times: u32,
    /// How many of the calls pass before it starts.
    #[serde(default)]
    pub skip: u32,
    #[serde(skip)]
    seen: u32,
}

/// What the client gets. In JSON a string, or an object with a status or a delay.
pub type FaultKind = misbehaviour::FaultKind<Lie>;

/// A wrong field in a correct answer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lie {
    /// The answer has an amount that is not the recorded one.
    OtherAmount,
}

impl Fault {
    /// This fault, if it applies to a call about this payment now. Each call that gets here counts.
    pub(super) fn due(&mut self, request_id: &str) -> Option<Fault> {
        let only = self.request_id.as_deref();
        if only.is_some_and(|only| only != request_id) {
            return None;
        }
        hits(&mut self.seen, self.skip, self.times).then(|| self.clone())
    }

    /// True if the payment is recorded in spite of the fault.
    pub(super) fn records(&self) -> bool {
        self.recorded || self.kind.needs_the_right_answer()
    }
}

impl Lies for Lie {
    fn told_in(self, mut answer: Answer) -> Answer {
        let Lie::OtherAmount = self;
        answer.body["amount"] = json!("987654321");
        answer
    }
}
