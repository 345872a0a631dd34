//! What can happen to a submission: whatever it is, at most one movement of money.

use serde_json::json;

use crate::books::{charge, ends, fault, give_back, history_length, reaches, stack, start, state};

#[tokio::test]
async fn a_payment_with_a_prompt_callback_takes_at_most_30_events() {
    let stack = stack().await;
    charge(&stack, "prompt").await;
    // Not by watching: a query in the first instant splits the first task, at three events.
    stack.payments(&["result", "prompt"]).await.unwrap();
    let events = history_length(&stack, "prompt").await;
    assert!(events <= 30, "{events} events");
    let result = ends(&stack, "prompt", "completed").await;
    assert_eq!(result["amount"], "125.50");
    assert_eq!(state(&stack, "prompt").await["callbacks_received"], 1);
}

#[tokio::test]
async fn a_reversal_and_a_partial_refund_are_given_back_and_never_billed() {
    let stack = stack().await;
    give_back(&stack, "whole").await;
    start(&stack, "reversal", "part", "o-whole", "20", "KGS").await;
    ends(&stack, "whole", "completed").await;
    ends(&stack, "part", "completed").await;
}

#[tokio::test]
async fn amounts_are_exact_with_0_2_3_and_4_decimals() {
    let stack = stack().await;
    for (id, amount, currency, exact) in [
        ("yen", "125", "JPY", "125"),
        ("som", "0.01", "KGS", "0.01"),
        ("dinar", "1.25", "KWD", "1.250"),
        ("nominal", "7.0001", "UYW", "7.0001"),
    ] {
        start(
            &stack,
            "extra-payment",
            id,
            &format!("o-{id}"),
            amount,
            currency,
        )
        .await;
        let result = ends(&stack, id, "completed").await;
        assert_eq!(result["amount"], exact, "{currency}");
        assert_eq!(
            stack.billing().documents(id).await.unwrap()[0].amount,
            exact
        );
    }
}

#[tokio::test]
async fn a_declined_payment_moves_nothing_and_tells_the_partners_code() {
    let stack = stack().await;
    let declined = json!({ "decline": "never_seen_before" });
    stack
        .partner()
        .set_custom_scenario("no", declined)
        .await
        .unwrap();
    let unspecified = json!({ "decline": "", "completes_after": "0s" });
    stack
        .partner()
        .set_custom_scenario("no-code", unspecified)
        .await
        .unwrap();
    charge(&stack, "no").await;
    charge(&stack, "no-code").await;
    assert_eq!(
        ends(&stack, "no", "declined").await["decline_code"],
        "never_seen_before"
    );
    assert_eq!(
        ends(&stack, "no-code", "declined").await["decline_code"],
        "unspecified"
    );
}

#[tokio::test]
async fn a_submission_that_the_partner_refuses_for_good_is_rejected() {
    let stack = stack().await;
    for (id, status, code) in [
        ("s400", 400, "callback_url_refused"),
        ("s409", 409, "request_conflict"),
        ("s422", 422, "card_missing"),
        ("s404", 404, "order_not_found"),
    ] {
        let kind = json!({ "status": status, "code": code, "body": "json" });
        fault(
            &stack,
            id,
            json!({ "on": "submit", "kind": kind, "times": 0 }),
        )
        .await;
        charge(&stack, id).await;
        assert_eq!(ends(&stack, id, "rejected").await["decline_code"], code);
    }
    start(&stack, "reversal", "unknown", "unknown-order", "1", "KGS").await;
    assert_eq!(
        ends(&stack, "unknown", "rejected").await["decline_code"],
        "order_not_found"
    );
}

/// Each of these leaves the outcome open after the partner has executed the submission.
#[tokio::test]
async fn an_executed_submission_whose_answer_is_lost_is_never_repeated() {
    let stack = stack().await;
    let kinds = [
        ("reset", json!("reset")),
        ("silence", json!("silence")),
        ("half", json!("half_answer")),
        ("drip", json!("drip")),
        ("garbage", json!("garbage")),
        ("html", json!("html_200")),
        ("huge", json!("huge_body")),
        ("redirect", json!("redirect")),
        ("other-request", json!("other_request")),
        ("other-amount", json!("other_amount")),
        ("s500", json!({ "status": 500 })),
        ("s502", json!({ "status": 502, "body": "html" })),
        ("s503", json!({ "status": 503, "body": "empty" })),
        ("s504", json!({ "status": 504 })),
        (
            "used",
            json!({ "status": 410, "code": "session_used", "body": "json" }),
        ),
    ];
    for (id, kind) in &kinds {
        fault(
            &stack,
            id,
            json!({ "on": "submit", "kind": kind, "executed": true }),
        )
        .await;
        charge(&stack, id).await;
    }
    for (id, _) in &kinds {
        ends(&stack, id, "completed").await;
    }
}

