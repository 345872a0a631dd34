//! The worker, the gateway, Temporal and the partner are machines of their own, and the network
//! between any two of them that talk is cut, loses packets in one direction, or is slow. Each time
//! payments are under way, and afterwards the books are right.

use std::time::Duration;

use harness::machines::{Interference, Machine, places};
use harness::{Operation, OperationKind, Stack};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::books::{builder, ends, set_custom_scenario, start};

/// Who calls whom.
const PAIRS: [(Machine, Machine); 4] = [
    (Machine::Worker, Machine::Temporal),
    (Machine::Worker, Machine::Partner),
    (Machine::Gateway, Machine::Temporal),
    (Machine::Partner, Machine::Gateway),
];

const TROUBLES: [Trouble; 3] = [Trouble::Cut, Trouble::AnswersLost, Trouble::AnswersLate];

const TROUBLE_LASTS: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// Nothing arrives.
    Cut,
    /// What the caller sends arrives, and nothing comes back.
    AnswersLost,
    /// What comes back takes 0.3 s.
    AnswersLate,
}

pub(crate) async fn whatever_happens_between_two_machines_no_payment_is_lost_or_doubled() {
    let stack = builder().places(places()).start().await.unwrap();
    let begun = Instant::now();
    for (caller, called) in PAIRS {
        for trouble in TROUBLES {
            play(&stack, caller, called, trouble).await;
        }
    }
    // No movement of money that nobody asked for.
    let moved = stack.partner().whole_ledger().await.unwrap();
    println!("{} payments in {:?}", moved.len(), begun.elapsed());
    assert_eq!(moved.len(), PAIRS.len() * TROUBLES.len() * 4);
}

async fn play(stack: &Stack, caller: Machine, called: Machine, trouble: Trouble) {
    let cell = format!("{}-{}-{trouble:?}", caller.name(), called.name());
    let cell = cell.to_lowercase();
    // The trouble finds the two before it in different states, and the two others begin in it.
    let under_way = [under(&cell, 0), under(&cell, 1)];
    let begun_within = [under(&cell, 2), under(&cell, 3)];
    let slowly = json!({ "executes_after": "500ms", "completes_after": "500ms",
        "second_submission": "charges_again" });
    set_custom_scenario(stack, &under_way[1].request_id, slowly).await;
    for operation in &under_way {
        start(stack, operation.clone()).await;
    }
    let troubles = cause(stack, caller, called, trouble);
    let until = Instant::now() + TROUBLE_LASTS;
    for operation in &begun_within {
        start(stack, operation.clone()).await;
    }
    sleep(until.saturating_duration_since(Instant::now())).await;
    drop(troubles);
    for operation in under_way.iter().chain(&begun_within) {
        ends(stack, &operation.request_id, "completed").await;
    }
    println!("{cell}: all ended {:?} after it", until.elapsed());
}

/// A payment or a reversal.
fn under(cell: &str, n: usize) -> Operation {
    let kind = [OperationKind::ExtraPayment, OperationKind::Reversal][usize::from(n == 3)];
    Operation::new(kind, &format!("{cell}-{n}"))
}

fn cause(stack: &Stack, caller: Machine, called: Machine, trouble: Trouble) -> Vec<Interference> {
    let logs = stack.folder().join("logs");
    let troubles = match trouble {
        Trouble::Cut => vec![caller.lose_to(called), called.lose_to(caller)],
        Trouble::AnswersLost => vec![called.lose_to(caller)],
        Trouble::AnswersLate => vec![called.delay_to(caller, &logs)],
    };
    troubles.into_iter().map(Result::unwrap).collect()
}
