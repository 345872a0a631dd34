//! Keys are rotated under open payments, without a restart: none is refused and none is lost.

mod many_open;

use std::fs;
use std::path::Path;

use harness::{Stack, Stripe};
use serde_json::{Value, json};

use crate::books::{
    builder, charge, ends, give_back, reaches, split, stack, start_raw, until, words,
};
use crate::keys::change_worker_file;
use crate::metrics::{scrape, value};

const OLD: &str = r#"{ id = "pay-1", file = "keys/pay-1.pem", not_after = "2126-11-24" }"#;

#[tokio::test]
async fn a_new_key_that_the_partner_does_not_know_yet_leaves_the_old_one_in_use_and_is_told() {
    let stack = stack().await;
    stack.make_key("payment", "pay-9").await.unwrap();
    let new = r#"{ id = "pay-9", file = "keys/pay-9.pem" }"#;
    change_worker_file(&stack, OLD, &format!("[{new}, {OLD}]"));
    knows(&stack, "pay-9").await;
    for id in ["one", "two"] {
        charge(&stack, id).await;
        ends(&stack, id, "completed").await;
    }
    let refused = |metrics: &str, key: &str| value(metrics, "sky_key_refused{", &[key]);
    let metrics = scrape(&stack).await;
    assert_eq!(refused(&metrics, "pay-9"), 1);
    assert_eq!(refused(&metrics, "pay-1"), 0);
    // It was tried once, and nobody is woken up for it.
    let calls = "sky_partner_requests_total{";
    assert_eq!(value(&metrics, calls, &["key_not_known"]), 1);
    assert_eq!(value(&metrics, "sky_partner_access_denials_total{", &[]), 0);

    // Once the partner knows it, reading the keys anew tries it again.
    stack.tell_partner_of_key("payment", "pay-9").await.unwrap();
    stack.partner_forgets_key("payment", "pay-1").await.unwrap();
    change_worker_file(&stack, &format!("[{new}, {OLD}]"), new);
    until("the key is not refused any more", async || {
        (refused(&scrape(&stack).await, "pay-9") == 0).then_some(())
    })
    .await;
    charge(&stack, "three").await;
    ends(&stack, "three", "completed").await;
}

#[tokio::test]
async fn keys_that_cannot_be_read_anew_leave_the_ones_before_in_use() {
    let stack = stack().await;
    let stale = async |wanted: u64| {
        until("the metric says so", async || {
            let metrics = scrape(&stack).await;
            (value(&metrics, "sky_keys_stale ", &[]) == wanted).then_some(())
        })
        .await;
    };
    let key = stack.folder().join("keys/pay-1.pem");
    let sound = fs::read(&key).unwrap();
    fs::write(&key, "half of a k").unwrap();
    stale(1).await;
    charge(&stack, "meanwhile").await;
    ends(&stack, "meanwhile", "completed").await;
    give_back(&stack, "back").await;
    ends(&stack, "back", "completed").await;
    assert!(stack.logs().unwrap().contains("pay-1.pem does not hold"));
    fs::write(&key, sound).unwrap();
    stale(0).await;
    // The configuration may come before the key that it names, as in Kubernetes.
    let new = r#"{ id = "pay-2", file = "keys/pay-2.pem" }"#;
    change_worker_file(&stack, OLD, &format!("[{new}, {OLD}]"));
    stale(1).await;
    stack.new_key("payment", "pay-2").await.unwrap();
    knows(&stack, "pay-2").await;
    stale(0).await;
}

