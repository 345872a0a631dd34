//! Tells each served account's workflow how the account is configured, and sees whether operators have
//! paused it. What was last seen holds while Temporal does not answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use activities::accounts::Accounts;
use temporalio_client::errors::WorkflowInteractionError;
use temporalio_client::tonic::Code;
use temporalio_client::{
    Client, UntypedWorkflow, WorkflowDescribeOptions, WorkflowExecutionStatus,
    WorkflowIdConflictPolicy, WorkflowStartOptions,
};
use temporalio_common::worker::WorkerDeploymentVersion;
use tokio::sync::watch;
use tokio::time::{interval, sleep};
use tracing::warn;
use workflows::MerchantAccount;
use workflows::contract::account::{AccountFacts, AccountRecord, MERCHANT_ACCOUNT};
use workflows::contract::ids::account_workflow_id;

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(3);

const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

/// The accounts that are served here.
pub(crate) struct AccountWatch {
    client: Client,
    task_queue: String,
    accounts: Arc<Accounts>,
    /// The places that lead to each account.
    routes: BTreeMap<String, Vec<String>>,
    published: BTreeMap<String, AccountFacts>,
    place: Place,
    /// The accounts whose workflows were called to this build.
    called: BTreeSet<String>,
}

/// Which build this worker is, and whether that is current.
pub(crate) struct Place {
    pub(crate) version: Option<WorkerDeploymentVersion>,
    pub(crate) is_current: watch::Receiver<bool>,
}

/// What an account's workflow says.
struct Seen {
    record: AccountRecord,
    is_running: bool,
    /// The build that it is on, if it is on one.
    build: Option<(String, String)>,
}

impl AccountWatch {
    /// Looks once, however long Temporal does not answer: nothing must be submitted to an account that
    /// was paused before this worker started.
    pub(crate) async fn begin(
        client: Client,
        task_queue: &str,
        accounts: Arc<Accounts>,
        routes: BTreeMap<String, Vec<String>>,
        place: Place,
    ) -> AccountWatch {
        let watch = AccountWatch {
            client,
            task_queue: task_queue.to_owned(),
            accounts,
            routes,
            published: BTreeMap::new(),
            place,
            called: BTreeSet::new(),
        };
        for name in watch.names() {
            while let Err(error) = watch.look(&name).await {
                warn!(
                    account = name,
                    error, "can't see whether it is paused; trying again"
                );
                sleep(PAUSE_AFTER_ERROR).await;
            }
        }
        watch
    }

    /// Looks again and again, and publishes what has changed.
    pub(crate) async fn go_on(mut self) {
        let mut ticks = interval(PERIOD);
        loop {
            ticks.tick().await;
            for name in self.names() {
                let told = match self.look(&name).await {
                    Ok(seen) => self.publish(&name, seen).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = told {
                    warn!(account = name, error, "Temporal did not answer about it");
                }
            }
        }
    }

    fn names(&self) -> Vec<String> {
        let served = self.accounts.loads();
        served.map(|(name, _)| name.to_owned()).collect()
    }

    /// Sees whether it is paused.
    async fn look(&self, name: &str) -> Result<Seen, String> {
        let workflow = self
            .client
            .get_workflow_handle::<UntypedWorkflow>(account_workflow_id(name));
        let described = match workflow.describe(WorkflowDescribeOptions::default()).await {
            Ok(described) => described.into_raw().workflow_execution_info,
            Err(error) if is_missing(&error) => None,
            Err(error) => return Err(error.to_string()),
        };
        let described = described.unwrap_or_default();
        let is_running = described.status == WorkflowExecutionStatus::Running as i32;
        let versioning = described.versioning_info.unwrap_or_default();
        let build = versioning.deployment_version;
        let build = build.map(|build| (build.deployment_name, build.build_id));
        let memo = described.memo.unwrap_or_default();
        let record = match memo.fields.get(MERCHANT_ACCOUNT) {
            Some(payload) => serde_json::from_slice(&payload.data)
                .map_err(|error| format!("its memo can't be read: {error}"))?,
            None => AccountRecord::default(),
        };
        self.accounts.set_paused(name, record.paused.clone());
        Ok(Seen {
            record,
            is_running,
            build,
        })
    }

    /// Whether its workflow has to follow to this build. It has no timers: without a task it would stay
    /// on a build whose workers are going.
    fn must_be_called(&mut self, name: &str, seen: &Seen) -> bool {
        let own = self.place.version.as_ref();
        let own = own.map(|own| (own.deployment_name.clone(), own.build_id.clone()));
        if seen.build == own || !*self.place.is_current.borrow() {
            self.called.remove(name);
            return false;
        }
        self.called.insert(name.to_owned())
    }

    /// If somebody has ended its workflow, the next one begins with what the last one knew.
    async fn publish(&mut self, name: &str, seen: Seen) -> Result<(), String> {
        let routes = self.routes.get(name).cloned().unwrap_or_default();
        let Some(facts) = self.accounts.facts(name, routes) else {
            return Ok(());
        };
        let is_told = seen.is_running && self.published.get(name) == Some(&facts);
        if is_told && !self.must_be_called(name, &seen) {
            return Ok(());
        }
        let options = WorkflowStartOptions::new(self.task_queue.clone(), account_workflow_id(name))
            .id_conflict_policy(WorkflowIdConflictPolicy::UseExisting)
            .static_summary(format!("merchant account {name}"))
            .memo(MerchantAccount::memo(seen.record.clone()))
            .build();
        let started = self.client.signal_with_start_workflow(
            MerchantAccount::run,
            seen.record,
            MerchantAccount::publish,
            facts.clone(),
            options,
        );
        started.await.map_err(|error| error.to_string())?;
        self.published.insert(name.to_owned(), facts);
        Ok(())
    }
}

fn is_missing(error: &WorkflowInteractionError) -> bool {
    match error {
        WorkflowInteractionError::NotFound(_) => true,
        WorkflowInteractionError::Rpc(status) => status.code() == Code::NotFound,
        _ => false,
    }
}
