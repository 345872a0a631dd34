//! Operators pause an account of a running system: nothing new is submitted, and questions go on.

use harness::Stack;
use serde_json::{Value, json};

use crate::books::{
    charge, cli, client_that_retries, describe, ends, pending, restart_worker, signal, split,
    stack, state, until,
};

const ACCOUNT: &str = "sky-account-kg-main";

#[tokio::test]
async fn a_paused_account_submits_nothing_new_and_goes_on_when_it_is_resumed() {
    let mut stack = stack().await;
    pending(&stack, "open", "never").await;
    is_listed(&stack).await;

    let paused = command(&stack, "pause", "aida", "incident 7").await;
    assert_eq!(paused["paused"]["operator"], "aida");
    let words = split("accounts pause kg-main --operator bek --reason too");
    let refused = stack.payments_words(&words).await.unwrap();
    assert!(
        refused.contains("aida has paused the account already"),
        "{refused}"
    );
    until("the worker knows it", async || {
        let metrics = crate::metrics::scrape(&stack).await;
        let paused = crate::metrics::value(&metrics, "sky_account_paused{", &["kg-main"]);
        (paused == 1).then_some(())
    })
    .await;

    // A worker that starts now knows it before its first step.
    restart_worker(&mut stack).await;
    charge(&stack, "new").await;
    let waiting = until("the payment says why it waits", async || {
        let state = state(&stack, "new").await;
        let why = state["last_error"].as_str()?.to_owned();
        why.contains("aida has paused the account").then_some(why)
    })
    .await;
    assert!(waiting.contains("incident 7"), "{waiting}");
    stack.partner().finish("open").await.unwrap();
    ends(&stack, "open", "completed").await;
    assert!(stack.partner().ledger("new").await.unwrap().is_empty());

    // Whoever ends its workflow does not resume the account.
    cli(&stack, &format!("workflow terminate -w {ACCOUNT}")).await;
    until("a worker starts it again", async || {
        let account = describe(&stack, ACCOUNT).await.ok()?;
        let status = &account["workflowExecutionInfo"]["status"];
        (status == "WORKFLOW_EXECUTION_STATUS_RUNNING").then_some(())
    })
    .await;
    shows_what_it_begins_with(&started(&stack).await);
    assert!(stack.partner().ledger("new").await.unwrap().is_empty());
    let resumed = command(&stack, "resume", "bek", "over").await;
    assert_eq!(resumed["paused"], Value::Null);
    ends(&stack, "new", "completed").await;
    let history = cli(&stack, &format!("workflow show -w {ACCOUNT} -o json")).await;
    assert!(history.contains("\"name\": \"resume\""), "{history}");
}

#[tokio::test]
async fn a_paused_account_is_paused_from_the_first_event_of_its_next_run_on() {
    let stack = stack().await;
    is_listed(&stack).await;
    command(&stack, "pause", "aida", "incident 7").await;
    let client = client_that_retries(&stack).await;
    let next = until(
        "its history is long enough to go on as a new run",
        async || {
            for _ in 0..50 {
                signal(&client, ACCOUNT).await;
            }
            let started = started(&stack).await;
            let before = started["continuedExecutionRunId"].as_str();
            let continued = before.is_some_and(|id| !id.is_empty());
            continued.then_some(started)
        },
    )
    .await;
    shows_what_it_begins_with(&next);
}

#[tokio::test]
async fn accounts_are_listed_with_what_their_workers_know() {
    let stack = stack().await;
    pending(&stack, "open", "never").await;
    let account = is_listed(&stack).await;
    let facts = &account["facts"];
    assert_eq!(facts["partner"], "sky");
    assert_eq!(facts["merchant_id"], "m-1001");
    assert_eq!(facts["routes"], json!(["KG"]));
    assert_eq!(facts["extra_payment"]["accepts_within"], "1s");
    let key = json!({ "kind": "extra_payment", "key_id": "pay-1", "not_after": "2126-11-24" });
    assert_eq!(facts["keys"][0], key);
    let words = stack.payments_words(&["accounts"]).await.unwrap();
    for part in [
        "kg-main",
        "pay-1, until 2126-11-24",
        "m-1001",
        "shows what it accepted",
    ] {
        assert!(words.contains(part), "{words}");
    }
    until("the open payment is counted", async || {
        let open = is_listed(&stack).await["open"][0].clone();
        (open["operations"] == 1 && open["amount"] == "125.50").then_some(())
    })
    .await;
    let unknown = split("accounts pause kg-mian --operator a --reason b");
    let unknown = stack.payments_output(&unknown).await.unwrap();
    assert_eq!(unknown.status.code(), Some(3));
    for (name, is_unknown) in [("kg-mian", true), ("kg-main", false)] {
        let none = ["list", "--merchant", name, "--outcome", "declined"];
        let told = stack.payments_words(&none).await.unwrap();
        assert_eq!(told.contains("no merchant account"), is_unknown, "{told}");
    }
    // While a payment is open, only its history says where it was sent.
    let shown = stack.payments_words(&["show", "open"]).await.unwrap();
    assert!(shown.contains("merchant kg-main"), "{shown}");
}

/// Workers see by the memo that it is paused, also before the run has had a task.
fn shows_what_it_begins_with(started: &Value) {
    let record = &started["input"]["payloads"][0]["data"];
    assert!(record.is_string(), "{started}");
    assert_eq!(
        &started["memo"]["fields"]["merchant_account"]["data"],
        record
    );
}

/// The first event of its newest run.
async fn started(stack: &Stack) -> Value {
    let history = cli(stack, &format!("workflow show -w {ACCOUNT} -o json")).await;
    let mut history: Value = serde_json::from_str(&history).unwrap();
    history["events"][0]["workflowExecutionStartedEventAttributes"].take()
}

/// The account in the list, once its worker has published it.
pub(crate) async fn is_listed(stack: &Stack) -> Value {
    until("the account is listed", async || {
        let account = stack.payments(&["accounts"]).await.ok()?;
        account["facts"].is_object().then_some(account)
    })
    .await
}

/// Pauses or resumes it.
pub(crate) async fn command(stack: &Stack, verb: &str, operator: &str, reason: &str) -> Value {
    let command = format!("accounts {verb} kg-main --operator {operator} --reason");
    let arguments = [&split(&command)[..], &[reason]].concat();
    stack.payments(&arguments).await.unwrap()
}
