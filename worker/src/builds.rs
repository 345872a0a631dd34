//! Which builds open operations are on, whether anybody serves them, and whether new ones come to
//! this worker: gauges, asked of Temporal at intervals.
//!
//! A worker whose build is not current gets no work, and nothing else shows that. An operation whose
//! build no worker runs any more makes no progress, and only the tasks that wait for that build show
//! it.

use std::collections::BTreeSet;
use std::time::Duration;

use metrics::{Unit, describe_gauge, gauge};
use temporalio_client::tonic::{Code, IntoRequest, Response, Status};
use temporalio_client::{Client, NamespacedClient};
use temporalio_common::protos::temporal::api::deployment::v1::WorkerDeploymentVersion as Version;
use temporalio_common::protos::temporal::api::enums::v1::{TaskQueueType, VersionDrainageStatus};
use temporalio_common::protos::temporal::api::taskqueue::v1::{TaskQueue, TaskQueueStats};
use temporalio_common::protos::temporal::api::workflowservice::v1::{
    CountWorkflowExecutionsRequest, DescribeTaskQueueRequest, DescribeWorkerDeploymentRequest,
    DescribeWorkerDeploymentResponse, DescribeWorkerDeploymentVersionRequest,
};
use temporalio_common::worker::WorkerDeploymentVersion;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tracing::warn;

use crate::workflow_types;

const CURRENT: &str = "sky_worker_is_current";
const OPEN: &str = "sky_open_operations_by_build";
const BACKLOG_AGE: &str = "sky_build_backlog_age_seconds";

/// The labels of operations without a version.
const UNVERSIONED: (&str, &str) = ("", "unversioned");

/// The pause between two requests; the server limits them for a whole namespace.
const PAUSE: Duration = Duration::from_millis(200);

/// Describes the gauges.
pub(crate) fn describe() {
    describe_gauge!(
        CURRENT,
        "1 where new operations come to this worker's build, also if only some do; otherwise 0"
    );
    describe_gauge!(
        OPEN,
        "open operations and merchant accounts, by the build that they are on"
    );
    describe_gauge!(
        BACKLOG_AGE,
        Unit::Seconds,
        "how long the oldest task for a build has waited for a worker of it"
    );
}

/// Asks at intervals of `every`, for as long as it is polled. `own` is this worker's version, and
/// `is_current` is told whether all new operations come to it. While it only ramps, not all do.
pub(crate) async fn watch(
    client: Client,
    task_queue: String,
    own: Option<WorkerDeploymentVersion>,
    is_current: watch::Sender<bool>,
    every: Duration,
) {
    let own = own.map(|own| Version {
        deployment_name: own.deployment_name,
        build_id: own.build_id,
    });
    let mut shown = BTreeSet::new();
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(status) = look(&client, &task_queue, own.as_ref(), &is_current, &mut shown).await
        {
            warn!(code = ?status.code(), "the builds of open operations can't be asked for");
        }
    }
}

