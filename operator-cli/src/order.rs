//! What operators may order an operation to do: the updates of `docs/contract.md`, for one operation or for
//! many.

use clap::error::ErrorKind;
use payments_client::{Error, Filter, OperationHandle};
use workflows::contract::approval::{Approval, Withdrawal};
use workflows::contract::ids::RequestId;
use workflows::contract::resolution::{Resolution, ResolutionError};
use workflows::contract::state::{Phase, State};

use crate::against::Against;
use crate::arguments::Agreement;
use crate::choice::One;
use crate::equivalent;

/// As the operator gave it.
pub(crate) enum Order {
    CheckNow,
    Resolve(Resolution),
    Approve(Agreement),
    Withdraw(Withdrawal),
}

/// An order to one operation.
pub(crate) enum Update {
    CheckNow,
    Resolve(Resolution),
    Approve(Approval),
    Withdraw(Withdrawal),
}

impl Order {
    /// Whether it can be given to many.
    pub(crate) fn may_go_to_many(&self) -> Result<(), clap::Error> {
        let Order::Resolve(resolution) = self else {
            return Ok(());
        };
        for (option, id) in [
            ("--partner-payment-id", &resolution.partner_payment_id),
            ("--billing-document-id", &resolution.billing_document_id),
        ] {
            if id.is_some() {
                let words = format!("{option} names one operation: resolve it by its request id\n");
                return Err(clap::Error::raw(ErrorKind::ArgumentConflict, words));
            }
        }
        Ok(())
    }

    /// Which operations it can be given to at all.
    pub(crate) fn narrow(&self, filter: Filter) -> Filter {
        let phase = match self {
            Order::CheckNow => filter.phase,
            Order::Resolve(_) | Order::Approve(_) | Order::Withdraw(_) => {
                filter.phase.or(Some(Phase::NeedsAttention))
            }
        };
        Filter {
            phase,
            open: true,
            ..filter
        }
    }

    /// Whether it is about something that the state tells.
    pub(crate) fn is_about_a_proposal(&self) -> bool {
        matches!(self, Order::Approve(_) | Order::Withdraw(_))
    }

    /// Whether an operation in this state is one of the many that it is meant for.
    pub(crate) fn suits(&self, state: &State) -> bool {
        let proposed = state.proposal.as_ref().map(|it| it.resolution.resolve_as);
        match self {
            Order::CheckNow | Order::Resolve(_) => true,
            Order::Approve(agreement) => proposed == Some(agreement.verdict),
            Order::Withdraw(_) => proposed.is_some(),
        }
    }

    /// The advice of the operation itself that it goes against in this state, if it does. It is
    /// asked all the same: the partner's word may have changed.
    pub(crate) fn against(&self, state: &State) -> Option<Against> {
        match self {
            Order::CheckNow | Order::Withdraw(_) => None,
            Order::Resolve(resolution) => Against::of(resolution.resolve_as, state),
            Order::Approve(agreement) => Against::of(agreement.verdict, state),
        }
    }

    /// The order to an operation in this state. What is approved is the proposal that stands there;
    /// a resolution against advice says so in its reason.
    pub(crate) fn to_one(&self, state: Option<&State>) -> Result<Update, Error> {
        Ok(match self {
            Order::CheckNow => Update::CheckNow,
            Order::Resolve(resolution) => {
                let against = state.and_then(|state| self.against(state));
                Update::Resolve(
                    against.map_or_else(|| resolution.clone(), |against| against.noted(resolution)),
                )
            }
            Order::Withdraw(withdrawal) => Update::Withdraw(withdrawal.clone()),
            Order::Approve(agreement) => {
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

    /// What has to be typed before it is given to one that advises against it.
    pub(crate) fn phrase_for_one(&self, request_id: &RequestId) -> String {
        let order = match self {
            Order::CheckNow => format!("check {request_id} now"),
            Order::Resolve(it) => format!("resolve {request_id} as {}", it.resolve_as.as_str()),
            Order::Approve(it) => format!("approve {request_id} as {}", it.verdict.as_str()),
            Order::Withdraw(_) => format!("withdraw {request_id}"),
        };
        format!("{order}, against advice")
    }

    /// What has to be typed before it is given to so many, of which some advise against it.
    pub(crate) fn phrase(&self, operations: usize, advised_against: usize) -> String {
        let order = match self {
            Order::CheckNow => format!("check {operations} now"),
            Order::Resolve(it) => format!("resolve {operations} as {}", it.resolve_as.as_str()),
            Order::Approve(it) => format!("approve {operations} as {}", it.verdict.as_str()),
            Order::Withdraw(_) => format!("withdraw {operations}"),
        };
        match advised_against {
            0 => order,
            some => format!("{order}, {some} against advice"),
        }
    }

    /// The same to each of these with the plain `temporal` command, one command for all to whom the
    /// same is said; none where each operation has a command of its own.
    pub(crate) fn equivalents(&self, chosen: &[One]) -> Result<Vec<String>, Error> {
        if matches!(self, Order::Approve(_)) {
            return Ok(Vec::new());
        }
        let mut commands: Vec<(String, Vec<String>)> = Vec::new();
        for one in chosen {
            let state = one.state.as_ref().and_then(|state| state.as_ref().ok());
            let command = self.to_one(state)?.equivalent_to("$ID")?;
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

    /// Whether it puts another proposal in the place of the one that waits in this state.
    pub(crate) fn replaces_a_proposal(&self, state: &State) -> bool {
        matches!(self, Order::Resolve(_)) && state.proposal.is_some()
    }
}

impl Update {
    /// Gives it; the state after it.
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
            Update::Resolve(it) => equivalent::update(workflow_id, "resolve", it)?,
            Update::Approve(it) => equivalent::update(workflow_id, "approve_resolution", it)?,
            Update::Withdraw(it) => equivalent::update(workflow_id, "withdraw_resolution", it)?,
        })
    }
}
