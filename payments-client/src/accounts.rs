//! Merchant accounts as operators see them: what their workers publish, and whether they are paused.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use temporalio_client::errors::{WorkflowInteractionError, WorkflowUpdateError};
use temporalio_client::{
    RpcOptions, UntypedUpdate, UntypedWorkflow, WorkflowDescribeOptions, WorkflowListOptions,
    WorkflowStartUpdateOptions,
};
use temporalio_common::UpdateDefinition;
use workflows::MerchantAccount;
use workflows::contract::account::{AccountCommand, AccountRecord, MERCHANT_ACCOUNT};
use workflows::contract::ids::{account_of_workflow, account_workflow_id};

use crate::at::At;
use crate::client::PaymentsClient;
use crate::error::Error;
use crate::operation::WORKER_ANSWERS_WITHIN;
use crate::payload;

impl PaymentsClient {
    /// The accounts that workers have published, by their names. Temporal's list lags slightly.
    pub async fn accounts(&self) -> Result<BTreeMap<String, AccountRecord>, Error> {
        let query = format!(r#"WorkflowType = "{MERCHANT_ACCOUNT}" AND CloseTime IS NULL"#);
        let connection = self.connection();
        let options = WorkflowListOptions::default();
        let mut rows = connection.client.list_workflows(query, options);
        let mut accounts = BTreeMap::new();
        while let Some(row) = rows
            .try_next()
            .await
            .map_err(|it| it.at(&connection.place))?
        {
            let id = &row.raw().execution.clone().unwrap_or_default().workflow_id;
            if let Some(name) = account_of_workflow(id) {
                accounts.insert(name.to_owned(), self.account(name).await?);
            }
        }
        Ok(accounts)
    }

    /// One account, as it is now.
    pub async fn account(&self, name: &str) -> Result<AccountRecord, Error> {
        let connection = self.connection();
        let workflow = connection
            .client
            .get_workflow_handle::<UntypedWorkflow>(account_workflow_id(name));
        let described = workflow.describe(WorkflowDescribeOptions::default()).await;
        let described = described.map_err(|error| match error {
            WorkflowInteractionError::NotFound(_) => Error::NoAccount(name.to_owned()),
            error => error.at(&connection.place),
        })?;
        let info = described.into_raw().workflow_execution_info;
        let memo = info.and_then(|info| info.memo).unwrap_or_default();
        match memo.fields.get(MERCHANT_ACCOUNT) {
            Some(record) => Ok(serde_json::from_slice(&record.data)?),
            None => Ok(AccountRecord::default()),
        }
    }

    /// Nothing new is submitted to the account's partner from now on, and questions go on. Workers
    /// notice it within seconds.
    pub async fn pause_account(
        &self,
        name: &str,
        command: &AccountCommand,
    ) -> Result<AccountRecord, Error> {
        self.update_account(name, MerchantAccount::pause.name(), command)
            .await
    }

    /// Submissions go on.
    pub async fn resume_account(
        &self,
        name: &str,
        command: &AccountCommand,
    ) -> Result<AccountRecord, Error> {
        self.update_account(name, MerchantAccount::resume.name(), command)
            .await
    }

    async fn update_account(
        &self,
        name: &str,
        update: &str,
        command: &AccountCommand,
    ) -> Result<AccountRecord, Error> {
        let sound = AccountCommand::parse(&serde_json::to_vec(command)?)?;
        let connection = self.connection();
        let blame = |error| match error {
            WorkflowUpdateError::NotFound(_) => Error::NoAccount(name.to_owned()),
            error => error.at(&connection.place),
        };
        let workflow = connection
            .client
            .get_workflow_handle::<UntypedWorkflow>(account_workflow_id(name));
        let accepted = workflow.start_update(
            UntypedUpdate::new(update),
            payload::write(&sound)?,
            WorkflowStartUpdateOptions::default(),
        );
        let accepted = tokio::time::timeout(WORKER_ANSWERS_WITHIN, accepted).await;
        let accepted = accepted
            .map_err(|_| Error::NoWorker("it may yet be carried out, so look first".to_owned()))?
            .map_err(blame)?;
        let result = accepted.get_result(RpcOptions::default()).await;
        payload::read(result.map_err(blame)?)
    }
}
