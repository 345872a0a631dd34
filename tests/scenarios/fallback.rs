//! A fallback account takes over where the partner of the first one refuses connections.

mod undecided_terms;

use harness::{
    Builder, Operation, OperationKind, ServerOptions, Stack, TemporalServer, workflow_id,
};
use rstest::rstest;
use serde_json::{Value, json};

use crate::books::{
    builder, cli, ends, history, listed, restart_worker, start, start_raw, state, until,
};
use crate::keys::change_worker_file;
use crate::stripe;

#[tokio::test]
async fn where_a_partner_refuses_connections_the_fallback_takes_over_and_that_is_told() {
    let stack = charged_by_the_fallback("taken-over").await;
    let account = &state(&stack, "taken-over").await["account"];
    assert_eq!(account["merchant"], "stripe-main");
    assert_eq!(account["partner"], "stripe");
    let why = "KG: route 1; kg-main refused connections";
    assert_eq!(account["chosen_by"], why);
    let shown = stack.payments_words(&["show", "taken-over"]).await.unwrap();
    assert!(shown.contains("over the account stripe-main"), "{shown}");
}

#[tokio::test]
async fn once_the_fallback_has_charged_nobody_else_does_whoever_starts_it_again_or_resets_it() {
    let id = "again";
    let mut stack = charged_by_the_fallback(id).await;
    change_worker_file(&stack, UNREACHABLE, stack.partner().url());
    // The amount that was charged is over this limit too, and was taken.
    let at_stripe = "[accounts.stripe-main]\n";
    let limited = format!("{at_stripe}currencies = {{ KGS = {{ largest = \"10\" }} }}\n");
    change_worker_file(&stack, at_stripe, &limited);
    restart_worker(&mut stack).await;
    let input = stack.operation(id).input();
    start_again(&stack, id, &input).await;
    assert_eq!(completes_at(&stack, id).await, "stripe-main");

    let mut of_the_first_account = input.clone();
    of_the_first_account["merchant"] = json!("kg-main");
    start_again(&stack, id, &of_the_first_account).await;
    assert_eq!(completes_at(&stack, id).await, "stripe-main");

    let mut of_another_amount = input.clone();
    of_another_amount["amount"] = json!("700.00");
    start_again(&stack, id, &of_another_amount).await;
    is_refused_for(&stack, id, "amount").await;

    let mut not_for_the_fallback = input;
    let fields = not_for_the_fallback.as_object_mut().unwrap();
    fields.remove("payment_reference").unwrap();
    start_again(&stack, id, &not_for_the_fallback).await;
    is_refused_for(&stack, id, "payment_reference").await;

    let workflow = workflow_id(id);
    let runs = listed(&stack, &format!("WorkflowId = '{workflow}'")).await;
    let first = runs.last().unwrap()["execution"]["runId"].as_str().unwrap();
    let reset = "workflow reset --type FirstWorkflowTask --reason test";
    cli(&stack, &format!("{reset} -w {workflow} -r {first}")).await;
    assert_eq!(completes_at(&stack, id).await, "stripe-main");
    assert!(stack.partner().ledger(id).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_an_earlier_start_submitted_has_no_way_to_the_fallback() {
    let id = "charged-before";
    let mut stack = with_fallback(builder()).await;
    stack.start_worker().await.unwrap();
    start_paid(&stack, id).await;
    assert_eq!(completes_at(&stack, id).await, "kg-main");

    change_worker_file(&stack, stack.partner().url(), UNREACHABLE);
    restart_worker(&mut stack).await;
    start_again(&stack, id, &stack.operation(id).input()).await;
    assert_eq!(
        waits_at(&stack, id, "the fallback account waits").await,
        "kg-main"
    );
    assert!(!is_at_stripe(&stack, id).await);
    assert_eq!(stack.partner().ledger(id).await.unwrap().len(), 1);
}

/// Without its record another start of the request could charge again. Without the list of its runs
/// this one could be the other start.
#[rstest]
#[case::its_record(
    "limit.maxIDLength=82",
    "stripe-main",
    "it can't be recorded that the fallback account has taken over"
)]
#[case::the_list(
    "frontend.namespaceRPS.visibility=0",
    "kg-main",
    "the fallback account waits: Temporal gives no list of its runs in time"
)]
#[tokio::test]
async fn while_temporal_refuses_what_the_fallback_needs_nothing_is_sent_to_it(
    #[case] setting: &str,
    #[case] account: &str,
    #[case] why: &str,
) {
    let mut stack = with_fallback(builder().temporal_setting(setting).temporal_on_disk()).await;
    change_worker_file(&stack, stack.partner().url(), UNREACHABLE);
    // A limit of 0 lets one list pass.
    cli(&stack, "workflow list").await;
    // The workflow id of a payment is then shorter than 82, and that of its record longer.
    let id = "i".repeat(62);
    start_paid(&stack, &id).await;
    stack.start_worker().await.unwrap();
    assert_eq!(waits_at(&stack, &id, why).await, account);
    assert!(!is_at_stripe(&stack, &id).await);

    stack.stop_worker().await.unwrap();
    restart_temporal_without_limits(&mut stack).await;
    stack.start_worker().await.unwrap();
    assert_eq!(completes_at(&stack, &id).await, "stripe-main");
}

