//! Looks where the operations are, in the simulators' journals, the histories and the state query.

use anyhow::Context;
use futures::future::try_join_all;
use harness::Stack;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::point::Sign;
use super::stage::Held;

/// How long a pause must still last, so that the strike surely comes before its end.
const PAUSE_LASTS: SignedDuration = SignedDuration::from_secs(5);

/// What was seen in one moment.
pub(crate) struct Look {
    at: Timestamp,
    /// For how long a call without an answer may have lasted.
    call_lasted: SignedDuration,
    partner: Vec<Value>,
    billing: Vec<Value>,
    /// For each operation, what Temporal or the state query says, where its sign is there.
    words: Vec<Value>,
}

impl Look {
    pub(crate) async fn at(
        stack: &Stack,
        operations: &[Held],
        call_lasted: SignedDuration,
    ) -> anyhow::Result<Look> {
        let words = try_join_all(operations.iter().map(|it| words(stack, it))).await?;
        Ok(Look {
            partner: stack.partner().journal().await?,
            billing: stack.billing().journal().await?,
            at: Timestamp::now(),
            call_lasted,
            words,
        })
    }

    /// The operations that are not at their points.
    pub(crate) fn not_held(&self, operations: &[Held]) -> anyhow::Result<Vec<String>> {
        let mut missing = Vec::new();
        for (held, words) in operations.iter().zip(&self.words) {
            if !self.holds(held, words)? {
                missing.push(format!("{:?} {}", held.point, held.operation.request_id));
            }
        }
        Ok(missing)
    }

    fn holds(&self, held: &Held, words: &Value) -> anyhow::Result<bool> {
        match held.point.sign() {
            Sign::Events(number) => Ok(words["workflowExecutionInfo"]["historyLength"] == number),
            Sign::HandedOut => {
                let state = &words["pendingActivities"][0]["state"];
                Ok(state == "PENDING_ACTIVITY_STATE_STARTED")
            }
            Sign::Resting(phase) => {
                let next = &words["next_check_at"];
                Ok(words["phase"] == phase && !next.is_null() && self.until(next)? > PAUSE_LASTS)
            }
            Sign::SilentBilling => self.is_silent(last(&self.billing, |entry| {
                entry["request_id"] == held.operation.request_id
            })),
            Sign::SilentPartner(calls) => {
                let last = last(&self.partner, |entry| {
                    entry["order_id"] == held.operation.order_id
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
                Ok(-self.until(&entry["at"])? < self.call_lasted)
            }
            _ => Ok(false),
        }
    }

    fn until(&self, moment: &Value) -> anyhow::Result<SignedDuration> {
        let moment: Timestamp = moment.as_str().context("no time is told")?.parse()?;
        Ok(moment.duration_since(self.at))
    }
}

async fn words(stack: &Stack, held: &Held) -> anyhow::Result<Value> {
    match held.point.sign() {
        Sign::Events(_) | Sign::HandedOut => {
            let workflow_id = held.operation.workflow_id();
            let describe = ["workflow", "describe", "--workflow-id", &workflow_id];
            stack.temporal().cli(&describe).await
        }
        Sign::Resting(_) => {
            stack
                .payments(&["status", &held.operation.request_id])
                .await
        }
        Sign::SilentBilling | Sign::SilentPartner(_) => Ok(Value::Null),
    }
}

fn last(journal: &[Value], is_about: impl Fn(&Value) -> bool) -> Option<&Value> {
    journal.iter().rev().find(|entry| is_about(entry))
}
