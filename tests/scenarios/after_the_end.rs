//! A completed operation is looked at once more, where the configuration asks for it; and at once
//! when there is news about it.

use harness::{Stack, Timings};
use serde_json::{Value, json};

use crate::books::{
    QUICK, builder, charge, cli, client, describe, ends, events, give_back, listed,
    set_custom_scenario, signal, split, try_cli, until,
};
use crate::metrics::{scrape, value};

/// A reversal whose final answer the partner changes later.
async fn give_back_and_flip(stack: &Stack) {
    let flips = json!({ "final_answer_flips": true });
    set_custom_scenario(stack, "flips", flips).await;
    give_back(stack, "flips").await;
}

async fn looking_again() -> Stack {
    let timings = Timings {
        look_again_after: Some("1s"),
        ..QUICK
    };
    builder().timings(timings).start().await.unwrap()
}

/// Only news make it look before that.
async fn looking_in_an_hour() -> Stack {
    let timings = Timings {
        look_again_after: Some("1h"),
        attention_check: "1h",
        ..QUICK
    };
    builder().timings(timings).start().await.unwrap()
}

#[tokio::test]
async fn an_operation_that_still_stands_is_looked_at_and_closed_quietly() {
    let stack = looking_again().await;
    charge(&stack, "stands").await;
    ends(&stack, "stands", "completed").await;
    assert_eq!(ended(&stack, "stands").await, json!({ "agreed": true }));
    // Like every step, it is not queued for long.
    let events = events(&stack, "sky-look-again-stands").await.unwrap();
    let mut events = events.as_array().unwrap().iter();
    let step = events.find_map(|event| event.get("activityTaskScheduledEventAttributes"));
    assert_eq!(step.unwrap()["scheduleToStartTimeout"], "10s");
}

#[tokio::test]
async fn a_request_to_cancel_leaves_an_open_incident_in_sight() {
    let stack = looking_again().await;
    give_back_and_flip(&stack).await;
    incident(&stack, "sky-look-again-flips").await;
    cli(&stack, "workflow cancel -w sky-look-again-flips").await;
    until("whoever looks is told", async || {
        let shown = try_cli(&stack, "workflow metadata -w sky-look-again-flips")
            .await
            .ok()?;
        shown
            .contains("**Cancellation:** somebody asked for it")
            .then_some(())
    })
    .await;
    // It continues to ask, and is closed as usual.
    let calls = async || stack.partner().journal().await.unwrap().len();
    let before = calls().await;
    until("the partner is asked again", async || {
        (calls().await > before).then_some(())
    })
    .await;
    let acknowledgement = json!({ "operator": "ann", "reason": "the partner fixes it" });
    look_again_update(&stack, "sky-look-again-flips", &acknowledgement).await;
    assert_eq!(ended(&stack, "flips").await["acknowledged_by"], "ann");
}