#[tokio::test]
async fn a_payment_that_was_reset_before_it_had_terms_has_no_fallback() {
    let id = "reset-early";
    let mut stack = with_fallback(builder()).await;
    change_worker_file(&stack, stack.partner().url(), UNREACHABLE);
    start_paid(&stack, id).await;
    // A run can be reset only to an event after its first task was scheduled: the signal is one.
    let signal = "workflow signal -w sky-payment-reset-early --name nothing";
    cli(&stack, signal).await;
    let reset = "workflow reset -w sky-payment-reset-early -e 3 --reason test";
    cli(&stack, reset).await;
    stack.start_worker().await.unwrap();
    let history = until("its terms are agreed on", async || {
        let history = history(&stack, id).await;
        history.contains("chosen_by").then_some(history)
    })
    .await;
    assert!(!history.contains("stripe-main"), "{history}");
}

/// The start failed as an invalid request that names this field.
async fn is_refused_for(stack: &Stack, id: &str, field: &str) {
    let refused = stack.payments_output(&["result", id]).await.unwrap();
    let words = String::from_utf8_lossy(&refused.stdout);
    assert!(words.contains(&format!("{field}: ")), "{words}");
}

/// As a client can that does not keep to the contract.
async fn start_again(stack: &Stack, id: &str, input: &Value) {
    start_raw(stack, "process_extra_payment", id, &input.to_string()).await;
}

/// The account at which it waits, once it says that it does so for this reason.
async fn waits_at(stack: &Stack, id: &str, why: &str) -> String {
    let state = until(why, async || {
        let state = state(stack, id).await;
        let error = state["last_error"].as_str()?;
        error.contains(why).then_some(state)
    })
    .await;
    state["account"]["merchant"].as_str().unwrap().to_owned()
}

async fn is_at_stripe(stack: &Stack, id: &str) -> bool {
    let ledger = stack.stripe().unwrap().whole_ledger().await.unwrap();
    ledger.iter().any(|it| it.request_id.as_deref() == Some(id))
}

/// On the same database, at another address.
async fn restart_temporal_without_limits(stack: &mut Stack) {
    stack.temporal_mut().kill();
    let on_disk = ServerOptions {
        on_disk: true,
        ..ServerOptions::default()
    };
    let started = TemporalServer::start(stack.folder(), on_disk).await;
    *stack.temporal_mut() = started.unwrap();
}

/// The account at which it is completed.
async fn completes_at(stack: &Stack, id: &str) -> String {
    let result = ends(stack, id, "completed").await;
    result["merchant"].as_str().unwrap().to_owned()
}

/// A payment of an account whose partner refuses connections, after its end.
pub(crate) async fn charged_by_the_fallback(id: &str) -> Stack {
    let mut stack = with_fallback(builder()).await;
    change_worker_file(&stack, stack.partner().url(), UNREACHABLE);
    stack.start_worker().await.unwrap();
    start_paid(&stack, id).await;
    assert_eq!(completes_at(&stack, id).await, "stripe-main");
    stack
}

/// Where nobody listens.
const UNREACHABLE: &str = "http://127.0.0.2:1";

/// An account of a partner that can be reached, and one at Stripe as its fallback; no worker yet.
async fn with_fallback(builder: Builder) -> Stack {
    let builder = builder.timings(stripe::TIMINGS).with_stripe();
    let stack = builder.workers(0).start().await.unwrap();
    let route = "country = \"KG\"\naccount = \"kg-main\"";
    let with_fallback = format!("{route}\nfallback = \"stripe-main\"");
    change_worker_file(&stack, route, &with_fallback);
    stack
}

/// Starts a payment whose order is paid at Stripe.
async fn start_paid(stack: &Stack, id: &str) {
    let operation = Operation::new(OperationKind::ExtraPayment, id);
    let operation = stack.stripe().unwrap().paid(operation, "840.00").await;
    start(stack, operation.unwrap()).await;
}
