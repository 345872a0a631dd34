//! `[worker]`: how the process runs.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;
use workflows::contract::ids::TASK_QUEUE;
use workflows::contract::request::LONGEST_NAME;
use workflows::contract::written_duration;

use super::count::{count, optional_count};

/// How the process runs.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub(crate) struct WorkerSection {
    /// The task queue that is polled.
    pub(crate) task_queue: String,
    /// The accounts whose task queues are polled; all of them if absent. Only their keys are read.
    pub(crate) accounts: Option<Vec<String>>,
    /// Whether workflows, billing and procaas are served too; `false` for a worker that serves
    /// accounts alone.
    pub(crate) workflows: bool,
    /// The address of `/health/live`, `/health/ready` and `/metrics` ([which](metrics.md)); not for
    /// the public.
    pub(crate) private_listen: SocketAddr,
    /// How often the metrics of open operations are refreshed, from 1s to 1h.
    #[serde(deserialize_with = "written_duration::deserialize")]
    #[cfg_attr(test, schemars(with = "written_duration::WrittenDuration"))]
    pub(crate) open_operations_interval: Duration,
    /// How long running activities may continue after SIGTERM.
    #[serde(deserialize_with = "written_duration::deserialize")]
    #[cfg_attr(test, schemars(with = "written_duration::WrittenDuration"))]
    pub(crate) shutdown_grace: Duration,
    /// Whether calls to Temporal are compressed. By default they are unless `TEMPORAL_ADDRESS` is
    /// `localhost` or an IP address on loopback or in a private network: near a server the bytes are
    /// cheaper than [the processor's time](performance.md). A name says nothing of where it leads:
    /// set `false` for a server in the same cluster.
    pub(crate) grpc_compression: Option<bool>,
    /// The threads of the worker's own runtime, 1 to 512; by default one for each core. With 1, a payment takes
    /// [up to an eighth less processor time](scaling.md). The SDK keeps one more for each task queue.
    #[serde(deserialize_with = "optional_count::<1, 512, _, _>")]
    pub(crate) threads: Option<usize>,
    /// How many polls wait for workflow tasks, and as many for activities other than accounts'
    /// steps, 2 to 1000.
    // One poll is for new workflows, and one for those that are kept in memory.
    #[serde(deserialize_with = "count::<2, 1_000, _, _>")]
    pub(crate) pollers: usize,
    /// How many polls wait for the steps of each account, 1 to 1000.
    #[serde(deserialize_with = "count::<1, 1_000, _, _>")]
    pub(crate) account_pollers: usize,
    /// How many tasks of a kind run at once, other than accounts' steps, 20 to 10000.
    // More than the steps of an account that may hold their workflow tasks (decision 20).
    #[serde(deserialize_with = "count::<20, 10_000, _, _>")]
    pub(crate) slots: usize,
    /// How many open operations are kept in memory, 1 to 1000000; what happens to another one replays
    /// its history.
    #[serde(deserialize_with = "count::<1, 1_000_000, _, _>")]
    pub(crate) cached_workflows: usize,
}

impl Default for WorkerSection {
    fn default() -> WorkerSection {
        WorkerSection {
            task_queue: TASK_QUEUE.to_owned(),
            accounts: None,
            workflows: true,
            private_listen: SocketAddr::from(([127, 0, 0, 1], 9464)),
            open_operations_interval: Duration::from_secs(15),
            shutdown_grace: Duration::from_secs(30),
            grpc_compression: None,
            threads: None,
            pollers: 16,
            account_pollers: 8,
            slots: 100,
            cached_workflows: 1000,
        }
    }
}

impl WorkerSection {
    /// What is wrong, with the setting's name and the fix.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.task_queue.is_empty() || self.task_queue.len() > LONGEST_NAME {
            return Err(format!("task_queue: must be 1 to {LONGEST_NAME} bytes"));
        }
        if !self.workflows && self.accounts.as_ref().is_some_and(Vec::is_empty) {
            return Err("accounts: must not be empty where workflows is false".to_owned());
        }
        // Temporal's list allows 10 requests a second for a whole namespace.
        let bounds = Duration::from_secs(1)..=Duration::from_secs(60 * 60);
        if !bounds.contains(&self.open_operations_interval) {
            return Err("open_operations_interval: must be between 1s and 1h".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(toml: &str) -> Result<WorkerSection, toml::de::Error> {
        toml::from_str(toml)
    }

    #[test]
    fn the_defaults_are_within_their_bounds() {
        let defaults = WorkerSection::default();
        assert_eq!(defaults.check(), Ok(()));
        let WorkerSection {
            pollers,
            account_pollers,
            slots,
            cached_workflows,
            ..
        } = defaults;
        let written = format!(
            "pollers = {pollers}\naccount_pollers = {account_pollers}\nslots = {slots}\n\
             cached_workflows = {cached_workflows}"
        );
        assert!(section(&written).is_ok());
    }

    #[test]
    fn a_queue_without_a_name_is_refused() {
        let fault = section("task_queue = ''").unwrap().check();
        assert_eq!(fault, Err("task_queue: must be 1 to 200 bytes".to_owned()));
    }
}
