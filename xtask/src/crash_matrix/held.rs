//! Looks where the operations are, in the simulators' journals, the histories and the state query.

use anyhow::Context;
use futures::future::try_join_all;
use harness::Stack;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::point::Sign;
use super::stage::{Operation, workflow_id};

/// For how long a call without an answer may have lasted, and how long a pause must still last, so
/// that the strike surely comes before its end.
const CALL_LASTED: SignedDuration = SignedDuration::from_secs(20);
const PAUSE_LASTS: SignedDuration = SignedDuration::from_secs(5);

/// What was seen in one moment.
pub(crate) struct Look {
    at: Timestamp,
    partner: Vec<Value>,
    billing: Vec<Value>,
    /// For each operation, what Temporal or the state query says, where its sign is there.
    words: Vec<Value>,
}

impl Look {
    pub(crate) async fn at(stack: &Stack, operations: &[Operation]) -> anyhow::Result<Look> {
        let words = try_join_all(operations.iter().map(|it| words(stack, it))).await?;
        Ok(Look {
            partner: stack.partner().journal().await?,
            billing: stack.billing().journal().await?,
            at: Timestamp::now(),
            words,
        })
    }

    /// The operations that are not at their points.
    pub(crate) fn not_held(&self, operations: &[Operation]) -> anyhow::Result<Vec<String>> {
        let mut missing = Vec::new();
        for (operation, words) in operations.iter().zip(&self.words) {
            if !self.holds(operation, words)? {
                missing.push(format!("{:?} {:?}", operation.point, operation.kind));
            }
        }
        Ok(missing)
    }

    fn holds(&self, operation: &Operation, words: &Value) -> anyhow::Result<bool> {
        match operation.point.sign() {
            Sign::Events(number) => Ok(words["workflowExecutionInfo"]["historyLength"] == number),
            Sign::Resting(phase) => {
                let next = &words["next_check_at"];
                Ok(words["phase"] == phase && !next.is_null() && self.until(next)? > PAUSE_LASTS)
            }
            Sign::SilentBilling => self.is_silent(last(&self.billing, |entry| {
                entry["request_id"] == operation.request_id
            })),
            Sign::SilentPartner(calls) => {
                let last = last(&self.partner, |entry| {
                    entry["order_id"] == operation.order_id
                });
                let path = last.and_then(|entry| entry["path"].as_str());
                let is_here = path.is_some_and(|path| calls.iter().any(|it| path.ends_with(it)));
                Ok(is_here && self.is_silent(last)?)
            }
        }
    }

    fn is_silent(&self, entry: Option<&Value>) -> anyhow::Result<bool> {
        match entry {
            Some(entry) if entry["fault"] == "silence" || entry["fault"]["slow"].is_string() => {
                Ok(-self.until(&entry["at"])? < CALL_LASTED)
            }
            _ => Ok(false),
        }
    }

    fn until(&self, moment: &Value) -> anyhow::Result<SignedDuration> {
        let moment: Timestamp = moment.as_str().context("no time is told")?.parse()?;
        Ok(moment.duration_since(self.at))
    }
}

async fn words(stack: &Stack, operation: &Operation) -> anyhow::Result<Value> {
    match operation.point.sign() {
        Sign::Events(_) => {
            let workflow_id = workflow_id(&operation.request_id);
            let describe = ["workflow", "describe", "--workflow-id", &workflow_id];
            stack.temporal().cli(&describe).await
        }
        Sign::Resting(_) => stack.payments(&["status", &operation.request_id]).await,
        Sign::SilentBilling | Sign::SilentPartner(_) => Ok(Value::Null),
    }
}

fn last(journal: &[Value], is_about: impl Fn(&Value) -> bool) -> Option<&Value> {
    journal.iter().rev().find(|entry| is_about(entry))
}
