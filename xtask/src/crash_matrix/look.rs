//! Looks where the operations are, in the simulators' journals, the histories and the state query.

use anyhow::Context;
use futures::future::try_join_all;
use harness::Stack;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::held::Held;
use super::sign::Sign;

/// How long a pause must still last, so that the strike surely comes before its end.
const PAUSE_LASTS: SignedDuration = SignedDuration::from_secs(5);

/// What was seen in one moment.
pub(crate) struct Look {
    at: Timestamp,
    /// For how long a call without an answer may have lasted.
    call_lasted: SignedDuration,
    partner: Vec<Value>,
    billing: Vec<Value>,
    stripe: Vec<Value>,
    /// For each operation, what Temporal or the state query says, where its sign is there.
    reports: Vec<Value>,
}

impl Look {
    pub(crate) async fn at(
        stack: &Stack,
        operations: &[Held],
        call_lasted: SignedDuration,
    ) -> anyhow::Result<Look> {
        let reports = try_join_all(operations.iter().map(|it| report(stack, it))).await?;
        Ok(Look {
            partner: stack.partner().journal().await?,
            billing: stack.billing().journal().await?,
            stripe: stack.stripe()?.journal().await?,
            at: Timestamp::now(),
            call_lasted,
            reports,
        })
    }

    /// The operations that are not at their points.
    pub(crate) fn not_held(&self, operations: &[Held]) -> anyhow::Result<Vec<String>> {
        let mut missing = Vec::new();
        for (held, report) in operations.iter().zip(&self.reports) {
            if !self.holds(held, report)? {
                missing.push(format!("{:?} {}", held.point, held.operation.request_id));
            }
        }
        Ok(missing)
    }

    fn holds(&self, held: &Held, report: &Value) -> anyhow::Result<bool> {
        let is_about_it = |entry: &Value| entry["request_id"] == held.operation.request_id;
        match held.point.sign(held.operation.kind) {
            Sign::Events(number) => Ok(report["workflowExecutionInfo"]["historyLength"] == number),
            Sign::HandedOut => {
                let state = &report["pendingActivities"][0]["state"];
                Ok(state == "PENDING_ACTIVITY_STATE_STARTED")
            }
            Sign::Resting(phase) => {
                let next = &report["next_check_at"];
                Ok(report["phase"] == phase && !next.is_null() && self.until(next)? > PAUSE_LASTS)
            }
            Sign::SilentBilling => self.stays_silent(last(&self.billing, is_about_it)),
            Sign::SilentStripe(call) => {
                let last = last(&self.stripe, is_about_it);
                let is_here = last.is_some_and(|entry| entry["operation"] == call);
                Ok(is_here && self.stays_silent(last)?)
            }
            Sign::SilentPartner(calls) => {
                let last = last(&self.partner, |entry| {
                    entry["order_id"] == held.operation.order_id
                });
                let path = last.and_then(|entry| entry["path"].as_str());
                let is_here = path.is_some_and(|path| calls.iter().any(|it| path.ends_with(it)));
                Ok(is_here && self.stays_silent(last)?)
            }
        }
    }

    fn stays_silent(&self, entry: Option<&Value>) -> anyhow::Result<bool> {
        match entry {
            // Stripe's journal has the whole fault.
            Some(entry)
                if entry["fault"] == "silence"
                    || entry["fault"]["kind"] == "silence"
                    || entry["fault"]["slow"].is_string() =>
            {
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

/// What the command that shows the sign of its point printed.
async fn report(stack: &Stack, held: &Held) -> anyhow::Result<Value> {
    match held.point.sign(held.operation.kind) {
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
        Sign::SilentBilling | Sign::SilentPartner(_) | Sign::SilentStripe(_) => Ok(Value::Null),
    }
}

fn last(journal: &[Value], is_about: impl Fn(&Value) -> bool) -> Option<&Value> {
    journal.iter().rev().find(|entry| is_about(entry))
}
