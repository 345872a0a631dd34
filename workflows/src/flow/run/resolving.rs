//! Resolutions by hand on their way through a run: proposed, approved by another operator if the
//! terms require it, decided. The updates only note here what operators want. The main routine
//! decides it, after it has asked the partner once more.

use std::time::Duration;

use jiff::Timestamp;

use crate::contract::approval::{Approval, Proposal};
use crate::contract::resolution::{Resolution, ResolutionError};
use crate::contract::state::Phase;
use crate::flow::run::Run;
use crate::operation::billing::Billing;
use crate::operation::schedule::after;

/// By how much two proposals differ at least.
const TICK: Duration = Duration::from_nanos(1);

impl Run {
    /// Checks whether an operator may resolve it now, or propose to.
    pub(crate) fn may_resolve(&self, resolution: &Resolution) -> Result<(), ResolutionError> {
        self.may_be_resolved()?;
        resolution.check(self.operation())
    }

    /// Notes an operator's resolution, to be decided or first approved. It replaces a resolution
    /// that waits for approval.
    pub(crate) fn resolve(&mut self, resolution: Resolution, now: Timestamp) {
        if self.operation().terms.two_operators {
            // Its time names a proposal, and the operation's own time may stand still for long.
            let last = self.resolving.last_proposed_at;
            let proposed_at = last.map_or(now, |last| now.max(after(last, TICK)));
            self.resolving.last_proposed_at = Some(proposed_at);
            self.operation_mut().proposal = Some(Proposal {
                resolution,
                proposed_at,
            });
        } else {
            self.resolving.to_decide = Some((resolution, None));
        }
    }

    /// Checks whether another operator may approve the proposal now.
    pub(crate) fn may_approve(&self, approval: &Approval) -> Result<(), ResolutionError> {
        let proposal = self.waiting_proposal()?;
        proposal.check(approval)?;
        proposal.resolution.check(self.operation())
    }

    /// Passes on the proposal that `approval` is about for decision.
    pub(crate) fn approve(&mut self, approval: Approval) {
        let proposal = self.operation().proposal.clone();
        self.resolving.to_decide =
            proposal.map(|proposal| (proposal.resolution, Some(approval.operator)));
    }

    /// Whether this run has had an answer from the partner itself, and not only the run that it was
    /// reset from. For validators only: a handler's code is replayed in a run with another id.
    pub(crate) fn knows_for_itself(&self) -> Result<(), ResolutionError> {
        if self.operation().submission.is_known_in(&self.run_id) {
            Ok(())
        } else {
            Err(ResolutionError::NotAskedYet)
        }
    }

    /// Checks whether there is a proposal to withdraw.
    pub(crate) fn may_withdraw(&self) -> Result<(), ResolutionError> {
        self.waiting_proposal().map(|_| ())
    }

    /// Withdraws the proposal.
    pub(crate) fn withdraw(&mut self) {
        self.operation_mut().proposal = None;
    }

    /// The resolution that has to be decided.
    pub(crate) fn to_decide(&self) -> Option<Resolution> {
        let (resolution, _) = self.resolving.to_decide.as_ref()?;
        Some(resolution.clone())
    }

    /// Notes the decision. A proposal that the partner's answer contradicted can be approved again
    /// later.
    pub(crate) fn decide(&mut self, decision: Result<(), ResolutionError>) {
        let decided = self.resolving.to_decide.take();
        if decision.is_ok() {
            let by_hand = decided.map(|(resolution, approver)| resolution.by_hand(approver));
            let operation = self.operation_mut();
            operation.by_hand = by_hand;
            operation.proposal = None;
        }
        self.resolving.decision = Some(decision);
    }

    /// Notes the end of the run. Everybody who waits is answered with it, and nothing more is
    /// accepted.
    pub(crate) fn close(&mut self, now: Timestamp) {
        self.enter(Phase::Closed, now);
        if let Some(operation) = &mut self.operation {
            operation.proposal = None;
        }
        if let Some((resolution, _)) = self.resolving.to_decide.take() {
            self.resolving.decision = Some(self.ends_as(&resolution));
        }
    }

    /// Whether the operation ended this way.
    fn ends_as(&self, resolution: &Resolution) -> Result<(), ResolutionError> {
        let operation = self.operation.as_ref();
        let final_state = operation.and_then(|operation| operation.submission.final_state());
        resolution.agrees_with(final_state.ok_or(ResolutionError::Phase(self.phase.as_str()))?)?;
        let billing = operation.and_then(|operation| operation.billing.as_ref());
        match (
            &resolution.billing_document_id,
            billing.and_then(Billing::document_id),
        ) {
            (Some(given), Some(billed)) if given != billed => {
                Err(ResolutionError::OtherDocument(billed.to_owned()))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn is_decided(&self) -> bool {
        self.resolving.decision.is_some()
    }

    pub(crate) fn take_decision(&mut self) -> Option<Result<(), ResolutionError>> {
        self.resolving.decision.take()
    }

    fn waiting_proposal(&self) -> Result<&Proposal, ResolutionError> {
        self.may_be_resolved()?;
        let proposal = self.operation().proposal.as_ref();
        proposal.ok_or(ResolutionError::NoProposal)
    }

    fn may_be_resolved(&self) -> Result<(), ResolutionError> {
        if self.phase != Phase::NeedsAttention || self.operation.is_none() {
            return Err(ResolutionError::Phase(self.phase.as_str()));
        }
        if self.resolving.to_decide.is_some() || self.resolving.decision.is_some() {
            return Err(ResolutionError::UnderWay);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
