//! What closes an operation by hand where two operators are needed: one proposes, and another approves.

use harness::Stack;
use serde_json::{Value, json};

use crate::books::{
    builder, cli, ends, give_back, history, reaches, set_custom_scenario, set_scenario, split,
    state,
};
use crate::operators::{denied, mismatch, resolve, update};

#[tokio::test]
async fn where_it_takes_two_one_operator_proposes_and_another_approves() {
    let stack = two_operators().start().await.unwrap();
    mismatch(&stack, "odd").await;
    let given_up = json!({
        "as": "abandoned", "operator": "Ann", "reason": "settled by hand", "ticket": "OPS-7",
    });
    let proposed = resolve(&stack, "odd", given_up).await.unwrap();
    let proposed = proposed.to_string();
    assert!(proposed.contains("proposed_at"), "{proposed}");
    let waiting = state(&stack, "odd").await;
    assert_eq!(waiting["phase"], "needs_attention");
    assert_eq!(waiting["proposal"]["operator"], "Ann");
    let details = shown(&stack, "odd").await;
    assert!(
        details.contains("**Proposed:** resolve as `abandoned`, by `Ann`")
            && details.contains("settled by hand"),
        "{details}"
    );

    let again = split("approve odd --as abandoned --against-advice --operator");
    let same = [again.as_slice(), &[" ann "]].concat();
    let same = stack.payments_output(&same).await.unwrap();
    assert_eq!(same.status.code(), Some(4));
    let refusal = String::from_utf8(same.stderr).unwrap();
    assert!(refusal.contains("another operator"), "{refusal}");
    let closed = [again.as_slice(), &["ben"]].concat();
    let closed = stack.payments(&closed).await.unwrap();
    assert_eq!(closed["phase"], "closed", "{closed}");
    let result = stack.payments(&["result", "odd"]).await.unwrap();
    for (field, value) in [
        ("outcome", "abandoned"),
        ("resolved_by", "Ann"),
        ("approved_by", "ben"),
        ("resolution_reason", "settled by hand"),
        ("ticket", "OPS-7"),
    ] {
        assert_eq!(result[field], value, "{result}");
    }
    let history = history(&stack, "odd").await;
    for word in ["Ann", "ben", "settled by hand", "OPS-7"] {
        assert!(history.contains(word), "{word} is not in the history");
    }
}

#[tokio::test]
async fn what_is_proposed_can_be_replaced_and_withdrawn_and_the_partners_word_stands_against_it() {
    let stack = two_operators().start().await.unwrap();
    mismatch(&stack, "odd").await;
    let nothing = approve(&stack, "odd", "abandoned", "2026-11-24T08:00:00Z").await;
    assert!(nothing.unwrap_err().contains("no resolution is proposed"));
    let declined = json!({ "as": "declined", "operator": "ann", "reason": "x" });
    resolve(&stack, "odd", declined).await.unwrap();
    let first = proposed_at(&stack, "odd").await;
    // Once approved, it is compared with the partner's answer, which differs.
    let refusal = approve(&stack, "odd", "declined", &first)
        .await
        .unwrap_err();
    assert!(refusal.contains("the partner says otherwise"), "{refusal}");

    let abandoned = json!({ "as": "abandoned", "operator": "ann", "reason": "y" });
    resolve(&stack, "odd", abandoned).await.unwrap();
    let replaced = approve(&stack, "odd", "declined", &first)
        .await
        .unwrap_err();
    assert!(replaced.contains("abandoned, by ann"), "{replaced}");
    let withdraw = ["withdraw", "odd", "--operator", "ann", "--reason", "wrong"];
    let state = stack.payments(&withdraw).await.unwrap();
    assert_eq!(
        (&state["phase"], state.get("proposal")),
        (&json!("needs_attention"), None)
    );
    let refusal = stack.payments_output(&withdraw).await.unwrap();
    assert_eq!(refusal.status.code(), Some(4));
}

#[tokio::test]
async fn a_proposal_lapses_when_the_operation_no_longer_needs_attention() {
    let stack = two_operators().start().await.unwrap();
    set_custom_scenario(&stack, "denied", denied()).await;
    give_back(&stack, "denied").await;
    reaches(&stack, "denied", "needs_attention").await;
    let given_up = json!({ "as": "abandoned", "operator": "ann", "reason": "x" });
    resolve(&stack, "denied", given_up).await.unwrap();
    // The partner grants us access again, and has the operation, before its deadline or after it.
    set_scenario(&stack, "denied", "callback_lost").await;
    stack.partner().finish("denied").await.unwrap();
    let result = ends(&stack, "denied", "completed").await;
    assert_eq!(result.get("resolved_by"), None, "{result}");
}

/// A stack whose operations are closed by hand by two operators only.
fn two_operators() -> harness::Builder {
    builder().worker_settings("[resolution]\ntwo_operators = true\n")
}

async fn proposed_at(stack: &Stack, id: &str) -> String {
    let proposal = &state(stack, id).await["proposal"];
    proposal["proposed_at"].as_str().unwrap().to_owned()
}

async fn approve(
    stack: &Stack,
    id: &str,
    verdict: &str,
    proposed_at: &str,
) -> Result<Value, String> {
    let argument = json!({ "as": verdict, "operator": "ben", "proposed_at": proposed_at });
    update(stack, id, "approve_resolution", argument).await
}

/// The details that Temporal's UI shows.
async fn shown(stack: &Stack, id: &str) -> String {
    let metadata = format!("workflow metadata -w sky-payment-{id}");
    cli(stack, &metadata).await
}
