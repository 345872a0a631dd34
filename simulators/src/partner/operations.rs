//! Operations: from their acceptance to a final status.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use super::{
    messages::{OperationState, OperationType, OrderId, RequestId, Status},
    scenario::Scenario,
};
use crate::{money::Money, random_id::random_id};

/// A submission that was parsed and whose session was found.
#[derive(Clone, Debug)]
pub(super) struct Submission {
    pub(super) merchant_id: String,
    pub(super) session_id: String,
    pub(super) order_id: OrderId,
    pub(super) request_id: RequestId,
    pub(super) kind: OperationType,
    pub(super) money: Money,
    pub(super) callback_url: Url,
}

/// An operation, as `GET /sim/operations` shows it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Operation {
    pub(super) merchant_id: String,
    pub(super) order_id: OrderId,
    pub(super) request_id: RequestId,
    pub(super) partner_payment_id: String,
    pub(super) kind: OperationType,
    pub(super) status: Status,
    pub(super) decline_code: Option<String>,
    #[serde(rename = "amount")]
    pub(super) money: Money,
    pub(super) currency: &'static str,
    asked_amount: Money,
    pub(super) accepted_at: Timestamp,
    /// When `paymentStatus` starts to find it.
    visible_at: Timestamp,
    pub(super) finished_at: Option<Timestamp>,
    /// Whether a client has been told the final status.
    final_status_reported: bool,
    #[serde(skip)]
    final_answer_flips: bool,
    /// Contains a secret in its query.
    #[serde(skip)]
    pub(super) callback_url: Url,
}

impl Operation {
    /// An operation that was accepted just now, with this amount.
    pub(super) fn accept(
        submission: &Submission,
        money: Money,
        scenario: &Scenario,
        now: Timestamp,
    ) -> Operation {
        Operation {
            merchant_id: submission.merchant_id.clone(),
            order_id: submission.order_id.clone(),
            request_id: submission.request_id.clone(),
            partner_payment_id: random_id("pp-"),
            kind: submission.kind,
            status: Status::Pending,
            decline_code: None,
            money,
            currency: money.currency().code(),
            asked_amount: submission.money,
            accepted_at: now,
            visible_at: now + scenario.status_lag,
            finished_at: None,
            final_status_reported: false,
            final_answer_flips: scenario.final_answer_flips,
            callback_url: submission.callback_url.clone(),
        }
    }

    /// True for a submission that repeats the one that created this operation.
    pub(super) fn is_asked_for_by(&self, submission: &Submission) -> bool {
        self.kind == submission.kind
            && self.order_id == submission.order_id
            && self.asked_amount == submission.money
    }

    /// True if a client that asks in a session of this kind and order can see it.
    pub(super) fn is_visible(
        &self,
        kind: OperationType,
        order_id: &OrderId,
        now: Timestamp,
    ) -> bool {
        self.kind == kind && self.order_id == *order_id && now >= self.visible_at
    }

    pub(super) fn updated_at(&self) -> Timestamp {
        self.finished_at.unwrap_or(self.accepted_at)
    }

    /// What the client is told. In a scenario whose final answer flips, telling it once changes the
    /// next answer.
    pub(super) fn report(&mut self) -> OperationState {
        let mut state = self.state();
        if self.final_answer_flips && self.final_status_reported {
            (state.status, state.decline_code) = match state.status {
                Status::Completed => (Status::Declined, Some("flipped".to_owned())),
                _ => (Status::Completed, None),
            };
        }
        self.final_status_reported |= self.finished_at.is_some();
        state
    }

    /// The real state.
    pub(super) fn state(&self) -> OperationState {
        OperationState {
            request_id: self.request_id.clone(),
            kind: self.kind,
            status: self.status,
            decline_code: self.decline_code.clone(),
            amount: self.money,
            currency: self.currency,
            partner_payment_id: self.partner_payment_id.clone(),
            updated_at: self.updated_at(),
        }
    }
}

/// The index of an operation among all.
#[derive(Clone, Copy, Debug)]
pub(super) struct OperationIndex(usize);

/// Every operation, in the order of acceptance.
#[derive(Debug, Default)]
pub(super) struct Operations {
    all: Vec<Operation>,
    /// The first operation of each request id. The scope of a request id is the merchant.
    first: HashMap<(String, RequestId), OperationIndex>,
}

impl Operations {
    pub(super) fn add(&mut self, operation: Operation) -> OperationIndex {
        let index = OperationIndex(self.all.len());
        let key = (operation.merchant_id.clone(), operation.request_id.clone());
        self.first.entry(key).or_insert(index);
        self.all.push(operation);
        index
    }

    pub(super) fn get(&mut self, index: OperationIndex) -> &mut Operation {
        &mut self.all[index.0]
    }

    /// The first operation of a request id. `paymentStatus` answers about it even if a second
    /// submission created another.
    pub(super) fn first(
        &self,
        merchant_id: &str,
        request_id: &RequestId,
    ) -> Option<OperationIndex> {
        self.first
            .get(&(merchant_id.to_owned(), request_id.clone()))
            .copied()
    }

    /// The first operation of a request id, whoever the merchant is.
    pub(super) fn find(&self, request_id: &RequestId) -> Option<OperationIndex> {
        self.all
            .iter()
            .position(|one| one.request_id == *request_id)
            .map(OperationIndex)
    }

    pub(super) fn all(&self) -> &[Operation] {
        &self.all
    }
}
