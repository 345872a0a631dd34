//! A merchant account while the system runs: what its workers publish of it, and whether operators
//! have paused it. It never ends; its history says who paused it when, and why.

#![expect(missing_docs, reason = "the macros make constants that carry no docs")]

use std::error::Error;

use temporalio_common::data_converters::RawValue;
use temporalio_common::{MemoValue, MemoValues};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{
    SyncWorkflowContext, WorkflowContext, WorkflowContextView, WorkflowResult,
};

use crate::contract::account::{
    AccountCommand, AccountFacts, AccountPause, AccountRecord, MERCHANT_ACCOUNT,
};
use crate::flow::new_run;
use crate::flow::outside::outside;
use crate::flow::payment_workflow::{uncancelled, workflow_time};
use crate::markdown::{code, moment};

/// Why an update was refused, in the form that the SDK needs.
type Refusal = Box<dyn Error + Send + Sync>;

/// A merchant account.
#[workflow]
pub struct MerchantAccount {
    record: AccountRecord,
    /// Whether memo and details don't show the record yet.
    is_new: bool,
}

impl MerchantAccount {
    /// The memo to start a run with: workers read it before that run has had its first task.
    pub fn memo(record: AccountRecord) -> MemoValues {
        let mut memo = MemoValues::new();
        memo.insert(MERCHANT_ACCOUNT, record);
        memo
    }
}

#[workflow_methods]
impl MerchantAccount {
    #[init]
    fn new(_: &WorkflowContextView, record: AccountRecord) -> Self {
        MerchantAccount {
            record,
            is_new: true,
        }
    }

    /// Keeps the memo as the record is. A request to cancel it changes nothing.
    #[run(name = MERCHANT_ACCOUNT)]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<()> {
        loop {
            if ctx.state_mut(|w| std::mem::take(&mut w.is_new)) {
                show(ctx);
            }
            if new_run::is_due(ctx) && ctx.all_handlers_finished() {
                let record = ctx.state(|w| w.record.clone());
                let mut options = new_run::on_the_current_build();
                options.memo = Some(MerchantAccount::memo(record.clone()));
                ctx.continue_as_new(record, options)?;
            }
            let is_due = |w: &Self| w.is_new || new_run::is_due(ctx) && ctx.all_handlers_finished();
            // It can't be cancelled.
            let due = ctx.wait_condition_with_options(is_due, uncancelled());
            let _ = outside(ctx, due).await;
        }
    }

    /// A worker that serves the account says how it is configured.
    #[signal]
    pub fn publish(&mut self, _: &mut SyncWorkflowContext<Self>, facts: AccountFacts) {
        self.is_new |= self.record.facts.as_ref() != Some(&facts);
        self.record.facts = Some(facts);
    }

    /// What is known of it.
    #[query]
    pub fn account(&self, _: &WorkflowContextView, _: RawValue) -> AccountRecord {
        self.record.clone()
    }

    /// From now on nothing new is submitted: `{"operator", "reason"}`.
    #[update]
    pub async fn pause(
        ctx: &mut WorkflowContext<Self>,
        argument: RawValue,
    ) -> Result<AccountRecord, Refusal> {
        let AccountCommand { operator, reason } = parse(&argument)?;
        let paused = AccountPause {
            operator,
            reason,
            since: workflow_time(ctx),
        };
        change(ctx, Some(paused))
    }

    #[update_validator(pause)]
    fn may_pause(&self, _: &WorkflowContextView, argument: &RawValue) -> Result<(), Refusal> {
        parse(argument)?;
        sound(&self.record, true)
    }

    /// Submissions go on: `{"operator", "reason"}`.
    #[update]
    pub async fn resume(
        ctx: &mut WorkflowContext<Self>,
        argument: RawValue,
    ) -> Result<AccountRecord, Refusal> {
        parse(&argument)?;
        change(ctx, None)
    }

    #[update_validator(resume)]
    fn may_resume(&self, _: &WorkflowContextView, argument: &RawValue) -> Result<(), Refusal> {
        parse(argument)?;
        sound(&self.record, false)
    }
}

/// Two updates in one workflow task both pass the validator. The memo has the change when the update
/// is answered.
fn change(
    ctx: &WorkflowContext<MerchantAccount>,
    paused: Option<AccountPause>,
) -> Result<AccountRecord, Refusal> {
    ctx.state_mut(|w| {
        sound(&w.record, paused.is_some())?;
        w.record.paused = paused;
        Ok::<(), Refusal>(())
    })?;
    show(ctx);
    Ok(ctx.state(|w| w.record.clone()))
}

fn sound(record: &AccountRecord, pauses: bool) -> Result<(), Refusal> {
    record.refuses(pauses).map_or(Ok(()), |why| Err(why.into()))
}

fn parse(argument: &RawValue) -> Result<AccountCommand, Refusal> {
    match argument.payloads.as_slice() {
        [payload] => Ok(AccountCommand::parse(&payload.data)?),
        _ => Err("must be one argument, a JSON object".into()),
    }
}

fn show(ctx: &WorkflowContext<MerchantAccount>) {
    let record = ctx.state(|w| w.record.clone());
    ctx.set_current_details(match &record.paused {
        None => "### Not paused\n\nPayments are submitted.".to_owned(),
        Some(AccountPause {
            operator,
            reason,
            since,
        }) => format!(
            "### Paused\n\n{} has paused it at {}: {}\n\nNothing new is submitted; questions go on.",
            code(operator),
            moment(*since),
            code(reason)
        ),
    });
    // A record has nothing that has no JSON.
    let _ = ctx.upsert_memo([(MERCHANT_ACCOUNT, Some(MemoValue::new(record)))]);
}
