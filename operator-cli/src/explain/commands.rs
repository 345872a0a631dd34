//! What to type next about an operation, or about many.

use std::fmt;

use workflows::contract::advice::{Naming, Stake};
use workflows::contract::resolution::ResolveAs;
use workflows::contract::state::State;

/// Each fits a narrow terminal, since a comment that breaks is no comment on its second line.
const AGAINST_ADVICE: [&str; 2] = [
    "# Against advice: only once the partner's people have told you what happened.",
    "# The partner is asked once more; if it is silent, your word counts.",
];

/// Of a payment that was made, and that billing has not recorded as far as we know.
const UNBILLED: [&str; 2] = [
    "# Against advice: only once billing's people say that they have no record",
    "# of it, and it is recorded there by hand. The partner must say completed.",
];

/// What a command is about.
pub(crate) enum CommandTarget {
    /// A request id.
    One(String),
    /// The options that choose many.
    Many(String),
}

impl fmt::Display for CommandTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandTarget::One(target) | CommandTarget::Many(target) => f.write_str(target),
        }
    }
}

/// In the order in which they are tried: look, ask, then close.
pub(super) fn commands(target: &CommandTarget, state: &State) -> Vec<String> {
    let mut commands = Vec::new();
    if let CommandTarget::One(request_id) = target {
        commands.push(format!("sky-payments show {request_id}"));
    }
    commands.push(format!("sky-payments check-now {target}"));
    if let Some(proposal) = &state.proposal {
        let verdict = proposal.resolution.resolve_as;
        let mut listed = state.actions.iter().filter_map(|it| it.action.resolve_as());
        // It is decided anew, so it is as good as a new resolution with the same content.
        if listed.any(|listed| listed == verdict) {
            let verdict = verdict.as_str();
            commands.push(format!(
                "sky-payments approve {target} --as {verdict} --operator NAME"
            ));
        }
        commands.push(format!(
            "sky-payments withdraw {target} --operator NAME --reason WHY"
        ));
        return commands;
    }
    let resolutions = state.actions.iter();
    let resolutions = resolutions.filter_map(|advice| Some((advice.action.resolve_as()?, advice)));
    let (safe, others): (Vec<_>, Vec<_>) = resolutions.partition(|(_, advice)| advice.safe);
    if safe.is_empty() && !others.is_empty() {
        let is_paid = state.at_stake == Some(Stake::MoneyTakenNotBilled);
        let against_advice = if is_paid { UNBILLED } else { AGAINST_ADVICE };
        commands.extend(against_advice.map(str::to_owned));
        for (verdict, advice) in others {
            if !is_paid {
                commands.push(on_their_word(verdict).to_owned());
            }
            let insisted = match target {
                // The phrase says it.
                CommandTarget::Many(_) if advice.with.is_none() => "",
                CommandTarget::One(_) | CommandTarget::Many(_) => " --against-advice",
            };
            commands.push(resolve(target, verdict, advice.with) + insisted);
        }
    }
    let safe = safe.into_iter();
    commands.extend(safe.map(|(verdict, advice)| resolve(target, verdict, advice.with)));
    commands
}

/// `with` is what only an operator knows; it identifies one operation.
fn resolve(target: &CommandTarget, verdict: ResolveAs, with: Option<Naming>) -> String {
    let target = match target {
        CommandTarget::Many(_) if with.is_some() => "REQUEST_ID",
        CommandTarget::One(target) | CommandTarget::Many(target) => target,
    };
    let named = with.map_or(String::new(), |with| {
        format!(" --{} ID", with.field().replace('_', "-"))
    });
    let verdict = verdict.as_str();
    format!("sky-payments resolve {target} --as {verdict} --operator NAME --reason WHY{named}")
}

/// What the partner's people have to confirm for it.
fn on_their_word(verdict: ResolveAs) -> &'static str {
    match verdict {
        ResolveAs::Completed => "# they made it:",
        ResolveAs::Declined => "# nothing moved:",
        ResolveAs::Abandoned => "# nobody can say:",
    }
}
