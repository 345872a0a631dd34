//! The partner is asked once more about every operation that an operator closed, whatever the
//! configuration says: those are the ends that can turn out to be wrong.

use harness::{Stack, Timings};
use rstest::rstest;
use serde_json::json;

use crate::after_the_end::{ended, incident};
use crate::books::{
    QUICK, builder, charge, cli, input, listed, reaches, set_custom_scenario, start_raw, state,
    until,
};
use crate::keys::change_worker_file;
use crate::operators::{self, mismatch, update};

#[rstest]
#[case::given_up("abandoned")]
#[case::declined("declined")]
#[tokio::test]
async fn money_that_moves_after_an_end_by_hand_opens_an_incident_that_says_what_moved(
    #[case] verdict: &str,
) {
    let stack = looking_again_at_ends_by_hand_alone("1s").await;
    denied(&stack, "moves").await;
    closed_as(&stack, "moves", verdict).await;
    stack.partner().finish("moves").await.unwrap();
    lets_in(&stack, "moves").await;
    let words = says_completed(&stack, "sky-look-again-moves").await;
    let moved = stack.partner().ledger("moves").await.unwrap();
    let expected = format!(
        "it was closed as {verdict}, with nothing moved, and the partner now says completed: extra payment \
         125.50 KGS as {}",
        moved[0].partner_payment_id
    );
    assert_eq!(words, expected);
    let shown = details(&stack, "sky-look-again-moves").await;
    assert!(
        shown.contains("### Needs attention: money moved after all") && shown.contains(&expected),
        "{shown}"
    );
}

#[tokio::test]
async fn where_nothing_moved_an_end_by_hand_is_looked_at_and_closed_quietly() {
    let stack = looking_again_at_ends_by_hand_alone("1s").await;
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    let never = json!({ "faults": [{ "on": "submit", "kind": unknown, "times": 0 }] });
    set_custom_scenario(&stack, "never", never).await;
    charge(&stack, "never").await;
    reaches(&stack, "never", "needs_attention").await;
    closed_as(&stack, "never", "abandoned").await;
    assert_eq!(ended(&stack, "never").await, json!({ "agreed": true }));
}

/// Also a completion by an operator, where completed operations are not looked at again.
#[tokio::test]
async fn a_completion_by_hand_that_flips_opens_an_incident() {
    // It learns of the end only from the resolution.
    let stack = looking_again_at_ends_by_hand_alone("10m").await;
    let flips = json!({
        "never_completes": true, "final_answer_flips": true, "callback": { "when": "never" },
    });
    let partner = stack.partner();
    partner.set_custom_scenario("flips", flips).await.unwrap();
    charge(&stack, "flips").await;
    needs_attention_after_its_submission(&stack, "flips").await;
    partner.finish("flips").await.unwrap();
    closed_as(&stack, "flips", "completed").await;
    let words = incident(&stack, "sky-look-again-flips").await;
    assert!(words.contains("now says declined"), "{words}");
    let shown = details(&stack, "sky-look-again-flips").await;
    assert!(
        shown.contains("Needs attention: the money has not moved after all"),
        "{shown}"
    );
}

#[tokio::test]
async fn one_given_up_over_another_amount_has_to_stay_as_it_was() {
    let stack = looking_again_at_ends_by_hand_alone("1s").await;
    mismatch(&stack, "odd").await;
    until("the partner has ended it", async || {
        let state = state(&stack, "odd").await;
        let report = state["last_heard"]["words"].as_str()?;
        (report.contains("completed") && state["phase"] == "needs_attention").then_some(())
    })
    .await;
    closed_as(&stack, "odd", "abandoned").await;
    assert_eq!(ended(&stack, "odd").await, json!({ "agreed": true }));
}

#[tokio::test]
async fn a_partner_that_does_not_answer_after_the_end_does_not_go_unseen() {
    let stack = looking_again_at_ends_by_hand_alone("1s").await;
    denied(&stack, "mute").await;
    closed_as(&stack, "mute", "abandoned").await;
    let words = incident(&stack, "sky-look-again-mute").await;
    assert!(words.contains("key_unknown"), "{words}");
    // It continues to ask, and is closed by the partner's answer.
    stack.partner().finish("mute").await.unwrap();
    lets_in(&stack, "mute").await;
    says_completed(&stack, "sky-look-again-mute").await;
}

#[tokio::test]
async fn each_run_of_one_request_is_looked_at() {
    let timings = Timings {
        look_again_after: Some("1h"),
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    mismatch(&stack, "twice").await;
    closed_as(&stack, "twice", "abandoned").await;
    // No client of ours does this.
    start_raw(&stack, "process_extra_payment", "twice", &input("twice")).await;
    reaches(&stack, "twice", "needs_attention").await;
    closed_as(&stack, "twice", "abandoned").await;
    let query = r#"WorkflowType = "look_again_at_payment" AND ExecutionStatus = "Running""#;
    until("both are looked at", async || {
        (listed(&stack, query).await.len() == 2).then_some(())
    })
    .await;
}

/// Completed ones are not looked at; those that an operator closed are.
async fn looking_again_at_ends_by_hand_alone(attention_check: &'static str) -> Stack {
    let timings = Timings {
        needs_attention_after: "3s",
        attention_check,
        look_again_after: Some("3s"),
        ..QUICK
    };
    let mut stack = builder().timings(timings).workers(0).start().await.unwrap();
    change_worker_file(&stack, "look_again = true", "look_again = false");
    stack.start_worker().await.unwrap();
    stack
}

/// An operation that the partner has but does not show to us, until `lets_in`.
async fn denied(stack: &Stack, id: &str) {
    set_custom_scenario(stack, id, operators::denied()).await;
    charge(stack, id).await;
    needs_attention_after_its_submission(stack, id).await;
}

/// On a slow machine it needs attention before that too.
async fn needs_attention_after_its_submission(stack: &Stack, id: &str) {
    until(
        &format!("{id} is submitted and needs attention"),
        async || {
            let state = state(stack, id).await;
            (state["submitted"] == true && state["phase"] == "needs_attention").then_some(())
        },
    )
    .await;
}

/// Waits until the incident says that the partner completed it. Looked at before that, it says something
/// else first.
async fn says_completed(stack: &Stack, workflow: &str) -> String {
    until("the incident says what moved", async || {
        let words = incident(stack, workflow).await;
        words.contains("now says completed").then_some(words)
    })
    .await
}

async fn lets_in(stack: &Stack, id: &str) {
    let scenario = json!({ "never_completes": true, "callback": { "when": "never" } });
    set_custom_scenario(stack, id, scenario).await;
}

/// Closes it as soon as that is accepted.
async fn closed_as(stack: &Stack, id: &str, verdict: &str) {
    let word = json!({ "as": verdict, "operator": "ann", "reason": "x" });
    until("the resolution is taken", async || {
        update(stack, id, "resolve", word.clone()).await.ok()
    })
    .await;
    let result = stack.payments(&["result", id]).await.unwrap();
    assert_eq!(result["outcome"], verdict, "{result}");
}

async fn details(stack: &Stack, workflow: &str) -> String {
    let metadata = format!("workflow metadata -w {workflow}");
    cli(stack, &metadata).await
}
