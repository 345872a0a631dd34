//! What to type next about an operation, or about many.

use std::fmt;

use workflows::attention::Action;
use workflows::state::State;

/// Whom a command is about.
pub(crate) enum Whom {
    /// A request id.
    One(String),
    /// The options that choose many.
    Many(String),
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Whom::One(whom) | Whom::Many(whom) => f.write_str(whom),
        }
    }
}

/// In the order in which they are tried: look, ask, then close.
pub(super) fn commands(whom: &Whom, state: &State) -> Vec<String> {
    let mut commands = Vec::new();
    if let Whom::One(request_id) = whom {
        commands.push(format!("sky-payments show {request_id}"));
    }
    commands.push(format!("sky-payments check-now {whom}"));
    if let Some(proposal) = &state.proposal {
        let verdict = proposal.resolution.verdict.as_str();
        commands.push(format!(
            "sky-payments approve {whom} --as {verdict} --operator NAME"
        ));
        commands.push(format!(
            "sky-payments withdraw {whom} --operator NAME --reason WHY"
        ));
        return commands;
    }
    let resolve = |verdict: &str| {
        format!("sky-payments resolve {whom} --as {verdict} --operator NAME --reason WHY")
    };
    let resolutions = state.actions.iter().filter_map(|advice| {
        let verdict = match advice.action {
            Action::ResolveAsCompleted => "completed",
            Action::ResolveAsDeclined => "declined",
            Action::ResolveAsAbandoned => "abandoned",
            Action::CheckNow | Action::Wait => return None,
        };
        Some((verdict, advice.safe))
    });
    let resolutions: Vec<(&str, bool)> = resolutions.collect();
    let safe: Vec<&str> = resolutions
        .iter()
        .filter(|(_, safe)| *safe)
        .map(|(verdict, _)| *verdict)
        .collect();
    commands.extend(safe.iter().map(|verdict| resolve(verdict)));
    // What is not safe by itself is so with the partner's word.
    if safe.is_empty() && !resolutions.is_empty() {
        commands.push(
            "# once the partner's people have told you what became of it. It is asked once more; \
             where it is silent, your word counts."
                .to_owned(),
        );
        commands.push("# they made it:".to_owned());
        commands.push(match whom {
            Whom::One(_) => resolve("completed") + " --partner-payment-id ID",
            Whom::Many(_) => {
                "sky-payments resolve REQUEST_ID --as completed --operator NAME --reason WHY \
                 --partner-payment-id ID"
                    .to_owned()
            }
        });
        commands.push("# nothing moved:".to_owned());
        commands.push(resolve("declined"));
        commands.push("# nobody can say:".to_owned());
        commands.push(resolve("abandoned"));
    }
    commands
}
