//! The least that a payment could cost: a workflow of the same shape that does nothing, on the same
//! SDK, with the same task queues, pollers and slots, and as many signatures. It has no metrics and
//! no log. The floor's worker also sends the signal, which for a payment the gateway does.
//!
//! Beside it stands the floor of the plain shape: the question and billing are activities, so it has
//! 30 events, calls to Temporal are compressed, as the SDK does by default, and memory is the system
//! allocator's.

#![expect(unreachable_pub, reason = "the macros want the workflow to be public")]

use std::sync::Arc;
use std::time::Duration;

use p521::ecdsa::signature::Signer;
use p521::ecdsa::{Signature, SigningKey};
use serde::{Deserialize, Serialize};
use temporalio_client::{UntypedSignal, UntypedWorkflow, WorkflowSignalOptions};
use temporalio_common::data_converters::RawValue;
use temporalio_common::search_attributes::SearchAttributeUpdate;
use temporalio_macros::{activities, workflow, workflow_methods};
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use temporalio_sdk::runtime::worker_tuner::{FixedSizeSlotSupplier, TunerHolder};
use temporalio_sdk::runtime::{PollerBehavior, Runtime, RuntimeOptions};
use temporalio_sdk::{Worker, WorkerOptions};
use temporalio_workflow::workflows::select;
use temporalio_workflow::{
    ActivityOptions, LocalActivityOptions, SyncWorkflowContext, TimerOptions, WorkflowContext,
    WorkflowResult,
};
use workflows::contract::ids::account_task_queue;
use workflows::contract::search_attributes::{
    AMOUNT_MINOR, CURRENCY, MERCHANT, ORDER_ID, OUTCOME, PHASE,
};

/// The workers of the floor, each a process with a task queue of its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Floor {
    /// As cheap as it could be.
    Short,
    /// The plain shape.
    Plain,
}

impl Floor {
    /// The name of its task queue.
    pub fn name(self) -> &'static str {
        match self {
            Floor::Short => "short",
            Floor::Plain => "plain",
        }
    }
}

/// How long after its submission a payment is called back, as the simulated partner does.
pub const CALLED_BACK_AFTER: Duration = Duration::from_millis(100);

const ACCOUNT: &str = "account";
const SIGNAL: &str = "called_back";
const STEP: Duration = Duration::from_secs(10);
/// How long one waits that stays open.
const OPEN: Duration = Duration::from_hours(2);
const POLLERS: usize = 16;
const ACCOUNT_POLLERS: usize = 8;
const SLOTS: usize = 100;
const ACCOUNT_SLOTS: usize = 300;

/// What a payment of this kind does.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Shape {
    /// The signatures in the submission.
    pub to_submit: usize,
    /// The signatures in the question.
    pub to_ask: usize,
    /// Whether billing is told.
    pub is_billed: bool,
    /// Whether the question and billing are local activities.
    pub is_short: bool,
    /// Whether nobody calls it back, so that it waits for its timer, as an open payment does.
    pub stays_open: bool,
}

/// What the workflow asks for.
#[derive(Clone)]
pub struct Steps {
    key: SigningKey,
}

#[activities]
impl Steps {
    /// Nothing.
    #[activity]
    pub async fn nothing(self: Arc<Self>, _: ActivityContext, _: ()) -> Result<(), ActivityError> {
        Ok(())
    }

    /// Signs so many times.
    #[activity]
    pub async fn sign(
        self: Arc<Self>,
        _: ActivityContext,
        times: usize,
    ) -> Result<(), ActivityError> {
        self.sign_times(times);
        Ok(())
    }

    /// Signs, and has the workflow called back.
    #[activity]
    pub async fn submit(
        self: Arc<Self>,
        ctx: ActivityContext,
        times: usize,
    ) -> Result<(), ActivityError> {
        self.sign_times(times);
        let workflow = ctx.info().workflow_id.clone().unwrap_or_default();
        let client = ctx.client();
        tokio::spawn(async move {
            tokio::time::sleep(CALLED_BACK_AFTER).await;
            let handle = client.get_workflow_handle::<UntypedWorkflow>(workflow);
            let signal = UntypedSignal::new(SIGNAL);
            let options = WorkflowSignalOptions::default();
            let sent = handle.signal(signal, RawValue::new(vec![]), options).await;
            if let Err(error) = sent {
                eprintln!("a signal is lost: {error}");
            }
        });
        Ok(())
    }
}

impl Steps {
    fn sign_times(&self, times: usize) {
        for number in 0..times {
            let signature: Signature = self.key.sign(&number.to_be_bytes());
            std::hint::black_box(signature);
        }
    }
}

