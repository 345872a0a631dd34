//! What operators may do by hand, and what is refused.

use harness::{Stack, Timings};
use serde_json::{Value, json};

use crate::books::{
    QUICK, builder, charge, cli, ends, fault, give_back, input, listed, needs_attention, pending,
    reaches, set_custom_scenario, stack, start_raw, state, until,
};
use crate::webhooks::STILL_AND_PATIENT;

#[tokio::test]
async fn only_what_needs_attention_is_resolved_and_only_with_a_name_and_a_reason() {
    // While the partner is asked, an operation is in another phase. After the first question there is
    // none for ten seconds.
    let timings = Timings {
        growth: 10,
        longest_pause: "1h",
        needs_attention_after: "1h",
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    set_custom_scenario(&stack, "open", json!({ "never_completes": true })).await;
    charge(&stack, "open").await;
    until("it was asked about", async || {
        let state = state(&stack, "open").await;
        let asked = state["status_checks"].as_u64() >= Some(1);
        (asked && state["phase"] == "awaiting_completion").then_some(())
    })
    .await;
    let given_up = json!({ "as": "abandoned", "operator": "ann", "reason": "x" });
    let refused = resolve(&stack, "open", given_up).await.unwrap_err();
    assert!(refused.contains("awaiting_completion"));

    mismatch(&stack, "odd").await;
    for (argument, problem) in [
        (
            json!({ "as": "abandoned", "operator": "", "reason": "x" }),
            "operator",
        ),
        (
            json!({ "as": "abandoned", "operator": "ann", "reason": " " }),
            "reason",
        ),
        (json!({ "as": "abandoned", "operator": "ann" }), "reason"),
        (
            json!({ "as": "paid", "operator": "ann", "reason": "x" }),
            "as must be",
        ),
        (
            json!({ "as": "completed", "operator": "ann", "reason": "x" }),
            "partner_payment_id",
        ),
        (
            json!({ "as": "abandoned", "operator": "ann", "reason": "x", "y": "z" }),
            "y is not",
        ),
        (json!("abandoned"), "JSON object"),
    ] {
        let refusal = resolve(&stack, "odd", argument).await.unwrap_err();
        assert!(refusal.contains(problem), "{problem}: {refusal}");
    }
}

#[tokio::test]
async fn an_operators_word_does_not_stand_against_the_partners() {
    let stack = stack().await;
    mismatch(&stack, "odd").await;
    for verdict in ["completed", "declined"] {
        let argument = json!({
            "as": verdict, "operator": "ann", "reason": "x", "partner_payment_id": "pp-x"
        });
        let refusal = resolve(&stack, "odd", argument).await.unwrap_err();
        assert!(
            refusal.contains("the partner says otherwise"),
            "{verdict}: {refusal}"
        );
    }
    let given_up = json!({ "as": "abandoned", "operator": "ann", "reason": "settled by hand" });
    resolve(&stack, "odd", given_up.clone()).await.unwrap();
    let result = stack.payments(&["result", "odd"]).await.unwrap();
    assert_eq!(
        (&result["outcome"], &result["resolved_by"]),
        (&json!("abandoned"), &json!("ann"))
    );
    assert!(stack.billing().documents("odd").await.unwrap().is_empty());
    assert!(
        resolve(&stack, "odd", given_up).await.is_err(),
        "a second resolution"
    );
}

/// Once it is asked, it says that the money moved.
#[tokio::test]
async fn while_the_partner_puts_questions_off_nobody_says_what_became_of_the_money() {
    // While it is asked, an operation is in another phase.
    let timings = Timings {
        needs_attention_after: "3s",
        attention_check: "1h",
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    let busy = json!({ "status": 429 });
    let scenario = json!({
        "callback": { "when": "never" },
        "faults": [{ "on": "status", "kind": busy, "skip": 1, "times": 0 }],
    });
    set_custom_scenario(&stack, "busy", scenario).await;
    charge(&stack, "busy").await;
    needs_attention(&stack, "busy", "rate_limited").await;
    let moved = &stack.partner().ledger("busy").await.unwrap()[0];
    for verdict in ["completed", "declined"] {
        let argument = json!({
            "as": verdict, "operator": "ann", "reason": "x",
            "partner_payment_id": moved.partner_payment_id,
        });
        let refusal = resolve(&stack, "busy", argument).await.unwrap_err();
        assert!(
            refusal.contains("could not tell yet: rate_limited"),
            "{verdict}: {refusal}"
        );
    }
    let actions = state(&stack, "busy").await["actions"].to_string();
    assert!(
        !actions.contains("resolve_as_completed") && !actions.contains("resolve_as_declined"),
        "{actions}"
    );
    set_custom_scenario(&stack, "busy", json!({})).await;
    stack.payments(&["check-now", "busy"]).await.unwrap();
    ends(&stack, "busy", "completed").await;
}

#[tokio::test]
async fn resolved_as_completed_an_extra_payment_still_goes_through_billing() {
    let stack = stack().await;
    let unable = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    let scenario = json!({
        "callback": { "when": "never" },
        "faults": [{ "on": "status", "kind": unable, "skip": 1, "times": 0 }],
    });
    set_custom_scenario(&stack, "unasked", scenario).await;
    charge(&stack, "unasked").await;
    reaches(&stack, "unasked", "needs_attention").await;
    let moved = &stack.partner().ledger("unasked").await.unwrap()[0];
    let argument = json!({
        "as": "completed", "operator": "ann", "reason": "told by telephone",
        "partner_payment_id": moved.partner_payment_id,
    });
    // Sooner, the partner might not yet show what it has.
    until("the resolution is taken", async || {
        resolve(&stack, "unasked", argument.clone()).await.ok()
    })
    .await;
    let result = ends(&stack, "unasked", "completed").await;
    assert_eq!(result["resolved_by"], "ann");
}

#[tokio::test]
async fn resolving_is_refused_while_a_submission_is_open_that_the_partner_may_not_yet_show() {
    // For long enough to be refused in that time also on a busy machine.
    let timings = Timings {
        shows_within: "15s",
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    let denied = json!({ "status": 403, "code": "merchant_blocked", "body": "json" });
    let faults = json!([
        { "on": "submit", "kind": "reset" },
        { "on": "status", "kind": denied, "skip": 1, "times": 0 },
    ]);
    set_custom_scenario(&stack, "hidden", json!({ "faults": faults })).await;
    give_back(&stack, "hidden").await;
    reaches(&stack, "hidden", "needs_attention").await;
    let argument = json!({ "as": "abandoned", "operator": "ann", "reason": "x" });
    let refusal = resolve(&stack, "hidden", argument.clone())
        .await
        .unwrap_err();
    assert!(refusal.contains("may not show"), "{refusal}");
    until("it may be resolved", async || {
        resolve(&stack, "hidden", argument.clone()).await.ok()
    })
    .await;
    let result = stack.payments(&["result", "hidden"]).await.unwrap();
    assert_eq!(result["outcome"], "abandoned");
}

#[tokio::test]
async fn check_now_asks_at_once_and_answers_with_the_state_after_it() {
    let stack = still().await;
    pending(&stack, "now", "never").await;
    let before = state(&stack, "now").await;
    stack.partner().finish("now").await.unwrap();
    let after = stack.payments(&["check-now", "now"]).await.unwrap();
    assert!(
        after["status_checks"].as_u64() > before["status_checks"].as_u64(),
        "{after}"
    );
    assert!(
        ["closed", "finalizing"].contains(&after["phase"].as_str().unwrap()),
        "{after}"
    );
    ends(&stack, "now", "completed").await;
}

#[tokio::test]
async fn check_now_submits_what_never_got_through() {
    let stack = still().await;
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    fault(&stack, "again", json!({ "on": "submit", "kind": unknown })).await;
    charge(&stack, "again").await;
    let waiting = reaches(&stack, "again", "needs_attention").await;
    assert_eq!(waiting["submitted"], false);
    let after = stack.payments(&["check-now", "again"]).await.unwrap();
    assert_eq!(after["submitted"], true, "{after}");
    ends(&stack, "again", "completed").await;
}

#[tokio::test]
async fn operators_find_operations_by_their_search_attributes() {
    let stack = stack().await;
    mismatch(&stack, "found").await;
    let query = r#"SkyPhase = "needs_attention" AND SkyMerchant = "kg-main" AND SkyOrderId = "o-found" AND SkyCurrency = "KGS" AND SkyAmountMinor = 12550"#;
    until("it is listed", async || {
        (listed(&stack, query).await.len() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_a_termination_left_behind_is_listed_and_the_next_start_asks_first() {
    let stack = stack().await;
    pending(&stack, "cut", "never").await;
    // The runbook forbids it: money was on its way.
    let terminate = "workflow terminate -w sky-payment-cut --reason test";
    cli(&stack, terminate).await;
    until("it is listed as terminated", async || {
        let listed = stack.payments_output(&["list"]).await.unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        let line = listed.lines().find(|line| line.contains("\"cut\""))?;
        line.contains("terminated").then_some(())
    })
    .await;
    stack.partner().finish("cut").await.unwrap();
    start_raw(&stack, "process_extra_payment", "cut", &input("cut")).await;
    ends(&stack, "cut", "completed").await;
}

/// A stack where nothing is asked or tried a second time by itself.
async fn still() -> Stack {
    let stack = builder().timings(STILL_AND_PATIENT);
    stack.start().await.unwrap()
}

/// An operation that the partner has with another amount.
pub(crate) async fn mismatch(stack: &Stack, id: &str) {
    let other = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    set_custom_scenario(stack, id, other).await;
    charge(stack, id).await;
    needs_attention(stack, id, "asked 125.50 KGS").await;
    assert_eq!(state(stack, id).await["submitted"], true);
}

/// What the partner does with an operation that it has, and does not show to us.
pub(crate) fn denied() -> Value {
    let unable = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    json!({
        "never_completes": true,
        "callback": { "when": "never" },
        "faults": [{ "on": "status", "kind": unable, "skip": 1, "times": 0 }],
    })
}

pub(crate) async fn resolve(stack: &Stack, id: &str, argument: Value) -> Result<Value, String> {
    update(stack, id, "resolve", argument).await
}

/// The update as any Temporal client sends it; the error is its message.
pub(crate) async fn update(
    stack: &Stack,
    id: &str,
    name: &str,
    argument: Value,
) -> Result<Value, String> {
    let (workflow, argument) = (format!("sky-payment-{id}"), argument.to_string());
    let update = [
        "workflow", "update", "execute", "-w", &workflow, "--name", name, "--input", &argument,
    ];
    let updated = stack.temporal().cli(&update).await;
    updated.map_err(|error| format!("{error:#}"))
}
