//! The commands of operators: the updates of `docs/contract.md`, for one operation or for many.

use std::fmt::Display;

use clap::error::ErrorKind;
use payments_client::{Error, Filter, OperationHandle};
use temporalio_common::UpdateDefinition;
use workflows::ExtraPayment;
use workflows::contract::advice::Stake;
use workflows::contract::approval::{Approval, Withdrawal};
use workflows::contract::ids::RequestId;
use workflows::contract::resolution::{Resolution, ResolutionError, ResolveAs};
use workflows::contract::state::{Phase, State};

use crate::arguments::ApproveArguments;
use crate::contrary_advice::ContraryAdvice;
use crate::equivalent;
use crate::selected_operations::SelectedOperation;

/// As the operator typed it.
pub(crate) enum Command {
    CheckNow,
    Resolve(Resolution),
    Approve(ApproveArguments),
    Withdraw(Withdrawal),
}

/// A command to one operation.
pub(crate) enum Update {
    CheckNow,
    Resolve(Resolution),
    Approve(Approval),
    Withdraw(Withdrawal),
}

impl Command {
    /// Whether it can be given to many.
    pub(crate) fn must_fit_many(&self) -> Result<(), clap::Error> {
        let Command::Resolve(resolution) = self else {
            return Ok(());
        };
        for (option, id) in [
            ("--partner-payment-id", &resolution.partner_payment_id),
            ("--billing-document-id", &resolution.billing_document_id),
        ] {
            if id.is_some() {
                let rule = format!("{option} names one operation: resolve it by its request id\n");
                return Err(clap::Error::raw(ErrorKind::ArgumentConflict, rule));
            }
        }
        Ok(())
    }

    /// Which operations can get it at all.
    pub(crate) fn narrow(&self, filter: Filter) -> Filter {
        let phase = match self {
            Command::CheckNow => filter.phase,
            Command::Resolve(_) | Command::Approve(_) | Command::Withdraw(_) => {
                filter.phase.or(Some(Phase::NeedsAttention))
            }
        };
        Filter {
            phase,
            open: true,
            ..filter
        }
    }

    /// Whether it depends on the operation's state.
    pub(crate) fn is_about_a_proposal(&self) -> bool {
        matches!(self, Command::Approve(_) | Command::Withdraw(_))
    }

    /// Whether an operation in this state is one of the many that it is for.
    pub(crate) fn suits(&self, state: &State) -> bool {
        let proposed = state.proposal.as_ref().map(|it| it.resolution.resolve_as);
        match self {
            Command::CheckNow | Command::Resolve(_) => true,
            Command::Approve(agreement) => proposed == Some(agreement.verdict),
            Command::Withdraw(_) => proposed.is_some(),
        }
    }

    /// The operation's own advice that it goes against in this state, if it does. It is sent all
    /// the same: the partner's answer may have changed.
    pub(crate) fn contrary_advice(&self, state: &State) -> Option<ContraryAdvice> {
        let proposal = state.proposal.as_ref().map(|it| &it.resolution);
        let (verdict, resolution) = match self {
            Command::CheckNow | Command::Withdraw(_) => return None,
            Command::Resolve(resolution) => (resolution.resolve_as, Some(resolution)),
            Command::Approve(agreement) => (agreement.verdict, proposal),
        };
        if resolution.is_some_and(|it| only_tells_billing_again(it, state)) {
            return None;
        }
        ContraryAdvice::of(verdict, state)
    }

    /// The command for an operation in this state. An approval is for the current proposal; a
    /// resolution against advice says so in its reason.
    pub(crate) fn for_state(&self, state: Option<&State>) -> Result<Update, Error> {
        Ok(match self {
            Command::CheckNow => Update::CheckNow,
            Command::Resolve(resolution) => {
                let advice = state.and_then(|state| self.contrary_advice(state));
                Update::Resolve(
                    advice.map_or_else(|| resolution.clone(), |advice| advice.noted(resolution)),
                )
            }
            Command::Withdraw(withdrawal) => Update::Withdraw(withdrawal.clone()),
            Command::Approve(agreement) => {
                let proposal = state.and_then(|state| state.proposal.as_ref());
                let proposal = proposal.ok_or(ResolutionError::NoProposal)?;
                Update::Approve(Approval {
                    resolve_as: agreement.verdict,
                    proposed_at: proposal.proposed_at,
                    operator: agreement.operator.clone(),
                })
            }
        })
    }

    /// What has to be typed before it is sent to an operation that advises against it.
    pub(crate) fn phrase_for_one(&self, request_id: &RequestId) -> String {
        format!("{}, against advice", self.words(request_id))
    }

