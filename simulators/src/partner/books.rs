//! Everything that the partner remembers, and what it does with money.
//!
//! One mutex guards it. It is never held across an await.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::{
    journal::{Attempt, JournalEntry},
    keys::Keys,
    messages::{OperationType, OrderId, RequestId, Status},
    operations::{Operation, OperationIndex, Operations, Submission},
    orders::Orders,
    refusal::Refusal,
    scenario::{Scenario, Scenarios, SecondSubmission},
    sessions::Sessions,
};
use crate::{money::Money, recent::Recent};

/// Everything that the partner remembers.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) keys: Keys,
    pub(super) orders: Orders,
    pub(super) sessions: Sessions,
    pub(super) operations: Operations,
    /// Every movement of money, in order. Nothing is ever removed.
    pub(super) ledger: Vec<LedgerEntry>,
    pub(super) scenarios: Scenarios,
    pub(super) journal: Recent<JournalEntry>,
    pub(super) callbacks: Recent<Attempt>,
    /// Every callback address that a submission carried.
    pub(super) callback_addresses: BTreeSet<String>,
}

/// One movement of money.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LedgerEntry {
    at: Timestamp,
    kind: OperationType,
    pub(super) order_id: OrderId,
    pub(super) request_id: RequestId,
    partner_payment_id: String,
    amount: Money,
    currency: &'static str,
}

impl Books {
    /// Accepts a submission, or says why it is refused. No money moves yet. The flag is false if it
    /// repeats an operation that was accepted before.
    pub(super) fn accept(
        &mut self,
        submission: &Submission,
        scenario: &Scenario,
        now: Timestamp,
    ) -> Result<(OperationIndex, bool), Refusal> {
        let first = self
            .operations
            .first(&submission.merchant_id, &submission.request_id);
        if let Some(first) = first
            && scenario.second_submission == SecondSubmission::Dedupe
        {
            return if self.operations.get(first).is_asked_for_by(submission) {
                Ok((first, false))
            } else {
                Err(Refusal::RequestConflict)
            };
        }
        let money = match &scenario.reports_amount {
            None => submission.money,
            Some(other) => Money::parse(other, submission.money.currency())
                .map_err(|_| Refusal::ScenarioImpossible)?,
        };
        self.orders
            .find(&submission.merchant_id, &submission.order_id)
            .ok_or(Refusal::OrderNotFound)?
            .admit(submission.kind, money)?;
        let operation = Operation::accept(submission, money, scenario, now);
        Ok((self.operations.add(operation), true))
    }

    /// Makes an operation final, unless it already is. If money moves, it moves now.
    pub(super) fn finish(
        &mut self,
        index: OperationIndex,
        decline: Option<&str>,
        now: Timestamp,
    ) -> Option<Operation> {
        let operation = self.operations.get(index);
        if operation.finished_at.is_some() {
            return None;
        }
        operation.finished_at = Some(now);
        operation.status = if decline.is_some() {
            Status::Declined
        } else {
            Status::Completed
        };
        operation.decline_code = decline.filter(|code| !code.is_empty()).map(str::to_owned);
        let operation = operation.clone();

        let becomes_returnable = match operation.kind {
            OperationType::Payment => operation.status == Status::Completed,
            OperationType::Reversal => operation.status == Status::Declined,
        };
        let order = self
            .orders
            .find(&operation.merchant_id, &operation.order_id);
        if let Some(order) = order.filter(|_| becomes_returnable) {
            order.release(operation.money);
        }
        if operation.status == Status::Completed {
            self.ledger.push(LedgerEntry {
                at: now,
                kind: operation.kind,
                order_id: operation.order_id.clone(),
                request_id: operation.request_id.clone(),
                partner_payment_id: operation.partner_payment_id.clone(),
                amount: operation.money,
                currency: operation.currency,
            });
        }
        Some(operation)
    }
}
