//! Many payments in one system: each is brought to its phase, held there, and gets its verb.

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};
use harness::{Stack, Timings};
use payments_client::{Payments, PaymentsClient};
use serde_json::{Value, json};
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;

use super::table::{End, PHASES, Phase, TABLE};
use super::verb::{Target, Verb};
use crate::books::{input, set_order_scenario, until};

/// A request is held for longer than it takes to apply the verbs to [`AT_ONCE`] payments, even on a
/// busy machine.
pub(super) const TIMINGS: Timings = Timings {
    request_timeout: "25s",
    first_check: "3s",
    growth: 4,
    longest_pause: "12s",
    shows_within: "1s",
    needs_attention_after: "10m",
    attention_check: "12s",
    look_again_after: None,
};

const HELD_FOR: Duration = Duration::from_secs(24);

/// So many payments are held at once.
pub(super) const AT_ONCE: usize = 10;

/// So many commands are run at a time.
pub(super) const AT_A_TIME: usize = 6;

/// One cell of the table, with the payment that it is tried with.
pub(super) struct Cell {
    pub(super) verb: Verb,
    pub(super) phase: Phase,
    pub(super) end: End,
    pub(super) id: RequestId,
    pub(super) first_run: String,
    /// What Temporal said when it refused the verb.
    pub(super) refusal: Option<String>,
}

/// Every cell; nothing is started yet.
pub(super) fn cells() -> Vec<Cell> {
    let rows = TABLE.iter();
    rows.flat_map(|row| {
        PHASES.into_iter().map(|phase| Cell {
            verb: row.verb,
            phase,
            end: row.end(phase),
            id: RequestId::parse(&format!("{:?}-{phase:?}", row.verb)).unwrap(),
            first_run: String::new(),
            refusal: None,
        })
    })
    .collect()
}

/// Prepares what will hold the payments of one phase there.
pub(super) async fn hold(stack: &Stack, phase: Phase, cells: &[&mut Cell]) {
    for cell in cells {
        set_order_scenario(stack, cell.id.as_str(), scenario(phase)).await;
    }
    if phase == Phase::Finalizing {
        // Once for the short way, and once for the step itself.
        let silences: Vec<Value> = cells
            .iter()
            .map(|cell| json!({ "kind": "silence", "recorded": true, "times": 2, "request_id": cell.id }))
            .collect();
        stack.billing().set_faults(json!(silences)).await.unwrap();
    }
}

/// Brings some payments of one phase there, and does its verb to each while they are held.
pub(super) async fn strike(
    stack: &Stack,
    payments: &PaymentsClient,
    phase: Phase,
    cells: &mut [&mut Cell],
) {
    let begun = Instant::now();
    for cell in cells.iter_mut() {
        let request = PaymentRequest::parse(input(cell.id.as_str()).as_bytes()).unwrap();
        // What a busy Temporal did not take is simply started again.
        let started = until("it is started", async || {
            payments.start(Kind::ExtraPayment, &request).await.ok()
        });
        cell.first_run = started.await.run_id;
    }
    until(&format!("all are in {phase:?}"), async || {
        let there = there(stack, payments, phase, cells).await;
        (there == cells.len()).then_some(())
    })
    .await;
    stream::iter(cells.iter_mut())
        .for_each_concurrent(AT_A_TIME, async |cell| {
            cell.refusal = strike_one(stack, cell).await.err();
        })
        .await;
    assert!(
        phase.rests() || begun.elapsed() < HELD_FOR,
        "this machine is too busy to do all the verbs while payments are held in {phase:?}"
    );
}

/// Lifts what holds the payments that rest.
pub(super) async fn lift(stack: &Stack, cells: &[Cell]) {
    let partner = stack.partner();
    for cell in cells {
        match cell.phase {
            Phase::AwaitingCompletion | Phase::Verifying => {
                partner.finish(cell.id.as_str()).await.unwrap();
            }
            Phase::NeedsAttention => {
                set_order_scenario(stack, cell.id.as_str(), json!({})).await;
            }
            Phase::Submitting | Phase::Finalizing | Phase::Closed => {}
        }
    }
}

/// What the partner does to hold a payment there. The first question is the one before the submission.
fn scenario(phase: Phase) -> Value {
    let mut scenario = json!({ "callback": { "when": "never" } });
    match phase {
        Phase::Submitting => {
            scenario["faults"] = json!([{ "on": "submit", "kind": "silence", "executed": true }]);
        }
        Phase::AwaitingCompletion => scenario["never_completes"] = json!(true),
        Phase::Verifying => {
            scenario["never_completes"] = json!(true);
            scenario["faults"] = json!([{ "on": "status", "kind": "silence", "skip": 1 }]);
        }
        Phase::NeedsAttention => {
            let key_unknown = json!({ "status": 401, "code": "key_unknown" });
            let fault = json!({ "on": "status", "kind": key_unknown, "skip": 1, "times": 0 });
            scenario["faults"] = json!([fault]);
        }
        Phase::Finalizing | Phase::Closed => {}
    }
    scenario
}

/// How many of them are there.
async fn there(
    stack: &Stack,
    payments: &PaymentsClient,
    phase: Phase,
    cells: &[&mut Cell],
) -> usize {
    let named: Vec<String> = match phase {
        Phase::Submitting => {
            let ledger = stack.partner().whole_ledger().await.unwrap();
            ledger.into_iter().map(|entry| entry.request_id).collect()
        }
        Phase::Finalizing => {
            let documents = stack.billing().all_documents().await.unwrap();
            documents.into_iter().map(|it| it.request_id).collect()
        }
        Phase::Verifying => {
            let journal = stack.partner().journal().await.unwrap();
            let silent = journal.iter().filter(|it| it["fault"] == "silence");
            let orders = silent.filter_map(|it| it["order_id"].as_str()?.strip_prefix("o-"));
            orders.map(str::to_owned).collect()
        }
        Phase::AwaitingCompletion | Phase::NeedsAttention | Phase::Closed => {
            let mut resting = Vec::new();
            for cell in cells {
                let state = payments.operation(&cell.id).state().await;
                if state.is_ok_and(|state| state.phase.as_str() == phase.label()) {
                    resting.push(cell.id.to_string());
                }
            }
            resting
        }
    };
    let is_there = |cell: &&&mut Cell| named.iter().any(|id| id == cell.id.as_str());
    cells.iter().filter(is_there).count()
}

async fn strike_one(stack: &Stack, cell: &Cell) -> Result<(), String> {
    let temporal = stack.temporal();
    let workflow = cell.id.workflow_id();
    // The first step of all has ended in each phase that has no step under way.
    let mut activity = "1".to_owned();
    if cell.verb.is_about_an_activity() && !cell.phase.rests() {
        // Billing is told the short way first, which Temporal doesn't know as an activity.
        activity = until("its step is under way", async || {
            let describe = ["workflow", "describe", "-w", &workflow];
            let described = temporal.cli(&describe).await.unwrap();
            let pending = &described["pendingActivities"][0]["activityId"];
            pending.as_str().map(str::to_owned)
        })
        .await;
    }
    let target = Target {
        workflow: &workflow,
        query: &format!("WorkflowId = '{workflow}'"),
        input: &input(cell.id.as_str()),
        activity: &activity,
    };
    for command in cell.verb.commands(&target) {
        let done = temporal.cli_text(&command).await;
        done.map_err(|error| format!("{error:#}"))?;
    }
    Ok(())
}