    /// What has to be typed before it is sent to this many, of which some advise against it.
    pub(crate) fn phrase(&self, operations: usize, advised_against: usize) -> String {
        let command = self.words(&operations);
        match advised_against {
            0 => command,
            some => format!("{command}, {some} against advice"),
        }
    }

    fn words(&self, target: &dyn Display) -> String {
        match self {
            Command::CheckNow => format!("check {target} now"),
            Command::Resolve(it) => format!("resolve {target} as {}", it.resolve_as.as_str()),
            Command::Approve(it) => format!("approve {target} as {}", it.verdict.as_str()),
            Command::Withdraw(_) => format!("withdraw {target}"),
        }
    }

    /// The same for each of these with the plain `temporal` command: one command for all that get
    /// the same; none if each operation needs a command of its own.
    pub(crate) fn equivalents(&self, chosen: &[SelectedOperation]) -> Result<Vec<String>, Error> {
        if matches!(self, Command::Approve(_)) {
            return Ok(Vec::new());
        }
        let mut commands: Vec<(String, Vec<String>)> = Vec::new();
        for one in chosen {
            let command = self.for_state(one.known())?.equivalent_to("$ID")?;
            let workflow_id = one.description.request_id.workflow_id();
            match commands.iter_mut().find(|(said, _)| *said == command) {
                Some((_, ids)) => ids.push(workflow_id),
                None => commands.push((command, vec![workflow_id])),
            }
        }
        let commands = commands.into_iter();
        Ok(commands
            .map(|(command, ids)| equivalent::for_each(&ids, &command))
            .collect())
    }

    /// Whether it replaces the proposal that waits in this state.
    pub(crate) fn replaces_a_proposal(&self, state: &State) -> bool {
        matches!(self, Command::Resolve(_)) && state.proposal.is_some()
    }
}

/// Whether billing is told once more, under the same key, and nothing else.
fn only_tells_billing_again(resolution: &Resolution, state: &State) -> bool {
    resolution.resolve_as == ResolveAs::Completed
        && resolution.billing_document_id.is_none()
        && state.at_stake == Some(Stake::MoneyTakenNotBilled)
}

impl Update {
    /// Sends it; returns the state after it.
    pub(crate) async fn give(&self, operation: &OperationHandle) -> Result<State, Error> {
        match self {
            Update::CheckNow => operation.check_now().await,
            Update::Resolve(resolution) => operation.resolve(resolution).await,
            Update::Approve(approval) => operation.approve(approval).await,
            Update::Withdraw(withdrawal) => operation.withdraw(withdrawal).await,
        }
    }

    /// The same with the plain `temporal` command.
    pub(crate) fn equivalent(&self, request_id: &RequestId) -> serde_json::Result<String> {
        self.equivalent_to(&request_id.workflow_id())
    }

    fn equivalent_to(&self, workflow_id: &str) -> serde_json::Result<String> {
        Ok(match self {
            Update::CheckNow => equivalent::check_now(workflow_id),
            Update::Resolve(it) => {
                equivalent::update(workflow_id, ExtraPayment::resolve.name(), it)?
            }
            Update::Approve(it) => {
                equivalent::update(workflow_id, ExtraPayment::approve_resolution.name(), it)?
            }
            Update::Withdraw(it) => {
                equivalent::update(workflow_id, ExtraPayment::withdraw_resolution.name(), it)?
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    /// Whoever approves it must not be told to make a document by hand.
    #[test]
    fn telling_billing_again_is_not_against_advice() {
        let mut state = example::proposed();
        state.at_stake = Some(Stake::MoneyTakenNotBilled);
        let resolution = |document: Option<&str>| Resolution {
            resolve_as: ResolveAs::Completed,
            operator: "ann".to_owned(),
            reason: "billing is back".to_owned(),
            ticket: None,
            partner_payment_id: None,
            billing_document_id: document.map(str::to_owned),
        };
        let approve = || {
            Command::Approve(ApproveArguments {
                verdict: ResolveAs::Completed,
                operator: "ben".to_owned(),
            })
        };
        for (document, is_against_advice) in [(None, false), (Some("doc-1"), true)] {
            let resolution = resolution(document);
            state.proposal.as_mut().unwrap().resolution = resolution.clone();
            for command in [Command::Resolve(resolution), approve()] {
                let advice = command.contrary_advice(&state);
                assert_eq!(advice.is_some(), is_against_advice, "{document:?}");
            }
        }
    }
}
