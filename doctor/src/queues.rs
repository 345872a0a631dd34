//! Who polls the task queues, and which build it is.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use temporalio_client::tonic::IntoRequest;
use temporalio_client::{Client, NamespacedClient};
use temporalio_common::protos::temporal::api::enums::v1::TaskQueueType;
use temporalio_common::protos::temporal::api::taskqueue::v1::{PollerInfo, TaskQueue};
use temporalio_common::protos::temporal::api::workflowservice::v1::DescribeTaskQueueRequest;
use workflows::contract::ids::account_task_queue;

use crate::Finding;
use crate::temporal::unknown;

/// A poll lasts a minute, so one that was not repeated for so long has ended.
const POLLS_WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// Looks at the queue of workflows and of other activities, and at the queue of each account.
pub async fn task_queues(
    client: &Client,
    task_queue: &str,
    accounts: impl IntoIterator<Item = String>,
) -> Vec<Finding> {
    let mut findings = vec![
        look(client, task_queue, TaskQueueType::Workflow, "workflows").await,
        look(client, task_queue, TaskQueueType::Activity, "activities").await,
    ];
    for account in accounts {
        let queue = account_task_queue(task_queue, &account);
        findings.push(look(client, &queue, TaskQueueType::Activity, "activities").await);
    }
    findings
}

async fn look(client: &Client, queue: &str, kind: TaskQueueType, of: &str) -> Finding {
    let about = format!("task queue {queue}, {of}");
    let request = DescribeTaskQueueRequest {
        namespace: client.namespace(),
        task_queue: Some(TaskQueue {
            name: queue.to_owned(),
            ..Default::default()
        }),
        task_queue_type: kind.into(),
        ..Default::default()
    };
    let mut service = client.connection().workflow_service();
    match service.describe_task_queue(request.into_request()).await {
        Ok(described) => judge(about, &described.into_inner().pollers, Timestamp::now()),
        Err(status) => unknown(about, &status),
    }
}

fn judge(about: String, pollers: &[PollerInfo], now: Timestamp) -> Finding {
    let polls = |poller: &&PollerInfo| {
        let last = poller.last_access_time.unwrap_or_default();
        let last = Timestamp::from_second(last.seconds).unwrap_or(Timestamp::MIN);
        now.duration_since(last) < POLLS_WITHIN
    };
    let polling: Vec<&PollerInfo> = pollers.iter().filter(polls).collect();
    let workers: BTreeSet<&str> = polling.iter().map(|it| it.identity.as_str()).collect();
    if workers.is_empty() {
        let fix = "start `sky-worker run` with this task queue, and for an account's queue with the \
                   account among worker.accounts";
        return Finding::wrong(about, "no worker polls it, so what is in it waits", fix);
    }
    let builds: BTreeSet<&str> = polling.iter().map(|poller| build(poller)).collect();
    let builds: Vec<&str> = builds.into_iter().collect();
    let found = format!("workers: {}; builds: {}", workers.len(), builds.join(", "));
    Finding::ok(about, found)
}

fn build(poller: &PollerInfo) -> &str {
    match &poller.deployment_options {
        Some(options) if !options.build_id.is_empty() => &options.build_id,
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use temporalio_common::protos::temporal::api::deployment::v1::WorkerDeploymentOptions;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn poller(identity: &str, seconds_ago: i64, build: &str) -> PollerInfo {
        let mut poller = PollerInfo {
            identity: identity.to_owned(),
            deployment_options: Some(WorkerDeploymentOptions {
                build_id: build.to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        };
        poller.last_access_time.get_or_insert_default().seconds = -seconds_ago;
        poller
    }

    #[test]
    fn workers_are_counted_once_and_their_builds_are_named() {
        let pollers = [
            poller("a", 5, "build-2"),
            poller("a", 9, "build-2"),
            poller("b", 70, ""),
        ];
        let found = judge("q".to_owned(), &pollers, NOW).to_string();
        assert_eq!(found, "ok       q: workers: 2; builds: build-2, unknown");
    }

    #[test]
    fn a_queue_that_was_polled_long_ago_has_no_worker() {
        let found = judge("q".to_owned(), &[poller("a", 200, "")], NOW);
        assert!(found.is_wrong(), "{found}");
        assert!(found.to_string().contains("start `sky-worker run`"));
    }
}
