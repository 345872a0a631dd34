//! What to type next about an operation, or about many.

use std::fmt;

use workflows::contract::advice::Naming;
use workflows::contract::resolution::ResolveAs;
use workflows::contract::state::State;

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
        let verdict = proposal.resolution.resolve_as;
        let mut listed = state.actions.iter().filter_map(|it| it.action.resolve_as());
        // It is decided anew, so it is as good as the same resolution would be now.
        if listed.any(|listed| listed == verdict) {
            let verdict = verdict.as_str();
            commands.push(format!(
                "sky-payments approve {whom} --as {verdict} --operator NAME"
            ));
        }
        commands.push(format!(
            "sky-payments withdraw {whom} --operator NAME --reason WHY"
        ));
        return commands;
    }
    let resolutions = state.actions.iter();
    let resolutions = resolutions.filter_map(|advice| Some((advice.action.resolve_as()?, advice)));
    let (safe, others): (Vec<_>, Vec<_>) = resolutions.partition(|(_, advice)| advice.safe);
    if safe.is_empty() && !others.is_empty() {
        commands.push(
            "# against advice, and only once the partner's people have told you what became of it. \
             It is asked once more; where it is silent, your word counts."
                .to_owned(),
        );
        for (verdict, advice) in others {
            commands.push(on_their_word(verdict).to_owned());
            let insisted = match whom {
                // The phrase says it.
                Whom::Many(_) if advice.with.is_none() => "",
                Whom::One(_) | Whom::Many(_) => " --against-advice",
            };
            commands.push(resolve(whom, verdict, advice.with) + insisted);
        }
    }
    let safe = safe.into_iter();
    commands.extend(safe.map(|(verdict, advice)| resolve(whom, verdict, advice.with)));
    commands
}

/// `with` is what only an operator may know; that names one operation.
fn resolve(whom: &Whom, verdict: ResolveAs, with: Option<Naming>) -> String {
    let whom = match whom {
        Whom::Many(_) if with.is_some() => "REQUEST_ID",
        Whom::One(whom) | Whom::Many(whom) => whom,
    };
    let named = with.map_or(String::new(), |with| {
        format!(" --{} ID", with.field().replace('_', "-"))
    });
    let verdict = verdict.as_str();
    format!("sky-payments resolve {whom} --as {verdict} --operator NAME --reason WHY{named}")
}

/// Which word of the partner's people it takes.
fn on_their_word(verdict: ResolveAs) -> &'static str {
    match verdict {
        ResolveAs::Completed => "# they made it:",
        ResolveAs::Declined => "# nothing moved:",
        ResolveAs::Abandoned => "# nobody can say:",
    }
}
