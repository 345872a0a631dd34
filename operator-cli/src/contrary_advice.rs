//! Commands against advice: sent only if the operator confirms it, and recorded as such. The advice
//! is the operation's own; if no worker answers, nothing is done.

use workflows::contract::advice::Action;
use workflows::contract::resolution::{Resolution, ResolveAs};
use workflows::contract::state::{Phase, State};

/// The advice that a command goes against.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ContraryAdvice(String);

impl ContraryAdvice {
    /// None if the command is advised, or would be refused in any case.
    pub(crate) fn of(verdict: ResolveAs, state: &State) -> Option<ContraryAdvice> {
        if state.phase != Phase::NeedsAttention {
            return None;
        }
        let action = Action::from(verdict);
        match state.actions.iter().find(|it| it.action == action) {
            Some(advice) if advice.safe => None,
            Some(advice) => Some(ContraryAdvice(advice.because.clone())),
            None => Some(ContraryAdvice(
                "it would be refused, by what the partner last said".to_owned(),
            )),
        }
    }

    /// What the advice says.
    pub(crate) fn because(&self) -> &str {
        &self.0
    }

    /// The same resolution with a reason that mentions it, for the history and the result. The
    /// history shows what was advised at that time.
    pub(crate) fn noted(&self, resolution: &Resolution) -> Resolution {
        Resolution {
            reason: format!("{} [against advice]", resolution.reason),
            ..resolution.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(phase: &str, actions: serde_json::Value) -> State {
        serde_json::from_value(json!({
            "phase": phase, "submitted": true, "status_checks": 1, "callbacks_received": 0,
            "actions": actions,
        }))
        .unwrap()
    }

    fn advice(action: &str, safe: bool) -> serde_json::Value {
        json!({ "action": action, "safe": safe, "because": format!("{action} because") })
    }

    #[test]
    fn what_is_not_called_safe_goes_against_advice() {
        let actions = json!([
            advice("check_now", true),
            advice("resolve_as_declined", true),
            advice("resolve_as_abandoned", false),
        ]);
        let attention = state("needs_attention", actions.clone());
        let against = |verdict| ContraryAdvice::of(verdict, &attention);
        assert_eq!(against(ResolveAs::Declined), None);
        let abandoned = against(ResolveAs::Abandoned).unwrap();
        assert_eq!(abandoned.because(), "resolve_as_abandoned because");
        let unlisted = against(ResolveAs::Completed).unwrap();
        assert!(unlisted.because().contains("would be refused"));
        // Refused because of its phase, whoever sends it.
        let waiting = state("awaiting_completion", json!([]));
        assert_eq!(ContraryAdvice::of(ResolveAs::Abandoned, &waiting), None);
    }

    #[test]
    fn the_reason_says_that_it_was_against_advice() {
        let json = br#"{"as":"abandoned","operator":"ann","reason":"told by phone"}"#;
        let resolution = Resolution::parse(json).unwrap();
        let noted = ContraryAdvice("it may have been executed".to_owned()).noted(&resolution);
        assert_eq!(noted.reason, "told by phone [against advice]");
        assert_eq!(noted.operator, "ann");
    }
}
