//! Lists what a query finds, page by page, without taking much of what the server allows.

use std::time::Duration;

use jiff::Timestamp;
use temporalio_client::tonic::{IntoRequest, Status};
use temporalio_client::{Client, NamespacedClient};
use temporalio_common::protos::temporal::api::enums::v1::TaskQueueType;
use temporalio_common::protos::temporal::api::taskqueue::v1::{PollerInfo, TaskQueue};
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionInfo;
use temporalio_common::protos::temporal::api::workflowservice::v1::{
    DescribeTaskQueueRequest, ListWorkflowExecutionsRequest, ListWorkflowExecutionsResponse,
};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// The largest page that the server returns.
const PAGE: i32 = 1000;

/// The maximum number of pages of one listing.
const MOST_PAGES: u32 = 200;

/// The pause between two pages, of all listings together. The server allows 10 such requests a
/// second for a whole namespace.
const PAUSE: Duration = Duration::from_millis(200);

const PATIENCE: Duration = Duration::from_secs(10);

/// How long ago another worker may have begun its last poll. A poll waits for a minute.
const POLLS_WITHIN: i64 = 90;

/// Where the pages come from.
pub(super) struct Pages {
    client: Client,
    task_queue: String,
    /// When the next page may be asked for.
    next: Mutex<Instant>,
}

/// What a listing found, and what it took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed {
    pub(super) extent: Extent,
    /// The requests and the pauses after them, without the wait for other listings.
    pub(super) took: Duration,
}

/// Whether a listing held all that the query finds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Extent {
    /// It did.
    Complete,
    /// It was cut short at the maximum.
    CutShort,
    /// It is longer than a page, and so another worker's work.
    Elsewhere,
}

impl Pages {
    pub(super) fn new(client: Client, task_queue: String) -> Pages {
        let next = Mutex::new(Instant::now());
        Pages {
            client,
            task_queue,
            next,
        }
    }

    /// Takes each row that the query finds. Where it is another worker that lists them, those of the
    /// first page are taken all the same.
    pub(super) async fn all(
        &self,
        query: &str,
        mut take: impl FnMut(&WorkflowExecutionInfo),
    ) -> Result<Listed, Status> {
        let mut took = Duration::ZERO;
        let mut request = ListWorkflowExecutionsRequest {
            namespace: self.client.namespace(),
            page_size: PAGE,
            query: query.to_owned(),
            ..Default::default()
        };
        for number in 0..MOST_PAGES {
            let (page, page_took) = self.page(request.clone()).await?;
            took += page_took;
            page.executions.iter().for_each(&mut take);
            if page.next_page_token.is_empty() {
                let extent = Extent::Complete;
                return Ok(Listed { extent, took });
            }
            if number == 0 && !self.are_mine().await? {
                let extent = Extent::Elsewhere;
                return Ok(Listed { extent, took });
            }
            request.next_page_token = page.next_page_token;
        }
        let extent = Extent::CutShort;
        Ok(Listed { extent, took })
    }

    async fn page(
        &self,
        request: ListWorkflowExecutionsRequest,
    ) -> Result<(ListWorkflowExecutionsResponse, Duration), Status> {
        let mut next = self.next.lock().await;
        sleep_until(*next).await;
        let begun = Instant::now();
        let mut asked = request.into_request();
        asked.set_timeout(PATIENCE);
        let mut service = self.client.connection().workflow_service();
        let page = service.list_workflow_executions(asked).await;
        *next = Instant::now() + PAUSE;
        Ok((page?.into_inner(), *next - begun))
    }

    /// Whether no other worker has to list what is long: of those that poll, the one whose name
    /// comes first does. One that does not see itself does it too.
    async fn are_mine(&self) -> Result<bool, Status> {
        let request = DescribeTaskQueueRequest {
            namespace: self.client.namespace(),
            task_queue: Some(TaskQueue {
                name: self.task_queue.clone(),
                ..Default::default()
            }),
            task_queue_type: TaskQueueType::Workflow.into(),
            ..Default::default()
        };
        let mut asked = request.into_request();
        asked.set_timeout(PATIENCE);
        let mut service = self.client.connection().workflow_service();
        let pollers = service
            .describe_task_queue(asked)
            .await?
            .into_inner()
            .pollers;
        Ok(is_first(
            &self.client.identity(),
            &pollers,
            Timestamp::now(),
        ))
    }
}

fn is_first(own: &str, pollers: &[PollerInfo], now: Timestamp) -> bool {
    let is_there = |poller: &&PollerInfo| {
        let seen = poller.last_access_time.map(|time| time.seconds);
        seen.is_some_and(|seen| now.as_second() - seen < POLLS_WITHIN)
    };
    let names = pollers
        .iter()
        .filter(is_there)
        .map(|it| it.identity.as_str());
    let names: Vec<&str> = names.collect();
    !names.contains(&own) || names.iter().all(|name| *name >= own)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn pollers(seen: &[(&str, i64)]) -> Vec<PollerInfo> {
        let pollers = seen.iter().map(|(identity, ago)| {
            let mut poller = PollerInfo {
                identity: (*identity).to_owned(),
                last_access_time: Some(Default::default()),
                ..Default::default()
            };
            poller.last_access_time.as_mut().unwrap().seconds = NOW - ago;
            poller
        });
        pollers.collect()
    }

    #[test]
    fn one_of_those_that_poll_lists_what_is_long() {
        let lists = |own: &str, seen: &[(&str, i64)]| {
            is_first(own, &pollers(seen), Timestamp::from_second(NOW).unwrap())
        };
        let both = [("2@b", 0), ("1@a", 60)];
        assert!(lists("1@a", &both));
        assert!(!lists("2@b", &both));
        // The first has ended.
        assert!(lists("2@b", &[("2@b", 0), ("1@a", 200)]));
        // Workers of a version may not be shown.
        assert!(lists("2@b", &[("1@a", 0)]));
        assert!(lists("2@b", &[]));
    }
}
