//! What a payment costs, in figures that do not depend on the machine: `docs/performance.md`.

use std::path::Path;
use std::process::Command;

use harness::{Cost, Operation, OperationKind, Timings, installed, not_tested, program};
use serde_json::json;

use crate::books::{QUICK, builder, ends, history_length, start, until};

/// The events until the operation waits for its callback, with the timer of that wait.
const EVENTS_UNTIL_IT_WAITS: u64 = 12;

#[tokio::test]
async fn a_payment_with_a_prompt_callback_takes_20_events_and_a_reversal_19() {
    let patient = Timings {
        first_check: "20s",
        longest_pause: "20s",
        ..QUICK
    };
    let stack = builder()
        .timings(patient)
        .default_scenario(json!({ "never_completes": true }))
        .start()
        .await
        .unwrap();
    let mut least = [None, None];
    // A machine that is busy may take a step the long way: the least of a few counts.
    for turn in 0..5 {
        for (kind, least) in [OperationKind::ExtraPayment, OperationKind::Reversal]
            .into_iter()
            .zip(&mut least)
        {
            let id = format!("{}-{turn}", &kind.as_str()[..1]);
            start(&stack, Operation::new(kind, &id)).await;
            // Not by a query: one in the first instant splits the first task, at three events.
            until("it waits", async || {
                (history_length(&stack, &id).await >= EVENTS_UNTIL_IT_WAITS).then_some(())
            })
            .await;
            stack.partner().finish(&id).await.unwrap();
            stack.payments(&["result", &id]).await.unwrap();
            let cost = Cost::of(&stack, &id).await.unwrap();
            ends(&stack, &id, "completed").await;
            *least = Some(least.map_or(cost, |least| cost.min(least)));
        }
    }
    let [payment, reversal] = least.map(Option::unwrap);
    assert!(payment.events <= 20, "{payment:?}");
    assert!(payment.bytes <= 5_650, "{payment:?}");
    assert!(payment.actions <= 7, "{payment:?}");
    assert!(payment.partner_calls <= 5, "{payment:?}");
    assert!(reversal.events <= 19, "{reversal:?}");
    assert!(reversal.bytes <= 5_150, "{reversal:?}");
    assert!(reversal.actions <= 7, "{reversal:?}");
    assert!(reversal.partner_calls <= 5, "{reversal:?}");
}

#[tokio::test]
async fn a_question_while_a_payment_waits_takes_11_events_and_two_calls() {
    let every_second = Timings {
        longest_pause: "1s",
        ..QUICK
    };
    let stack = builder().timings(every_second).start().await.unwrap();
    let question = Cost::of_a_question(&stack).await.unwrap();
    assert!(question.events <= 11, "{question:?}");
    assert!(question.bytes <= 2_200, "{question:?}");
    assert!(question.actions <= 2, "{question:?}");
    assert!(question.partner_calls <= 2, "{question:?}");
}

/// In the profile of the tests, where only the arithmetic of signing is optimised. A piece of work
/// is the difference between one and eleven, so the program's start does not count.
#[test]
fn what_a_signed_request_and_a_refusal_compute_is_bounded() {
    let Some(valgrind) = installed("valgrind") else {
        return not_tested(
            "the cost in instructions",
            "valgrind is missing (Debian: valgrind)",
        );
    };
    let folder = tempfile::tempdir().unwrap();
    let keys = Command::new(program("sky-worker").unwrap())
        .current_dir(&folder)
        .args("new-keys --dir . --purpose payment --key-id own".split(' '))
        .output()
        .unwrap();
    assert!(keys.status.success(), "{keys:?}");
    let key = folder.path().join("own.pem");
    let of_each = |work: &str| {
        let [few, many] = [1, 11].map(|times| instructions(&valgrind, work, times, &key));
        (many - few) / 10
    };
    let (signed_request, refusal) = (of_each("signed-request"), of_each("refusal"));
    // 12.8 million and 77 thousand when this was written.
    assert!(signed_request <= 15_000_000, "{signed_request}");
    assert!(refusal <= 95_000, "{refusal}");
}

/// What valgrind counts for a piece of work that is done so many times.
fn instructions(valgrind: &Path, work: &str, times: u32, key: &Path) -> u64 {
    let output = Command::new(valgrind)
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program("instructions").unwrap())
        .args([work, &times.to_string()])
        .arg(key)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let counted = text
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let (_, counted) = counted.unwrap_or_else(|| panic!("{text}"));
    counted.trim().parse().unwrap()
}
