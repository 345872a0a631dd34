//! Merchant accounts that are edited under open operations: nothing is sent to another identity.

use std::fs;

use harness::{Operation, OperationKind, Stack, workflow_id};
use payments_client::{Payments, PaymentsClient};
use rstest::rstest;
use serde_json::json;
use workflows::contract::ids::TASK_QUEUE;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;

use crate::books::{
    charge, cli, client, ends, needs_attention, pending, run_id, set_custom_scenario, stack, until,
};

#[rstest]
#[case::merchant_id("merchant_id = \"m-1001\"", "merchant_id = \"m-2002\"")]
#[case::partner_address("partner_url = \"", "partner_url = \"https://other.example/\" # \"")]
#[case::removed("[accounts.kg-main]", "[accounts.kg-other]")]
#[tokio::test]
async fn an_open_operation_whose_account_is_another_one_now_sends_nothing_and_needs_attention(
    #[case] from: &str,
    #[case] to: &str,
    #[values(false, true)] is_reset: bool,
) {
    let mut stack = stack().await;
    let lost = json!({ "faults": [{ "on": "submit", "kind": "reset", "executed": true }],
        "callback": { "when": "never" }, "completes_after": "1h" });
    set_custom_scenario(&stack, "open", lost).await;
    charge(&stack, "open").await;
    is_submitted(&stack).await;
    stack.stop_worker().await.unwrap();
    let sound = edit(&stack, from, to);
    if is_reset {
        reset_to_its_beginning(&stack, "open").await;
    }
    stack.start_worker().await.unwrap();
    let before = stack.partner().journal().await.unwrap().len();

    let state = needs_attention(&stack, "open", "merchant account").await;
    let why = state["last_error"].as_str().unwrap();
    assert_eq!(state["cause"], "account_changed");
    if from.contains("merchant_id") {
        assert!(why.contains("m-1001") && why.contains("m-2002"), "{why}");
    }
    assert_eq!(stack.partner().journal().await.unwrap().len(), before);

    // With the correct account configured again, it continues by itself.
    with_configuration(&mut stack, &sound, None).await;
    stack.partner().finish("open").await.unwrap();
    ends(&stack, "open", "completed").await;
}

#[tokio::test]
async fn a_payment_that_is_reset_after_the_routes_were_edited_stays_with_its_account() {
    let mut stack = stack().await;
    let lost = json!({ "faults": [{ "on": "submit", "kind": "reset", "executed": true }],
        "callback": { "when": "never" }, "completes_after": "100ms" });
    set_custom_scenario(&stack, "open", lost).await;
    charge(&stack, "open").await;
    is_submitted(&stack).await;
    stack.stop_worker().await.unwrap();
    let path = stack.folder().join("worker.toml");
    let sound = fs::read_to_string(&path).unwrap();
    fs::write(&path, with_other_account(&stack, &sound).await).unwrap();
    // The run that it was reset from was one that had been reset itself.
    reset_to_its_beginning(&stack, "open").await;
    reset_to_its_beginning(&stack, "open").await;
    stack.start_worker().await.unwrap();
    let result = ends(&stack, "open", "completed").await;
    assert_eq!(result["merchant"], "kg-main");
}

/// A reset copies the events of earlier resets, and so the names of their runs too.
#[tokio::test]
async fn a_payment_that_was_refused_reset_and_charged_stays_with_its_account_when_it_is_reset_again()
 {
    let mut stack = stack().await;
    let path = stack.folder().join("worker.toml");
    let sound = fs::read_to_string(&path).unwrap();
    with_configuration(&mut stack, &sound.replace("\"KG\"", "\"XX\""), None).await;
    charge(&stack, "again").await;
    is_refused(&stack, "again").await;
    with_configuration(&mut stack, &sound, Some("again")).await;
    ends(&stack, "again", "completed").await;

    let other = with_other_account(&stack, &sound).await;
    with_configuration(&mut stack, &other, Some("again")).await;
    let result = ends(&stack, "again", "completed").await;
    assert_eq!(result["merchant"], "kg-main");
}

