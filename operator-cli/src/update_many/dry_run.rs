//! What a command to many would be, before it is given.

use serde_json::json;

use crate::command::Command;
use crate::context::CommandContext;
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
        let states = || {
            chosen
                .iter()
                .filter_map(|one| one.state.as_ref()?.as_ref().ok())
        };
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
                let proposal = one.state.as_ref()?.as_ref().ok()?.proposal.as_ref()?;
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
        tables::print_operations(shown)?;
        print(&"")?;
        tables::print_sums(&totals, shown.len(), chosen.len())?;
        if self.replaced > 0 {
            let replaced = self.replaced;
            print(&format!("{replaced} proposals that wait would be replaced"))?;
        }
        if self.advised_against > 0 {
            print(&format!(
                "{} of them advise against it. The partner is asked first, and its word goes before \
                 yours; where it is silent or denies us access, yours counts. sky-payments \
                 explain says more.",
                self.advised_against
            ))?;
        }
        Ok(())
    }
}
