//! Keys, clocks and deploys: what changes under open payments.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use harness::Stack;
use rstest::rstest;
use serde_json::json;

use crate::books::{
    charge, ends, give_back, history, needs_attention, pending, reaches, restart_worker,
    set_custom_scenario, stack, state, until,
};
use crate::operators::mismatch;

#[tokio::test]
async fn a_key_that_is_replaced_while_payments_are_open_finishes_them() {
    let mut stack = stack().await;
    pending(&stack, "open", "never").await;
    stack.new_key("payment", "pay-2").await.unwrap();
    change_worker_file(&stack, "pay-1", "pay-2");
    restart_worker(&mut stack).await;
    stack.partner().finish("open").await.unwrap();
    ends(&stack, "open", "completed").await;
    charge(&stack, "next").await;
    ends(&stack, "next", "completed").await;
}

#[tokio::test]
async fn a_new_key_that_the_partner_does_not_know_yet_moves_nothing_and_needs_attention() {
    let mut stack = stack().await;
    stack.make_key("payment", "pay-9").await.unwrap();
    change_worker_file(&stack, "pay-1", "pay-9");
    restart_worker(&mut stack).await;
    charge(&stack, "early").await;
    let waiting = needs_attention(&stack, "early", "key_unknown").await;
    assert_eq!(waiting["cause"], "access_denied");
    assert_eq!(waiting["at_stake"], "nothing_sent");
    stack.tell_partner_of_key("payment", "pay-9").await.unwrap();
    ends(&stack, "early", "completed").await;
}

#[rstest]
#[case::missing(None, "there is no such file; create it")]
#[case::readable_by_others(Some(0o644), "chmod 600")]
#[tokio::test]
async fn with_a_key_file_that_cannot_be_used_no_worker_starts_and_the_file_is_named(
    #[case] mode: Option<u32>,
    #[case] fix: &str,
) {
    let mut stack = stack().await;
    let key = stack.folder().join("keys/pay-1.pem");
    match mode {
        Some(mode) => fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap(),
        None => fs::remove_file(&key).unwrap(),
    }
    stack.stop_worker().await.unwrap();
    let error = stack.start_worker().await.unwrap_err().to_string();
    assert!(error.contains("exit status: 78"), "{error}");
    assert!(error.contains("pay-1.pem"), "{error}");
    assert!(error.contains(fix), "{error}");
}

#[tokio::test]
async fn keys_in_each_others_place_move_nothing_and_need_attention() {
    let mut stack = stack().await;
    change_worker_file(&stack, "payment_key", "swapped_key");
    change_worker_file(&stack, "reversal_key", "payment_key");
    change_worker_file(&stack, "swapped_key", "reversal_key");
    restart_worker(&mut stack).await;
    charge(&stack, "swapped").await;
    give_back(&stack, "swapped-too").await;
    for id in ["swapped", "swapped-too"] {
        needs_attention(&stack, id, "key_purpose_mismatch").await;
        assert!(stack.partner().ledger(id).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_changed_configuration_changes_nothing_for_a_payment_that_runs() {
    let mut stack = stack().await;
    let open = json!({ "never_completes": true, "callback": { "when": "never" } });
    set_custom_scenario(&stack, "runs", open).await;
    give_back(&stack, "runs").await;
    reaches(&stack, "runs", "awaiting_completion").await;
    // If the file were read again, this would make it wait for an hour.
    change_worker_file(&stack, "longest_pause = \"2s\"", "longest_pause = \"2h\"");
    change_worker_file(
        &stack,
        "needs_attention_after = \"20s\"",
        "needs_attention_after = \"2h\"",
    );
    change_worker_file(&stack, "first_check = \"1s\"", "first_check = \"1h\"");
    restart_worker(&mut stack).await;
    stack.partner().finish("runs").await.unwrap();
    ends(&stack, "runs", "completed").await;
}

#[rstest]
#[case::behind(600)]
#[case::ahead(-600)]
#[tokio::test]
async fn with_a_clock_that_is_ten_minutes_off_nothing_moves_and_an_operator_is_told(
    #[case] partner_ahead_seconds: i32,
) {
    let stack = stack().await;
    let partner = stack.partner();
    partner.set_clock(partner_ahead_seconds).await.unwrap();
    charge(&stack, "clock").await;
    let waiting = needs_attention(&stack, "clock", "timestamp_skewed").await;
    assert_eq!(waiting["at_stake"], "nothing_sent");
    assert!(partner.ledger("clock").await.unwrap().is_empty());
    partner.set_clock(0).await.unwrap();
    ends(&stack, "clock", "completed").await;
}

#[tokio::test]
async fn what_needs_attention_says_what_is_at_stake_and_what_is_safe() {
    let stack = stack().await;
    mismatch(&stack, "odd").await;
    // Once the partner has said how it ended.
    let odd = until("it may be given up", async || {
        let odd = state(&stack, "odd").await;
        let has_ended = odd["last_heard"]["words"].as_str()?.contains("completed");
        let may_be_given_up = odd["actions"].to_string().contains("resolve_as_abandoned");
        (has_ended && may_be_given_up).then_some(odd)
    })
    .await;
    assert_eq!(odd["at_stake"], "outcome_open");
    let actions = odd["actions"].as_array().unwrap();
    let listed = actions.iter().map(|advice| &advice["action"]);
    assert_eq!(
        listed.collect::<Vec<_>>(),
        ["check_now", "wait", "resolve_as_abandoned"]
    );
    let given_up = actions[2]["because"].as_str().unwrap();
    assert!(
        given_up.contains("130.00 KGS") && given_up.contains("Billing is not told"),
        "{given_up}"
    );
    let history = history(&stack, "odd").await;
    assert!(history.contains("needs_attention (sent, outcome open): amount: asked 125.50 KGS"));
}

pub(crate) fn change_worker_file(stack: &Stack, from: &str, to: &str) {
    let path = stack.folder().join("worker.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    fs::write(path, text.replace(from, to)).unwrap();
}
