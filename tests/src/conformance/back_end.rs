//! What a partner has to offer for the scenarios.

use crate::conformance::trouble::Trouble;
use crate::{Builder, LedgerEntry, Operation, Stack};

/// A partner that can be made to misbehave.
#[expect(
    async_fn_in_trait,
    reason = "its futures are awaited where they are made"
)]
pub trait BackEnd {
    /// What the table calls it.
    const NAME: &'static str;

    /// The merchant account under which operations reach it.
    const MERCHANT: &'static str;

    /// The code with which it declines for want of money.
    const DECLINE_CODE: &'static str;

    /// Adds it, and that account, to a stack.
    fn add_to(&self, builder: Builder) -> Builder;

    /// Has the order of this operation paid with `paid`, in main units of the operation's currency,
    /// and makes the trouble happen once the operation is requested.
    async fn stage(
        &self,
        stack: &Stack,
        operation: Operation,
        paid: &str,
        trouble: Trouble,
    ) -> anyhow::Result<Staged>;

    /// The money that this request has moved, as the partner itself says.
    async fn ledger(&self, stack: &Stack, request_id: &str) -> anyhow::Result<Vec<LedgerEntry>>;
}

/// Whether something can be made to happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Staged {
    /// It will, when this is requested.
    For(Operation),
    /// It can't, for this reason.
    Impossible(&'static str),
}
