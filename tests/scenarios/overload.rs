//! A partner that does not answer uses no more than its share of a worker.

use futures::future::join_all;
use harness::Timings;
use serde_json::json;

use crate::books::{QUICK, builder, charge, ends, give_back, reaches, until};

/// More than one account may have running in one worker.
const HANGING: usize = 260;

#[tokio::test]
async fn beside_a_partner_that_hangs_deadlines_are_kept_resolutions_are_answered_and_billing_goes_on()
 {
    let timings = Timings {
        request_timeout: "10s",
        needs_attention_after: "10s",
        attention_check: "3s",
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    // It is paid, and billing is away until the others hang.
    let away = json!({ "kind": { "status": 503 }, "times": 0, "request_id": "paid" });
    stack.billing().set_faults(json!([away])).await.unwrap();
    charge(&stack, "paid").await;
    reaches(&stack, "paid", "finalizing").await;
    let hangs = json!({ "faults": [{ "on": "init_session", "kind": "silence", "times": 0 }] });
    stack.partner().set_default_scenario(&hangs).await.unwrap();
    let ids: Vec<String> = (0..HANGING).map(|n| format!("hangs-{n}")).collect();
    for ids in ids.chunks(20) {
        join_all(ids.iter().map(|id| give_back(&stack, id))).await;
    }
    stack.billing().set_faults(json!([])).await.unwrap();
    ends(&stack, "paid", "completed").await;

    let count = [
        "workflow",
        "count",
        "-q",
        "SkyPhase=\"needs_attention\"",
        "-o",
        "json",
    ];
    until("all of them need attention", async || {
        let counted = stack.temporal().cli(&count).await.unwrap();
        let count = counted["count"]
            .as_str()
            .and_then(|count| count.parse().ok());
        (count == Some(HANGING)).then_some(())
    })
    .await;

    let resolve = [
        "resolve",
        "hangs-0",
        "--as",
        "abandoned",
        "--operator",
        "ann",
        "--reason",
        "nothing was sent",
        // A submission may be under way just now, and is waited for.
        "--against-advice",
    ];
    stack.payments(&resolve).await.unwrap();
    ends(&stack, "hangs-0", "abandoned").await;
}
