//! Events that a workflow reports to an observer that counts them. Nothing that the workflow does
//! depends on them, and without an observer nothing is reported.

use std::rc::Rc;

use temporalio_workflow::WorkflowContextKey;

use crate::contract::kind::Kind;
use crate::contract::outcome::Outcome;
use crate::operation::mismatch::MismatchField;

/// Something that happened in a workflow. It is reported each time the code runs, in replays too:
/// the observer has to recognize those.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A callback reached the workflow.
    Callback {
        /// The merchant account; there is none before the terms are agreed.
        merchant: Option<String>,
        /// When it arrived.
        arrival: Arrival,
    },
    /// Asking gave the partner's final status, and no callback had come before.
    CallbackLost {
        /// The merchant account.
        merchant: String,
    },
    /// A callback said that something happened, but the partner's status was not final.
    CallbackContradicted {
        /// The merchant account.
        merchant: String,
    },
    /// The partner's answer is about something else than was requested.
    PartnerContradicts {
        /// The merchant account.
        merchant: String,
        /// The field that differs.
        field: MismatchField,
    },
    /// An operation has ended.
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
    /// It was the first, while the submission's answer was still pending.
    Early,
    /// It was the first, while the workflow waited for it.
    Prompt,
    /// It was the first, but the partner's final status was known already.
    Late,
    /// An earlier callback had arrived.
    Repeated,
}

/// The observer, as a workflow interceptor passes it to the workflow.
pub struct Observer(Box<dyn Fn(&Event)>);

impl WorkflowContextKey for Observer {
    type Value = Observer;
}

impl Observer {
    /// An observer that calls this function for each event. It runs inside the workflow, so it must
    /// not block and must not change what the workflow does.
    pub fn new(observe: impl Fn(&Event) + 'static) -> Observer {
        Observer(Box::new(observe))
    }
}

impl Arrival {
    /// The form used in a metric's label.
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
