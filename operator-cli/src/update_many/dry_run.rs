//! What a command to many would be, before it is given.

use serde_json::json;

use crate::command::Command;
use crate::context::CommandContext;
use crate::labels::count;
use crate::selected_operations::SelectedOperation;
use crate::tables;
use crate::terminal::{print, print_json};
use crate::totals::Total;

/// How many of them are shown.
const SHOWN: usize = 20;

/// What the command would be.
pub(super) struct DryRun {
    /// How many have advised against it.
    pub(super) advised_against: usize,
    /// How many proposals that wait it would replace.
    replaced: usize,
    /// How many no worker told of. Whether the filter chooses them is not known.
    unasked: usize,
    /// What has to be typed to go on.
    pub(super) phrase: String,
}

impl DryRun {
    pub(super) fn new(command: &Command, chosen: &[SelectedOperation], unasked: usize) -> DryRun {
        let states = || chosen.iter().filter_map(SelectedOperation::known);
        let advised_against = states()
            .filter(|it| command.contrary_advice(it).is_some())
            .count();
        DryRun {
            advised_against,
            replaced: states()
                .filter(|it| command.replaces_a_proposal(it))
                .count(),
            unasked,
            phrase: command.phrase(chosen.len(), advised_against),
        }
    }

    /// How many, how much, what is at stake, and what is proposed.
    pub(super) fn print(
        &self,
        context: &CommandContext,
        command: &Command,
        chosen: &[SelectedOperation],
    ) -> anyhow::Result<()> {
        let totals = Total::of(chosen.iter().map(|one| &one.description));
        if context.output.is_json() {
            let proposals = chosen.iter().filter_map(|one| {
                let proposal = one.known()?.proposal.as_ref()?;
                Some(json!({ "request_id": one.description.request_id, "proposal": proposal }))
            });
            return Ok(print_json(&json!({
                "operations": chosen.len(), "sums": tables::sums_json(&totals),
                "proposals": proposals.collect::<Vec<_>>(), "not_asked": self.unasked,
                "advised_against": self.advised_against, "confirm": self.phrase,
            }))?);
        }
        if self.unasked > 0 {
            let unasked = self.unasked;
            print(&format!("{unasked} could not be asked, and are left out"))?;
        }
        if chosen.is_empty() {
            return Ok(print(&"no operation is chosen: nothing to do")?);
        }
        let shown = &chosen[..chosen.len().min(SHOWN)];
        for equivalent in command.equivalents(shown)? {
            context.output.equivalent(&equivalent);
        }
        if shown.len() < chosen.len() {
            let rest = chosen.len() - shown.len();
            context
                .output
                .equivalent(&format!("# and so on for the other {rest}"));
        }
        tables::print_operations(shown, context.output.now)?;
        print(&"")?;
        tables::print_sums(&totals, shown.len(), chosen.len())?;
        if self.replaced > 0 {
            let replaced = self.replaced;
            let waiting = count(replaced, "waiting proposal");
            print(&format!("{waiting} would be replaced"))?;
        }
        if self.advised_against > 0 {
            print(&format!(
                "{} of them against advice. The partner is asked first, and its word goes before \
                 yours; where it is silent or denies us access, yours counts. If it may not have been \
                 asked, and for a document in billing, it does not. sky-payments explain says more.",
                self.advised_against
            ))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{context, needs_attention, operation, proposed};
    use crate::terminal::captured::assert_view;
    use workflows::contract::resolution::Resolution;

    #[test]
    fn a_dry_run_fits_the_terminal() {
        let json = br#"{"as":"completed","operator":"ann","reason":"told by phone",
                        "partner_payment_id":"pp-1"}"#;
        let command = Command::Resolve(Resolution::parse(json).unwrap());
        let of_state = |id: &str, state| SelectedOperation {
            description: operation(id),
            state: Some(Ok(state)),
        };
        let chosen = [
            of_state("ride-1-extra-1", needs_attention()),
            of_state("ride-2-extra-1", proposed()),
        ];
        for (name, chosen) in [("dry-run", &chosen[..]), ("dry-run-of-none", &chosen[..0])] {
            let dry_run = DryRun::new(&command, chosen, 1);
            assert_view(name, || {
                let printed = dry_run.print(&context(), &command, chosen);
                printed.map_err(std::io::Error::other)
            });
        }
    }
}
