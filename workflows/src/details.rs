//! What the Temporal UI shows of a waiting operation: one line on its timer's event, and its
//! current details in Markdown. Neither costs an event. No secrets, no personal data.

use std::fmt::Write;

use crate::attention::Advice;
use crate::state::{Phase, State};

/// The longest line, in characters: a summary is for a list.
const LONGEST_LINE: usize = 180;

/// One line for the timer that an operation waits by.
pub(crate) fn line(state: &State) -> String {
    let mut line = state.phase.as_str().to_owned();
    if let Some(stake) = state
        .at_stake
        .filter(|_| state.phase == Phase::NeedsAttention)
    {
        let _ = write!(line, " ({})", stake.words());
    }
    if let Some(error) = &state.last_error {
        let _ = write!(line, ": {error}");
    }
    line.chars().take(LONGEST_LINE).collect()
}

/// The whole of it, for the operation's page.
pub(crate) fn markdown(state: &State) -> String {
    let mut text = format!("**{}**", state.phase.as_str());
    if let Some(stake) = state.at_stake {
        let _ = write!(text, "\n\nAt stake: {}.", stake.words());
    }
    if let Some(error) = &state.last_error {
        let _ = write!(text, "\n\nLast heard: {error}.");
    }
    if let Some(at) = state.next_check_at {
        let _ = write!(
            text,
            "\n\nNext try at {at}. Asked {} times so far, ",
            state.status_checks
        );
        let _ = write!(text, "{} callbacks.", state.callbacks_received);
    }
    if !state.actions.is_empty() {
        text.push_str("\n\nWhat may be done:\n");
    }
    for Advice {
        action,
        safe,
        because,
    } in &state.actions
    {
        let verdict = if *safe { "safe" } else { "**not safe**" };
        let _ = write!(text, "\n- {}: {verdict}, {because}", action.words());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::{Action, Stake};

    #[test]
    fn the_details_say_what_happened_what_is_at_stake_and_what_is_safe() {
        let state = State {
            phase: Phase::NeedsAttention,
            submitted: true,
            status_checks: 3,
            next_check_at: Some("2026-11-24T08:00:00Z".parse().unwrap()),
            last_error: Some("amount: asked 1.00 KGS, the partner says 2.00 KGS".into()),
            callbacks_received: 1,
            at_stake: Some(Stake::OutcomeOpen),
            actions: vec![Advice {
                action: Action::Wait,
                safe: true,
                because: "it asks on".into(),
            }],
        };
        let text = markdown(&state);
        for words in [
            "**needs_attention**",
            "At stake: sent, outcome open.",
            "asked 1.00 KGS, the partner says 2.00 KGS",
            "Next try at 2026-11-24T08:00:00Z",
            "- wait: safe, it asks on",
        ] {
            assert!(text.contains(words), "{words:?} is not in {text}");
        }
        assert!(line(&state).starts_with("needs_attention (sent, outcome open): amount: asked"));
    }
}
