//! What is missing or wrong around the programs, each with its fix (`sky-worker doctor` and
//! `sky-payments doctor`): the findings, and those about Temporal. They only look, and change nothing.

mod queues;
mod temporal;

pub mod search_attributes;

use std::fmt;

use serde::Serialize;
use terminal_text::shown;

pub use queues::task_queues;
pub use temporal::{RETENTION, temporal};

/// What was found out about one thing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// What was looked at, such as "namespace default".
    #[serde(rename = "check")]
    about: String,
    #[serde(flatten)]
    state: State,
    found: String,
}

/// Whether it is as it must be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum State {
    Ok,
    Warning { fix: String },
    Wrong { fix: String },
}

impl Finding {
    /// It is as it must be.
    pub fn ok(about: impl Into<String>, found: impl Into<String>) -> Finding {
        Finding::new(about, found, State::Ok)
    }

    /// It works, and should be changed.
    pub fn warning(
        about: impl Into<String>,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding::new(about, found, State::Warning { fix: fix.into() })
    }

    /// It does not work.
    pub fn wrong(
        about: impl Into<String>,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding::new(about, found, State::Wrong { fix: fix.into() })
    }

    fn new(about: impl Into<String>, found: impl Into<String>, state: State) -> Finding {
        Finding {
            about: about.into(),
            state,
            found: found.into(),
        }
    }

    /// Whether it does not work.
    pub fn is_wrong(&self) -> bool {
        matches!(self.state, State::Wrong { .. })
    }
}

/// One line: `wrong    namespace default: is not there; fix: ...`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, fix) = match &self.state {
            State::Ok => ("ok", None),
            State::Warning { fix } => ("warning", Some(fix)),
            State::Wrong { fix } => ("wrong", Some(fix)),
        };
        write!(f, "{word:<9}{}: {}", shown(&self.about), shown(&self.found))?;
        match fix {
            Some(fix) => write!(f, "; fix: {}", shown(fix)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_and_one_object_with_its_fix() {
        let fine = Finding::ok("billing", "answers");
        assert_eq!(fine.to_string(), "ok       billing: answers");
        let forged = Finding::ok("billing", "answers\n\u{1b}[2Jok       keys: good");
        assert_eq!(
            forged.to_string(),
            "ok       billing: answers␊␛[2Jok       keys: good"
        );
        let wrong = Finding::wrong("billing", "does not answer", "start it");
        assert_eq!(
            wrong.to_string(),
            "wrong    billing: does not answer; fix: start it"
        );
        assert_eq!(
            serde_json::to_value(&wrong).unwrap(),
            serde_json::json!({
                "check": "billing", "state": "wrong", "found": "does not answer", "fix": "start it",
            })
        );
    }
}