/// The same answers where nothing was executed: the submission is made again, once it is certain.
#[tokio::test]
async fn a_submission_that_was_lost_is_made_again_only_when_the_partner_twice_does_not_know_it() {
    let stack = stack().await;
    let kinds = [
        ("reset", json!("reset")),
        ("silence", json!("silence")),
        ("html", json!("html_200")),
        ("s500", json!({ "status": 500 })),
        ("s503", json!({ "status": 503, "body": "html" })),
    ];
    for (id, kind) in &kinds {
        fault(&stack, id, json!({ "on": "submit", "kind": kind })).await;
        give_back(&stack, id).await;
    }
    for (id, _) in &kinds {
        ends(&stack, id, "completed").await;
        assert!(
            state(&stack, id).await["status_checks"].as_u64().unwrap() >= 2,
            "{id}"
        );
    }
}

#[tokio::test]
async fn a_submission_that_is_executed_late_is_not_repeated() {
    let stack = stack().await;
    // Within the visibility delay, as the partner promises.
    let late = json!({
        "executes_after": "1500ms", "status_lag": "500ms",
        "faults": [{ "on": "submit", "kind": { "status": 500 }, "executed": true }],
    });
    stack
        .partner()
        .set_custom_scenario("late", late)
        .await
        .unwrap();
    charge(&stack, "late").await;
    ends(&stack, "late", "completed").await;
}

#[tokio::test]
async fn what_the_partner_did_not_take_is_tried_again_and_not_counted_as_sent() {
    let stack = stack().await;
    let limited = json!({ "status": 429, "retry_after": 2, "body": "html" });
    fault(
        &stack,
        "limited",
        json!({ "on": "submit", "kind": limited }),
    )
    .await;
    let expired = json!({ "status": 410, "code": "session_expired", "body": "json" });
    fault(
        &stack,
        "expired",
        json!({ "on": "submit", "kind": expired }),
    )
    .await;
    for id in ["limited", "expired"] {
        charge(&stack, id).await;
    }
    for id in ["limited", "expired"] {
        ends(&stack, id, "completed").await;
        assert_eq!(
            state(&stack, id).await["status_checks"],
            1,
            "{id}: asked after the callback"
        );
    }
}

#[tokio::test]
async fn a_refusal_after_a_lost_submission_says_nothing_of_the_lost_one() {
    let stack = stack().await;
    // The first is executed late and its answer lost; the partner shows it only after the second
    // was refused for the balance that the first one took.
    let faults = json!([
        { "on": "submit", "kind": "reset" },
        { "on": "submit", "kind": { "status": 422, "code": "amount_exceeds_balance",
            "body": "json" } },
    ]);
    let scenario = json!({ "faults": faults });
    stack
        .partner()
        .set_custom_scenario("refused", scenario)
        .await
        .unwrap();
    give_back(&stack, "refused").await;
    reaches(&stack, "refused", "awaiting_completion").await;
    let result = ends(&stack, "refused", "rejected").await;
    assert_eq!(result["decline_code"], "amount_exceeds_balance");
    assert!(
        state(&stack, "refused").await["status_checks"]
            .as_u64()
            .unwrap()
            >= 4
    );
}

#[tokio::test]
async fn keys_that_the_partner_does_not_take_need_attention_and_are_tried_on() {
    let stack = stack().await;
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    fault(
        &stack,
        "key",
        json!({ "on": "submit", "kind": unknown, "times": 2 }),
    )
    .await;
    charge(&stack, "key").await;
    let state = reaches(&stack, "key", "needs_attention").await;
    assert!(
        state["last_error"]
            .as_str()
            .unwrap()
            .contains("key_unknown"),
        "{state}"
    );
    assert_eq!(state["submitted"], false);
    ends(&stack, "key", "completed").await;
}