async fn look(
    client: &Client,
    task_queue: &str,
    own: Option<&Version>,
    is_current: &watch::Sender<bool>,
    shown: &mut BTreeSet<(String, String)>,
) -> Result<(), Status> {
    let request = DescribeTaskQueueRequest {
        namespace: client.namespace(),
        task_queue: Some(TaskQueue {
            name: task_queue.to_owned(),
            ..Default::default()
        }),
        task_queue_type: TaskQueueType::Workflow.into(),
        report_stats: true,
        ..Default::default()
    };
    let mut service = client.connection().workflow_service();
    let answer = service.describe_task_queue(request.into_request()).await?;
    let answer = answer.into_inner();
    let routing = answer.versioning_info.unwrap_or_default();
    let is_ramping = own.is_some() && routing.ramping_deployment_version.as_ref() == own;
    let is_now_current = routing.current_deployment_version.as_ref() == own;
    gauge!(CURRENT).set(u8::from(is_now_current || is_ramping));
    is_current.send_replace(is_now_current);

    let without = "TemporalWorkerDeploymentVersion IS NULL";
    show(
        UNVERSIONED,
        count(client, without).await?,
        age(answer.stats.iter()),
    );
    let Some(own) = own else { return Ok(()) };
    let builds = builds(client, &own.deployment_name).await?;
    for gone in shown.difference(&builds) {
        show((&gone.0, &gone.1), 0, 0);
    }
    for (name, build) in &builds {
        sleep(PAUSE).await;
        let on_it = format!(r#"TemporalWorkerDeploymentVersion = "{name}:{build}""#);
        let open = count(client, &on_it).await?;
        show((name, build), open, backlog_age(client, name, build).await?);
    }
    shown.extend(builds);
    Ok(())
}

/// The deployment's builds that may have open operations.
async fn builds(client: &Client, name: &str) -> Result<BTreeSet<(String, String)>, Status> {
    let request = DescribeWorkerDeploymentRequest {
        namespace: client.namespace(),
        deployment_name: name.to_owned(),
    };
    let mut service = client.connection().workflow_service();
    let answer = service
        .describe_worker_deployment(request.into_request())
        .await;
    not_drained(answer.map(Response::into_inner))
}

fn not_drained(
    answer: Result<DescribeWorkerDeploymentResponse, Status>,
) -> Result<BTreeSet<(String, String)>, Status> {
    let deployment = match answer {
        Ok(answer) => answer.worker_deployment_info.unwrap_or_default(),
        // Its first worker's first poll creates it.
        Err(status) if status.code() == Code::NotFound => return Ok(BTreeSet::new()),
        Err(status) => return Err(status),
    };
    let versions = deployment.version_summaries.into_iter();
    let may_have_open =
        versions.filter(|it| it.drainage_status() != VersionDrainageStatus::Drained);
    Ok(may_have_open
        .filter_map(|it| it.deployment_version)
        .map(|version| (version.deployment_name, version.build_id))
        .collect())
}

async fn backlog_age(client: &Client, name: &str, build: &str) -> Result<i64, Status> {
    let request = DescribeWorkerDeploymentVersionRequest {
        namespace: client.namespace(),
        deployment_version: Some(Version {
            deployment_name: name.to_owned(),
            build_id: build.to_owned(),
        }),
        report_task_queue_stats: true,
        ..Default::default()
    };
    let mut service = client.connection().workflow_service();
    let answer = service
        .describe_worker_deployment_version(request.into_request())
        .await?;
    let queues = answer.into_inner().version_task_queues;
    Ok(age(queues.iter().filter_map(|queue| queue.stats.as_ref())))
}

/// The age of the oldest task, in seconds.
fn age<'a>(stats: impl Iterator<Item = &'a TaskQueueStats>) -> i64 {
    let waiting = stats.filter(|stats| stats.approximate_backlog_count > 0);
    let ages = waiting.filter_map(|stats| Some(stats.approximate_backlog_age?.seconds));
    ages.max().unwrap_or_default()
}

async fn count(client: &Client, which: &str) -> Result<i64, Status> {
    let ours = workflow_types::names().join(r#"", ""#);
    let request = CountWorkflowExecutionsRequest {
        namespace: client.namespace(),
        query: format!(r#"CloseTime IS NULL AND WorkflowType IN ("{ours}") AND {which}"#),
    };
    let mut service = client.connection().workflow_service();
    let answer = service
        .count_workflow_executions(request.into_request())
        .await?;
    Ok(answer.into_inner().count)
}

fn show((deployment, build): (&str, &str), open: i64, backlog_age: i64) {
    let labels = [
        ("deployment", deployment.to_owned()),
        ("build", build.to_owned()),
    ];
    // Counts and ages are far below what a float holds exactly.
    gauge!(OPEN, &labels).set(open as f64);
    gauge!(BACKLOG_AGE, &labels).set(backlog_age as f64);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_that_no_worker_has_polled_for_yet_has_no_builds() {
        let builds = not_drained(Err(Status::not_found("no such deployment")));
        assert!(builds.unwrap().is_empty());
        assert!(not_drained(Err(Status::unavailable("away"))).is_err());
    }
}