#[tokio::test]
async fn without_an_incident_a_request_to_cancel_ends_it() {
    let stack = looking_in_an_hour().await;
    charge(&stack, "quiet").await;
    ends(&stack, "quiet", "completed").await;
    cli(&stack, "workflow cancel -w sky-look-again-quiet").await;
    until("it is cancelled", async || {
        let events = events(&stack, "sky-look-again-quiet").await?;
        let last = events.as_array()?.last()?["eventType"].clone();
        (last == "EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_changes_after_the_end_opens_an_incident_until_it_is_acknowledged() {
    let stack = looking_again().await;
    give_back_and_flip(&stack).await;
    ends(&stack, "flips", "completed").await;
    let query = r#"SkyPhase = "needs_attention" AND SkyOrderId = "o-flips""#;
    until("the incident is in sight", async || {
        (listed(&stack, query).await.len() == 1).then_some(())
    })
    .await;
    let acknowledgement = json!({ "operator": "ann", "reason": "the partner fixes it" });
    look_again_update(&stack, "sky-look-again-flips", &acknowledgement).await;
    let end = ended(&stack, "flips").await;
    assert_eq!(end["acknowledged_by"], "ann");
    let incident = end["incident"].as_str().unwrap();
    assert!(incident.contains("now says declined"), "{end}");
}

#[tokio::test]
async fn one_that_was_terminated_is_counted_until_it_is_reset() {
    let stack = looking_again().await;
    give_back_and_flip(&stack).await;
    let look = "sky-look-again-flips";
    incident(&stack, look).await;
    let is_counted = async |count: u64| {
        until(&format!("{count} is counted"), async || {
            let text = scrape(&stack).await;
            let labels = ["look_again", "terminated", "kg-main"];
            let counted = value(&text, "sky_operations_ended_by_force{", &labels);
            (counted == count).then_some(())
        })
        .await;
    };
    let terminate = format!("workflow terminate -w {look} --reason test");
    cli(&stack, &terminate).await;
    is_counted(1).await;
    let reset = format!("workflow reset -w {look} --type FirstWorkflowTask --reason test");
    cli(&stack, &reset).await;
    incident(&stack, look).await;
    is_counted(0).await;
}

#[tokio::test]
async fn a_callback_about_a_closed_operation_has_it_looked_at_at_once() {
    let stack = looking_in_an_hour().await;
    let flips = json!({ "final_answer_flips": true, "callback": { "when": "never" } });
    set_custom_scenario(&stack, "news", flips).await;
    give_back(&stack, "news").await;
    ends(&stack, "news", "completed").await;
    let answers = stack.partner().send_callbacks("news", 1).await.unwrap();
    assert_eq!(answers, [Some(200)]);
    let words = incident(&stack, "sky-look-again-news").await;
    assert!(words.contains("now says declined"), "{words}");

    // While the incident is open, news are looked at as well: many of them once or twice.
    let looks = async || {
        let events = events(&stack, "sky-look-again-news").await.unwrap();
        let events = events.to_string();
        events.matches("ACTIVITY_TASK_COMPLETED").count()
    };
    let before = looks().await;
    // Not by a command each: those could take longer than the gap between two looks.
    let client = client(&stack).await;
    for _ in 0..4 {
        signal(&client, "sky-look-again-news").await;
    }
    until("it is looked at again", async || {
        (looks().await > before).then_some(())
    })
    .await;
    assert!(looks().await <= before + 2);
}

#[tokio::test]
async fn an_answer_that_agrees_early_leaves_the_look_that_is_due() {
    let stack = looking_in_an_hour().await;
    charge(&stack, "early").await;
    ends(&stack, "early", "completed").await;
    signal(&client(&stack).await, "sky-look-again-early").await;
    until("it has asked, and waits again", async || {
        let events = events(&stack, "sky-look-again-early").await?.to_string();
        let (_, after) = events.split_once("ACTIVITY_TASK_COMPLETED")?;
        after.contains("TIMER_STARTED").then_some(())
    })
    .await;
}

#[tokio::test]
async fn it_is_off_unless_the_configuration_asks_for_it() {
    let stack = crate::books::stack().await;
    charge(&stack, "once").await;
    ends(&stack, "once", "completed").await;
    assert!(describe(&stack, "sky-look-again-once").await.is_err());
}

/// Waits for an incident, and returns what it says.
pub(crate) async fn incident(stack: &Stack, workflow: &str) -> String {
    until("there is an incident", async || {
        let query = ["workflow", "query", "-w", workflow, "--type", "incident"];
        let answer = stack.temporal().cli(&query).await.ok()?;
        Some(answer["queryResult"][0].as_str()?.to_owned())
    })
    .await
}

/// Acknowledges an incident.
pub(crate) async fn look_again_update(stack: &Stack, workflow: &str, argument: &Value) {
    let update = format!("workflow update execute -w {workflow} --name acknowledge --input");
    let argument = argument.to_string();
    let update = [&split(&update)[..], &[&argument]].concat();
    stack.temporal().cli(&update).await.unwrap();
}

/// The result of looking again, once it has ended.
pub(crate) async fn ended(stack: &Stack, id: &str) -> Value {
    let workflow = format!("sky-look-again-{id}");
    until("looking again has ended", async || {
        let events = events(stack, &workflow).await?;
        let last = events.as_array()?.last()?.clone();
        let result = &last["workflowExecutionCompletedEventAttributes"]["result"];
        (!result.is_null()).then(|| result["payloads"][0]["data"].clone())
    })
    .await
}
