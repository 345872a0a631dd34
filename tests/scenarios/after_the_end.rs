//! An operation is looked at once more after an end by hand, and after every completion where the
//! configuration asks for it.

use std::fs;

use rstest::rstest;
use serde_json::{Value, json};
use tests::{Stack, Timings};

use crate::books::{QUICK, builder, charge, ends, events, give_back, input, reaches, state, until};
use crate::operators::update;

async fn looking_again() -> Stack {
    let timings = Timings {
        look_again_after: Some("1s"),
        ..QUICK
    };
    builder().timings(timings).start().await.unwrap()
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
    let file = stack.folder().join("worker.toml");
    let text = fs::read_to_string(&file).unwrap();
    let off = text.replace("look_again = true", "look_again = false");
    assert_ne!(off, text);
    fs::write(file, off).unwrap();
    stack.start_worker().await.unwrap();
    stack
}

#[tokio::test]
async fn an_operation_that_still_stands_is_looked_at_and_closed_quietly() {
    let stack = looking_again().await;
    charge(&stack, "stands").await;
    ends(&stack, "stands", "completed").await;
    assert_eq!(ended(&stack, "stands").await, json!({ "agreed": true }));
}

#[tokio::test]
async fn an_answer_that_changes_after_the_end_opens_an_incident_until_it_is_acknowledged() {
    let stack = looking_again().await;
    let flips = json!({ "final_answer_flips": true });
    stack
        .partner()
        .set_custom_scenario("flips", flips)
        .await
        .unwrap();
    give_back(&stack, "flips").await;
    ends(&stack, "flips", "completed").await;
    let query = r#"SkyPhase = "needs_attention" AND SkyOrderId = "o-flips""#;
    until("the incident is in sight", async || {
        let list = ["workflow", "list", "--query", query, "-o", "json"];
        let listed = stack.temporal().cli(&list).await.unwrap();
        (listed.as_array().map(Vec::len) == Some(1)).then_some(())
    })
    .await;
    let acknowledgement = json!({ "operator": "ann", "reason": "the partner fixes it" });
    look_again_update(&stack, "sky-look-again-flips", &acknowledgement).await;
    let end = ended(&stack, "flips").await;
    assert_eq!(end["acknowledged_by"], "ann");
    assert!(
        end["incident"]
            .as_str()
            .unwrap()
            .contains("now says DECLINED"),
        "{end}"
    );
}

#[tokio::test]
async fn it_is_off_unless_the_configuration_asks_for_it() {
    let stack = crate::books::stack().await;
    charge(&stack, "once").await;
    ends(&stack, "once", "completed").await;
    let describe = [
        "workflow",
        "describe",
        "-w",
        "sky-look-again-once",
        "-o",
        "json",
    ];
    assert!(stack.temporal().cli(&describe).await.is_err());
}

/// One that the partner has, and of which it does not tell us, until `lets_in`.
async fn barred(stack: &Stack, id: &str) {
    let unable = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    let scenario = json!({
        "never_completes": true,
        "callback": { "when": "never" },
        "faults": [{ "on": "status", "kind": unable, "skip": 1, "times": 0 }],
    });
    stack
        .partner()
        .set_custom_scenario(id, scenario)
        .await
        .unwrap();
    charge(stack, id).await;
    reaches(stack, id, "needs_attention").await;
}

