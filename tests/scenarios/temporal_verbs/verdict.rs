//! The final state of a payment, according to the partner, billing, Temporal and `sky-payments`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};
use harness::Stack;
use payments_client::{PaymentsClient, WorkflowExecutionStatus};
use serde_json::Value;

use super::stage::{AT_A_TIME, Cell};
use super::table::End;

/// A lost step is given up after 90 s, and then asked about.
const PATIENCE: Duration = Duration::from_secs(150);

/// What one looks at.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Seen {
    /// How often money moved.
    moved: usize,
    /// How often billing recorded it.
    billed: usize,
    is_refused: bool,
    status: Option<WorkflowExecutionStatus>,
    is_another_run: bool,
    /// The status in its line of `sky-payments list`.
    listed: Option<String>,
}

/// Waits until all that must be seen is, and says of each cell where it is not, by its verb and phase.
pub(super) async fn wrong(stack: &Stack, payments: &PaymentsClient, cells: &[Cell]) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let seen = look(stack, payments, cells).await;
        let wrong: Vec<String> = cells
            .iter()
            .zip(seen)
            .filter(|(cell, seen)| *seen != expected(cell))
            .map(|(cell, seen)| told(cell, &format!("{:?}\n  saw {seen:?}", expected(cell))))
            .collect();
        if wrong.is_empty() || begun.elapsed() > PATIENCE {
            return [wrong, wrong_exits(stack, cells).await].concat();
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn told(cell: &Cell, problem: &str) -> String {
    let (verb, phase) = (cell.verb.label(), cell.phase.label());
    let refusal = cell.refusal.as_deref().unwrap_or("the verb was done");
    format!("{verb} in {phase}: {problem}\n  {refusal}")
}

fn expected(cell: &Cell) -> Seen {
    let billed_before = usize::from(cell.phase.is_billed());
    let completes = Seen {
        moved: 1,
        billed: 1,
        is_refused: cell.end == End::Refused,
        status: Some(WorkflowExecutionStatus::Completed),
        is_another_run: cell.end == End::Again,
        listed: Some("completed".to_owned()),
    };
    match cell.end {
        End::Completes | End::Refused | End::Again => completes,
        End::StandsStill => Seen {
            billed: billed_before,
            status: Some(WorkflowExecutionStatus::Paused),
            listed: Some("paused".to_owned()),
            ..completes
        },
        End::CutOff => Seen {
            billed: billed_before,
            status: Some(WorkflowExecutionStatus::Terminated),
            listed: Some("terminated".to_owned()),
            ..completes
        },
        End::Gone => Seen {
            billed: billed_before,
            status: None,
            listed: None,
            ..completes
        },
    }
}

async fn look(stack: &Stack, payments: &PaymentsClient, cells: &[Cell]) -> Vec<Seen> {
    let ledger = stack.partner().whole_ledger().await.unwrap();
    let documents = stack.billing().all_documents().await.unwrap();
    let listed = listed(stack).await;
    let mut seen = Vec::new();
    for cell in cells {
        let id = cell.id.as_str();
        let described = payments.operation(&cell.id).describe().await.ok();
        seen.push(Seen {
            moved: ledger.iter().filter(|it| it.request_id == id).count(),
            billed: documents.iter().filter(|it| it.request_id == id).count(),
            is_refused: cell.refusal.is_some(),
            is_another_run: described
                .as_ref()
                .is_some_and(|it| it.run_id != cell.first_run),
            status: described.map(|it| it.status),
            listed: listed.get(id).cloned(),
        });
    }
    seen
}

async fn listed(stack: &Stack) -> BTreeMap<String, String> {
    let list = ["list", "--limit", "1000"];
    let listed = stack.payments_output(&list).await.unwrap();
    let lines = String::from_utf8(listed.stdout).unwrap();
    lines
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let word = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
            (word("request_id"), word("status"))
        })
        .collect()
}

/// The exit codes of `sky-payments`, by which scripts know what became of a payment.
async fn wrong_exits(stack: &Stack, cells: &[Cell]) -> Vec<String> {
    let judged = stream::iter(cells).map(async |cell| {
        // The result of what stands still would be waited for, and no worker may tell of it.
        let (result, explain) = match cell.end {
            End::Completes | End::Refused | End::Again => (Some(0), Some(0)),
            End::StandsStill => (None, None),
            End::CutOff => (Some(5), Some(0)),
            End::Gone => (Some(3), Some(3)),
        };
        let mut wrong = Vec::new();
        for (verb, code) in [("result", result), ("explain", explain)] {
            let Some(code) = code else { continue };
            let output = stack
                .payments_output(&[verb, cell.id.as_str()])
                .await
                .unwrap();
            if output.status.code() != Some(code) {
                let words = String::from_utf8_lossy(&output.stderr);
                let ended = output.status;
                let problem = format!("`{verb}` exits with {code}\n  saw {ended}: {words}");
                wrong.push(told(cell, &problem));
            }
        }
        wrong
    });
    judged
        .buffer_unordered(AT_A_TIME)
        .collect::<Vec<_>>()
        .await
        .concat()
}