/// A start that was refused is started again, and charged; then the refused run is the one that is reset.
#[tokio::test]
async fn a_refused_run_that_is_reset_goes_on_with_the_account_that_was_charged_after_it() {
    let mut stack = stack().await;
    let sound = fs::read_to_string(stack.folder().join("worker.toml")).unwrap();
    with_configuration(&mut stack, &sound.replace("\"KG\"", "\"XX\""), None).await;
    charge(&stack, "twice").await;
    is_refused(&stack, "twice").await;
    let refused = run_id(&stack, "twice").await;
    with_configuration(&mut stack, &sound, None).await;
    let operation = Operation::new(OperationKind::ExtraPayment, "twice").input();
    let request = PaymentRequest::parse(operation.to_string().as_bytes()).unwrap();
    let payments = PaymentsClient::new(client(&stack).await, TASK_QUEUE);
    let again = payments.start_again(Kind::ExtraPayment, &request);
    again.await.unwrap();
    ends(&stack, "twice", "completed").await;

    let other = with_other_account(&stack, &sound).await;
    with_configuration(&mut stack, &other, None).await;
    let reset = format!("{RESET} -w sky-payment-twice -r {refused}");
    cli(&stack, &reset).await;
    let result = ends(&stack, "twice", "completed").await;
    assert_eq!(result["merchant"], "kg-main");
}

#[tokio::test]
async fn a_payment_that_was_terminated_and_is_reset_as_explain_says_stays_with_its_account() {
    let mut stack = stack().await;
    pending(&stack, "cut", "never").await;
    let terminate = "workflow terminate -w sky-payment-cut --reason test";
    cli(&stack, terminate).await;
    stack.partner().finish("cut").await.unwrap();
    let explained = stack.payments_words(&["explain", "cut"]).await.unwrap();
    assert!(explained.contains("workflow reset -w sky-payment-cut --type FirstWorkflowTask"));
    let sound = fs::read_to_string(stack.folder().join("worker.toml")).unwrap();
    let other = with_other_account(&stack, &sound).await;
    with_configuration(&mut stack, &other, Some("cut")).await;
    let result = ends(&stack, "cut", "completed").await;
    assert_eq!(result["merchant"], "kg-main");
}

/// Waits until the partner has an operation.
async fn is_submitted(stack: &Stack) {
    until("the partner has it", async || {
        let operations = stack.partner().operations().await.unwrap();
        (!operations.is_empty()).then_some(())
    })
    .await;
}

async fn is_refused(stack: &Stack, id: &str) {
    until("it is refused", async || {
        let status = stack.payments(&["status", id]).await.ok()?;
        (status["status"] == "failed").then_some(())
    })
    .await;
}

/// Has the worker go on with this configuration, after a reset where one is wanted.
pub(crate) async fn with_configuration(
    stack: &mut Stack,
    configuration: &str,
    reset: Option<&str>,
) {
    stack.stop_worker().await.unwrap();
    fs::write(stack.folder().join("worker.toml"), configuration).unwrap();
    if let Some(id) = reset {
        reset_to_its_beginning(stack, id).await;
    }
    stack.start_worker().await.unwrap();
}

/// The same configuration, with routes that lead to another account.
async fn with_other_account(stack: &Stack, sound: &str) -> String {
    stack.make_key("payment", "pay-other").await.unwrap();
    stack.make_key("reversal", "rev-other").await.unwrap();
    let (_, account) = sound.split_once("[accounts.kg-main]\n").unwrap();
    let (account, _) = account.split_once("\n[[routes]]").unwrap();
    // A key serves one account.
    let other = account.replacen("m-1001", "m-2002", 1);
    let other = other
        .replace("pay-1", "pay-other")
        .replace("rev-1", "rev-other");
    let edited = sound.replace("account = \"kg-main\"", "account = \"kg-other\"");
    format!("{edited}\n[accounts.kg-other]\n{other}")
}

async fn reset_to_its_beginning(stack: &Stack, id: &str) {
    let reset = format!("{RESET} -w {}", workflow_id(id));
    cli(stack, &reset).await;
}

const RESET: &str = "workflow reset -t FirstWorkflowTask --reason test";

/// Edits the worker's file; returns its previous content. A route must lead to an account.
pub(crate) fn edit(stack: &Stack, from: &str, to: &str) -> String {
    let path = stack.folder().join("worker.toml");
    let sound = fs::read_to_string(&path).unwrap();
    assert!(sound.contains(from), "{from} is not in {sound}");
    let mut edited = sound.replacen(from, to, 1);
    if to.starts_with("[accounts.") {
        edited = edited.replace("account = \"kg-main\"", "account = \"kg-other\"");
    }
    fs::write(path, edited).unwrap();
    sound
}