async fn lets_in(stack: &Stack, id: &str) {
    let scenario = json!({ "never_completes": true, "callback": { "when": "never" } });
    stack
        .partner()
        .set_custom_scenario(id, scenario)
        .await
        .unwrap();
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

#[rstest]
#[case::given_up("abandoned")]
#[case::declined("declined")]
#[tokio::test]
async fn money_that_moves_after_an_end_by_hand_opens_an_incident_that_says_what_moved(
    #[case] verdict: &str,
) {
    let stack = looking_again_at_ends_by_hand_alone("1s").await;
    barred(&stack, "moves").await;
    closed_as(&stack, "moves", verdict).await;
    lets_in(&stack, "moves").await;
    stack.partner().finish("moves").await.unwrap();
    let words = incident(&stack, "sky-look-again-moves").await;
    let moved = stack.partner().ledger("moves").await.unwrap();
    let expected = format!(
        "it was closed as {verdict}, with nothing moved, and the partner now says COMPLETED: PAYMENT \
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
    let partner = stack.partner();
    partner.set_custom_scenario("never", never).await.unwrap();
    charge(&stack, "never").await;
    reaches(&stack, "never", "needs_attention").await;
    closed_as(&stack, "never", "abandoned").await;
    assert_eq!(ended(&stack, "never").await, json!({ "agreed": true }));
}

/// A completion by an operator's word, too, where completed ones are not looked at.
#[tokio::test]
async fn a_completion_by_hand_that_flips_opens_an_incident() {
    // It learns of the end by the resolution alone.
    let stack = looking_again_at_ends_by_hand_alone("10m").await;
    let flips = json!({
        "never_completes": true, "final_answer_flips": true, "callback": { "when": "never" },
    });
    let partner = stack.partner();
    partner.set_custom_scenario("flips", flips).await.unwrap();
    charge(&stack, "flips").await;
    reaches(&stack, "flips", "needs_attention").await;
    partner.finish("flips").await.unwrap();
    closed_as(&stack, "flips", "completed").await;
    let words = incident(&stack, "sky-look-again-flips").await;
    assert!(words.contains("now says DECLINED"), "{words}");
    let shown = details(&stack, "sky-look-again-flips").await;
    assert!(
        shown.contains("Needs attention: the money has not moved after all"),
        "{shown}"
    );
}

#[tokio::test]
async fn one_given_up_over_another_amount_has_to_stay_as_it_was() {
    let stack = looking_again_at_ends_by_hand_alone("1s").await;
    let odd = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    let partner = stack.partner();
    partner.set_custom_scenario("odd", odd).await.unwrap();
    charge(&stack, "odd").await;
    until("the partner has ended it", async || {
        let state = state(&stack, "odd").await;
        let heard = state["last_heard"]["words"].as_str()?;
        (heard.contains("COMPLETED") && state["phase"] == "needs_attention").then_some(())
    })
    .await;
    closed_as(&stack, "odd", "abandoned").await;
    assert_eq!(ended(&stack, "odd").await, json!({ "agreed": true }));
}

#[tokio::test]
async fn a_partner_that_does_not_answer_after_the_end_does_not_go_unseen() {
    let stack = looking_again_at_ends_by_hand_alone("1s").await;
    barred(&stack, "mute").await;
    closed_as(&stack, "mute", "abandoned").await;
    let words = incident(&stack, "sky-look-again-mute").await;
    assert!(words.contains("key_unknown"), "{words}");
    // It goes on asking, and is closed by the partner's word.
    lets_in(&stack, "mute").await;
    stack.partner().finish("mute").await.unwrap();
    until("it says what moved", async || {
        let words = incident(&stack, "sky-look-again-mute").await;
        words.contains("now says COMPLETED").then_some(())
    })
    .await;
}

#[tokio::test]
async fn each_run_of_one_request_is_looked_at() {
    let timings = Timings {
        look_again_after: Some("1h"),
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    let odd = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    let partner = stack.partner();
    partner.set_custom_scenario("twice", odd).await.unwrap();
    charge(&stack, "twice").await;
    reaches(&stack, "twice", "needs_attention").await;
    closed_as(&stack, "twice", "abandoned").await;
    // As no client of ours does.
    let again = [
        "workflow",
        "start",
        "--task-queue",
        "sky-technologies-integration",
        "--type",
        "process_extra_payment",
        "-w",
        "sky-payment-twice",
        "--id-reuse-policy",
        "AllowDuplicate",
        "--input",
        &input("twice"),
        "-o",
        "json",
    ];
    stack.temporal().cli(&again).await.unwrap();
    reaches(&stack, "twice", "needs_attention").await;
    closed_as(&stack, "twice", "abandoned").await;
    let query = r#"WorkflowType = "look_again_at_payment" AND ExecutionStatus = "Running""#;
    until("both are looked at", async || {
        let list = ["workflow", "list", "--query", query, "-o", "json"];
        let listed = stack.temporal().cli(&list).await.unwrap();
        (listed.as_array()?.len() == 2).then_some(())
    })
    .await;
}

/// Waits for an incident, and returns what it says.
pub(crate) async fn incident(stack: &Stack, workflow: &str) -> String {
    until("there is an incident", async || {
        let query = [
            "workflow", "query", "-w", workflow, "--type", "incident", "-o", "json",
        ];
        let answer = stack.temporal().cli(&query).await.ok()?;
        Some(answer["queryResult"][0].as_str()?.to_owned())
    })
    .await
}

/// Acknowledges an incident.
pub(crate) async fn look_again_update(stack: &Stack, workflow: &str, argument: &Value) {
    let update = [
        "workflow",
        "update",
        "execute",
        "-w",
        workflow,
        "--name",
        "acknowledge",
        "--input",
        &argument.to_string(),
        "-o",
        "json",
    ];
    stack.temporal().cli(&update).await.unwrap();
}

async fn details(stack: &Stack, workflow: &str) -> String {
    let metadata = ["workflow", "metadata", "-w", workflow];
    stack.temporal().cli_text(&metadata).await.unwrap()
}

/// What looking again came to, once it has ended.
async fn ended(stack: &Stack, id: &str) -> Value {
    let workflow = format!("sky-look-again-{id}");
    until("looking again has ended", async || {
        let events = events(stack, &workflow).await?;
        let last = events.as_array()?.last()?.clone();
        let result = &last["workflowExecutionCompletedEventAttributes"]["result"];
        (!result.is_null()).then(|| result["payloads"][0]["data"].clone())
    })
    .await
}