#[tokio::test]
async fn a_key_is_tried_before_it_serves() {
    let stack = stack().await;
    stack.make_key("payment", "pay-2").await.unwrap();
    let next = r#"{ id = "pay-2", file = "keys/pay-2.pem", not_before = "2126-01-01" }"#;
    change_worker_file(&stack, OLD, &format!("[{OLD}, {next}]"));
    let try_key = async |arguments: &str| worker(&stack, &format!("try-key {arguments}")).await;
    let pay_2 = "--merchant kg-main --purpose payment --key-id pay-2";
    let (unknown, words) = try_key(pay_2).await;
    assert_eq!(unknown, Some(1));
    assert!(
        words.contains("key pay-2: the partner denies us access: key_unknown"),
        "{words}"
    );
    stack.tell_partner_of_key("payment", "pay-2").await.unwrap();
    let (known, words) = try_key(pay_2).await;
    assert_eq!(known, Some(0), "{words}");
    assert!(
        words.contains("key pay-2: the partner accepts it"),
        "{words}"
    );
    let (serving, words) = try_key("--merchant kg-main --purpose reversal").await;
    assert_eq!(serving, Some(0), "{words}");
    assert!(words.contains("key rev-1"), "{words}");
    let pay_3 = "--merchant kg-main --purpose payment --key-id pay-3";
    let (none, words) = try_key(pay_3).await;
    assert_eq!(none, Some(1));
    assert!(
        words.contains("there are pay-1, pay-2") || words.contains("pay-2, pay-1"),
        "{words}"
    );
    assert!(stack.partner().operations().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_key_for_both_purposes_stops_a_worker_and_its_check() {
    let mut stack = stack().await;
    change_worker_file(&stack, "keys/rev-1.pem", "keys/pay-1.pem");
    let (code, words) = worker(&stack, "check").await;
    assert_eq!(code, Some(78));
    let problem = "worker.toml: accounts.kg-main.reversal_key: key \"rev-1\": file: holds the same \
                   key as accounts.kg-main.payment_key, key \"pay-1\"";
    assert!(words.contains(problem), "{words}");
    stack.stop_worker().await.unwrap();
    let error = stack.start_worker().await.unwrap_err().to_string();
    assert!(
        error.contains("exit status: 78") && error.contains(problem),
        "{error}"
    );
}

#[tokio::test]
async fn keys_at_stripe_are_rotated_under_open_payments() {
    let stripe = Stripe::start().await.unwrap();
    let mut stack = builder().workers(0).start().await.unwrap();
    let file = |path: &Path| format!("{{ file = \"{}\" }}", path.display());
    let (old, reversal) = (
        file(&stripe.payment_key_file()),
        file(&stripe.reversal_key_file()),
    );
    let account = format!(
        "[accounts.stripe]\npartner = \"stripe\"\npartner_url = \"{}\"\npayment_key = {old}\n\
         reversal_key = {reversal}\n\n[[routes]]",
        stripe.url()
    );
    change_worker_file(&stack, "[[routes]]", &account);
    stack.start_worker().await.unwrap();
    for id in ["open-1", "open-2"] {
        pay_at_stripe(&stack, &stripe, id, "pm_usBankAccount_processing").await;
        reaches(&stack, id, "awaiting_completion").await;
    }
    // Nobody knows the newest key; the old one goes on.
    let unknown = stack.folder().join("unknown-key");
    // A copy, for its mode.
    fs::copy(stripe.payment_key_file(), &unknown).unwrap();
    fs::write(&unknown, "rk_test_unknown").unwrap();
    let new = stripe.new_payment_key("new-key").await.unwrap();
    change_worker_file(&stack, &old, &format!("[{}, {old}]", file(&unknown)));
    knows(&stack, "unknown-key").await;
    pay_at_stripe(&stack, &stripe, "unknown", "pm_card_visa").await;
    completes(&stack, "unknown").await;
    let metrics = scrape(&stack).await;
    assert_eq!(value(&metrics, "sky_key_refused{", &["unknown-key"]), 1);

    let list = format!("[{}, {old}]", file(&unknown));
    change_worker_file(&stack, &list, &format!("[{}, {old}]", file(&new)));
    knows(&stack, "new-key").await;
    // What was asked with the old one has arrived when this has ended.
    pay_at_stripe(&stack, &stripe, "between", "pm_card_visa").await;
    completes(&stack, "between").await;
    stripe.remove_key(&stripe.payment_key_file()).await.unwrap();
    pay_at_stripe(&stack, &stripe, "after", "pm_card_visa").await;
    completes(&stack, "after").await;
    for id in ["open-1", "open-2"] {
        stripe.settle_payment(id, true).await.unwrap();
        completes(&stack, id).await;
    }
    for id in ["open-1", "open-2", "unknown", "between", "after"] {
        let moved = stripe.ledger(id).await.unwrap();
        assert_eq!(moved.len(), 1, "{id}: {moved:?}");
    }
    let metrics = scrape(&stack).await;
    assert_eq!(value(&metrics, "sky_partner_access_denials_total{", &[]), 0);
}

/// Waits until the worker has read a key.
async fn knows(stack: &Stack, key_id: &str) {
    until(&format!("the worker knows {key_id}"), async || {
        let label = format!("key_id=\"{key_id}\"");
        scrape(stack).await.contains(&label).then_some(())
    })
    .await;
}

/// Charges the card of an order that was paid at Stripe.
async fn pay_at_stripe(stack: &Stack, stripe: &Stripe, id: &str, card: &str) {
    let order_id = format!("o-{id}");
    let order = stripe.pay_order(&order_id, 50_000, "usd", card).await;
    let input = json!({
        "request_id": id, "order_id": order_id, "amount": "125.50", "currency": "USD",
        "merchant": "stripe", "payment_reference": order.unwrap().payment_intent,
    });
    start_raw(stack, "process_extra_payment", id, &input.to_string()).await;
}

async fn completes(stack: &Stack, id: &str) {
    let wait = ["wait", id, "--timeout", "60s"];
    let result: Value = stack.payments(&wait).await.unwrap();
    assert_eq!(result["outcome"], "completed", "{result}");
}

/// Runs a command of `sky-worker` about the stack's configuration; returns its exit code and all of its
/// output.
pub(crate) async fn worker(stack: &Stack, arguments: &str) -> (Option<i32>, String) {
    let arguments = [&split(arguments)[..], &["--config", "worker.toml"]].concat();
    let output = stack.worker_verb(&arguments).await.unwrap();
    (output.status.code(), words(&output))
}
