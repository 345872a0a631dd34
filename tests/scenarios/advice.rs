//! What operators are told that they may do: correct when they ask, and nothing that would be
//! refused.

use harness::Timings;
use serde_json::{Value, json};

use crate::books::{
    QUICK, builder, cli, give_back, history_length, reaches, set_custom_scenario, state, until,
};
use crate::operators::update;

/// The partner has the operation and denies us access, and nothing wakes the run.
#[tokio::test]
async fn what_depends_on_the_time_is_true_at_the_moment_of_the_query() {
    // Long enough to be asked before the time has come, also where that takes long.
    let timings = Timings {
        shows_within: "30s",
        needs_attention_after: "10m",
        attention_check: "10m",
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    let denied = json!({ "status": 403, "code": "merchant_blocked", "body": "json" });
    let hidden = json!({
        "never_completes": true,
        "callback": { "when": "never" },
        "faults": [{ "on": "status", "kind": denied, "skip": 1, "times": 0 }],
    });
    set_custom_scenario(&stack, "hidden", hidden).await;
    give_back(&stack, "hidden").await;
    let early = reaches(&stack, "hidden", "needs_attention").await;
    assert_eq!(resolutions(&early), Vec::<&str>::new(), "{early}");
    let shown = cli(&stack, "workflow metadata -w sky-payment-hidden").await;
    assert!(shown.contains("**Refused before "), "{shown}");
    let events = history_length(&stack, "hidden").await;
    let late = until("the time has come", async || {
        let state = state(&stack, "hidden").await;
        (!resolutions(&state).is_empty()).then_some(state)
    })
    .await;
    assert_eq!(
        resolutions(&late),
        [
            "resolve_as_completed",
            "resolve_as_declined",
            "resolve_as_abandoned"
        ]
    );
    assert_eq!(history_length(&stack, "hidden").await, events, "it woke");
    let given_up = json!({ "as": "abandoned", "operator": "ann", "reason": "x" });
    let closed = update(&stack, "hidden", "resolve", given_up).await.unwrap();
    assert!(closed.to_string().contains("closed"), "{closed}");
}

fn resolutions(state: &Value) -> Vec<&str> {
    let actions = state["actions"].as_array().unwrap();
    let actions = actions.iter().map(|it| it["action"].as_str().unwrap());
    actions.filter(|it| it.starts_with("resolve")).collect()
}