/// Steps, a timer, a signal and the search attributes of a payment, and nothing else.
#[workflow]
#[derive(Default)]
pub struct Empty {
    called_back: bool,
}

#[workflow_methods]
impl Empty {
    #[run(name = "floor")]
    pub async fn run(ctx: &mut WorkflowContext<Self>, shape: Shape) -> WorkflowResult<()> {
        ctx.execute_local_activity(Steps::nothing, (), local())
            .await?;
        let queue = account_task_queue(ctx.task_queue(), ACCOUNT);
        let wait = if shape.stays_open {
            ctx.execute_activity(Steps::sign, shape.to_submit, on(&queue))
                .await?;
            OPEN
        } else {
            ctx.execute_activity(Steps::submit, shape.to_submit, on(&queue))
                .await?;
            STEP
        };
        let mut timer = ctx.timer(TimerOptions::builder(wait).build());
        let mut woken = ctx.wait_condition(|it: &Self| it.called_back);
        select! {
            _ = woken => {}
            _ = timer => {}
        }
        if shape.is_short {
            ctx.execute_local_activity(Steps::sign, shape.to_ask, local())
                .await?;
        } else {
            ctx.execute_activity(Steps::sign, shape.to_ask, on(&queue))
                .await?;
        }
        if shape.is_billed && shape.is_short {
            ctx.execute_local_activity(Steps::nothing, (), local())
                .await?;
        } else if shape.is_billed {
            ctx.execute_activity(Steps::nothing, (), on(ctx.task_queue()))
                .await?;
        }
        ctx.upsert_search_attributes(attributes());
        Ok(())
    }

    #[signal(name = "called_back")]
    pub fn called_back(&mut self, _: &mut SyncWorkflowContext<Self>, _: RawValue) {
        self.called_back = true;
    }
}

fn on(task_queue: &str) -> ActivityOptions {
    let mut options = ActivityOptions::with_start_to_close_timeout(STEP).build();
    options.task_queue = Some(task_queue.to_owned());
    options
}

fn local() -> LocalActivityOptions {
    LocalActivityOptions::builder()
        .start_to_close_timeout(STEP)
        .build()
}

fn attributes() -> [SearchAttributeUpdate; 6] {
    [
        ORDER_ID.value_set("o-1".to_owned()),
        MERCHANT.value_set(ACCOUNT.to_owned()),
        CURRENCY.value_set("KGS".to_owned()),
        AMOUNT_MINOR.value_set(12_550),
        PHASE.value_set("closed".to_owned()),
        OUTCOME.value_set("completed".to_owned()),
    ]
}

/// Runs the floor's workers until the process is killed.
pub async fn serve(floor: Floor) -> anyhow::Result<()> {
    let name = floor.name();
    let mut settings = temporal_connection::from_environment(Some(name.to_owned()))?;
    settings.compress(Some(floor == Floor::Plain));
    let client = temporal_connection::connect(&settings).await?;
    let runtime = Runtime::from_current_tokio(RuntimeOptions::default())?;
    let steps = Steps {
        key: SigningKey::from_slice(&[1; 66])?,
    };
    let account = WorkerOptions::new(account_task_queue(name, ACCOUNT))
        .tuner(tuner(ACCOUNT_SLOTS))
        .activity_task_poller_behavior(PollerBehavior::SimpleMaximum(ACCOUNT_POLLERS))
        .register_activities(steps.clone())
        .build();
    let common = WorkerOptions::new(name)
        .tuner(tuner(SLOTS))
        .workflow_task_poller_behavior(PollerBehavior::SimpleMaximum(POLLERS))
        .activity_task_poller_behavior(PollerBehavior::SimpleMaximum(POLLERS))
        .nonsticky_to_sticky_poll_ratio(0.5)
        .register_workflow::<Empty>()?
        .register_activities(steps)
        .build();
    let mut account = Worker::new(&runtime, client.clone(), account)?;
    let mut common = Worker::new(&runtime, client, common)?;
    println!("{}", serde_json::json!({ "task_queue": name }));
    tokio::try_join!(account.run(), common.run())?;
    Ok(())
}

fn tuner(steps: usize) -> TunerHolder {
    let others = || FixedSizeSlotSupplier::new(SLOTS);
    TunerHolder::builder()
        .workflow_task_slot_supplier(others())
        .activity_task_slot_supplier(FixedSizeSlotSupplier::new(steps))
        .local_activity_task_slot_supplier(others())
        .nexus_task_slot_supplier(others())
        .build()
}
