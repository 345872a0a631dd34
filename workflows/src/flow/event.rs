//! What a workflow tells whoever counts, beside its history: nothing that it does depends on it,
//! and without an observer nothing is told.

use std::rc::Rc;

use temporalio_workflow::WorkflowContextKey;

use crate::contract::kind::Kind;
use crate::contract::outcome::Outcome;
use crate::operation::mismatch::MismatchField;

/// Something that happened in a workflow. It is told each time that the code runs, in replays too:
/// the observer has to know of those.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A callback reached the workflow.
    Callback {
        /// The merchant account; there is none before the terms are agreed.
        merchant: Option<String>,
        /// When it came.
        arrival: Arrival,
    },
    /// The partner's final word was got by asking, and no callback had come before.
    CallbackLost {
        /// The merchant account.
        merchant: String,
    },
    /// A callback said that something happened, and the partner's word was not final.
    CallbackContradicted {
        /// The merchant account.
        merchant: String,
    },
    /// The partner speaks of something else than was asked.
    PartnerContradicts {
        /// The merchant account.
        merchant: String,
        /// Where it differs.
        field: MismatchField,
    },
    /// An operation is at its end.
    Closed {
        /// A payment or a reversal.
        kind: Kind,
        /// How it ended.
        outcome: Box<Outcome>,
    },
}

/// When a callback reached its workflow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// The first, while the submission's answer was still awaited.
    Early,
    /// The first, while the workflow waited for it.
    Prompt,
    /// The first, and the partner's final word was known already.
    Late,
    /// Another one had come before.
    Repeated,
}

/// Who is told, as a workflow interceptor makes it known to the workflow.
pub struct Observer(Box<dyn Fn(&Event)>);

impl WorkflowContextKey for Observer {
    type Value = Observer;
}

impl Observer {
    /// An observer that does this with each event. It runs inside the workflow, so it must not
    /// block and must not change what the workflow does.
    pub fn new(observe: impl Fn(&Event) + 'static) -> Observer {
        Observer(Box::new(observe))
    }
}

impl Arrival {
    /// For a label.
    pub fn as_str(self) -> &'static str {
        match self {
            Arrival::Early => "early",
            Arrival::Prompt => "prompt",
            Arrival::Late => "late",
            Arrival::Repeated => "repeated",
        }
    }
}

/// Tells the observer, if there is one.
pub(crate) fn emit(observer: Option<Rc<Observer>>, event: &Event) {
    if let Some(observer) = observer {
        (observer.0)(event);
    }
}
