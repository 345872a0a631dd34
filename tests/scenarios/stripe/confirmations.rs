//! A payment is confirmed once, by the id that was recorded. When in doubt it is cancelled.

use harness::{OperationKind, Timings};
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    TIMINGS, calls, charge, charge_card, fault, in_osh, is_asked_about, paid, payment, stack,
};
use crate::books::{self, builder, ends, history, needs_attention, reaches, start};
use crate::operators::resolve;

#[tokio::test]
async fn each_city_goes_to_its_partner_and_a_payment_at_stripe_is_recorded_in_two_steps() {
    let stack = stack().await;
    charge(&stack, "osh").await;
    books::charge(&stack, "bishkek").await;
    let order = paid(&stack, "almaty", "pm_card_visa").await;
    let asked = in_osh(OperationKind::ExtraPayment, "almaty", &order);
    start(&stack, asked.in_city("KZ", "Almaty")).await;

    let result = ends(&stack, "osh", "completed").await;
    assert_eq!(result["merchant"], "stripe-main");
    for (id, merchant) in [("almaty", "stripe-main"), ("bishkek", "kg-main")] {
        assert_eq!(ends(&stack, id, "completed").await["merchant"], merchant);
    }
    let history = history(&stack, "osh").await;
    let prepared = history.find("\"report\":\"prepared\"").unwrap();
    let answered = history.find("\"report\":\"answered\"").unwrap();
    assert!(prepared < answered);
    let id = payment(&stack, "osh").await["id"].clone();
    assert_eq!(result["partner_payment_id"], id);
    let confirmed = calls(&stack, "confirm_payment_intent").await;
    let keys = confirmed.iter().map(|call| &call["idempotency_key"]);
    let keys: Vec<&Value> = keys.collect();
    assert!(
        keys.contains(&&json!("sky-payment-osh/confirm")),
        "{keys:?}"
    );
    assert_eq!(keys.len(), 2);
}

#[rstest]
#[case::for_want_of_money("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds")]
#[case::lost("pm_card_visa_chargeDeclinedLostCard", "lost_card")]
#[case::expired("pm_card_chargeDeclinedExpiredCard", "expired_card")]
#[case::needs_the_rider("pm_card_authenticationRequired", "authentication_required")]
#[tokio::test]
async fn a_declined_payment_is_sealed_so_that_no_other_card_can_pay_it(
    #[case] card: &str,
    #[case] code: &str,
) {
    let stack = stack().await;
    charge_card(&stack, "declined", card).await;
    let result = ends(&stack, "declined", "declined").await;
    assert_eq!(result["decline_code"], code);
    assert_eq!(payment(&stack, "declined").await["status"], "canceled");
}

/// Cancelling clears the payment's last error; the failed charge keeps the code.
#[tokio::test]
async fn the_decline_code_is_told_though_the_answer_after_sealing_is_lost() {
    let stack = stack().await;
    let lost = json!({ "on": "retrieve_payment_intent", "kind": "reset" });
    fault(&stack, "declined", lost).await;
    let card = "pm_card_visa_chargeDeclinedInsufficientFunds";
    charge_card(&stack, "declined", card).await;
    let result = ends(&stack, "declined", "declined").await;
    assert_eq!(result["decline_code"], "insufficient_funds");
}

/// The answer says nothing of what was done.
#[rstest]
#[case::conflict(json!({ "kind": { "status": 409 } }))]
#[case::failed_dependency(json!({ "kind": { "status": 424 } }))]
#[case::server_error(json!({ "kind": { "status": 500 } }))]
#[case::unavailable(json!({ "kind": { "status": 503, "body": "html" } }))]
#[case::declined_but_to_be_repeated(json!({ "kind": { "status": 402 }, "should_retry": true }))]
#[case::refused_but_to_be_repeated(json!({ "kind": { "status": 400 }, "should_retry": true }))]
#[case::reset(json!({ "kind": "reset" }))]
#[tokio::test]
async fn a_confirmation_in_doubt_is_looked_up_and_cancelled_if_nothing_was_done(
    #[case] doubt: Value,
    #[values(false, true)] executed: bool,
) {
    let stack = stack().await;
    let mut confirm = doubt;
    confirm["on"] = json!("confirm_payment_intent");
    confirm["executed"] = json!(executed);
    fault(&stack, "doubt", confirm).await;
    charge(&stack, "doubt").await;
    if executed {
        ends(&stack, "doubt", "completed").await;
    } else {
        let result = ends(&stack, "doubt", "declined").await;
        assert_eq!(result["decline_code"], "canceled");
    }
    assert_eq!(calls(&stack, "confirm_payment_intent").await.len(), 1);
}

#[tokio::test]
async fn a_confirmation_that_still_runs_is_waited_for() {
    let stack = stack().await;
    // It can't be cancelled meanwhile (429 `lock_timeout`).
    let slow = json!({ "on": "confirm_payment_intent", "takes": "15s" });
    fault(&stack, "slow", slow).await;
    charge(&stack, "slow").await;
    ends(&stack, "slow", "completed").await;
    let cancelled = calls(&stack, "cancel_payment_intent").await;
    assert!(
        cancelled.iter().any(|call| call["code"] == "lock_timeout"),
        "{cancelled:?}"
    );
}

/// It may still be paid, so that is not the partner's silence.
#[tokio::test]
async fn a_payment_that_cannot_be_cancelled_yet_is_not_declined_by_hand() {
    let timings = Timings {
        needs_attention_after: "5s",
        attention_check: "1h",
        ..TIMINGS
    };
    let stack = builder().timings(timings).with_stripe();
    let stack = stack.start().await.unwrap();
    let lost = json!({ "on": "confirm_payment_intent", "kind": { "status": 500 } });
    let locked = json!({ "on": "cancel_payment_intent", "kind": { "status": 429 }, "times": 0 });
    for lost_or_locked in [lost, locked] {
        fault(&stack, "locked", lost_or_locked).await;
    }
    charge(&stack, "locked").await;
    needs_attention(&stack, "locked", "could not be cancelled yet").await;
    let declined = json!({ "as": "declined", "operator": "ann", "reason": "x" });
    let refusal = resolve(&stack, "locked", declined).await.unwrap_err();
    assert!(
        refusal.contains("it could not be cancelled yet: rate_limited"),
        "{refusal}"
    );
    stack.stripe().unwrap().set_faults(json!([])).await.unwrap();
    stack.payments(&["check-now", "locked"]).await.unwrap();
    ends(&stack, "locked", "declined").await;
}

#[rstest]
#[case::before_it_is_asked("100ms", "completed")]
#[case::after_it_was_cancelled("6s", "declined")]
#[tokio::test]
async fn a_500_that_stripe_rolls_forward_later_has_one_end(
    #[case] rolls_forward_after: &str,
    #[case] outcome: &str,
) {
    let stack = stack().await;
    let forward = json!({ "on": "confirm_payment_intent", "kind": { "status": 500 },
        "saved": true, "rolls_forward_after": rolls_forward_after });
    fault(&stack, "forward", forward).await;
    charge(&stack, "forward").await;
    ends(&stack, "forward", outcome).await;
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    ends(&stack, "forward", outcome).await;
}

#[rstest]
#[case::with_a_pause(json!({ "status": 429, "retry_after": 2 }))]
#[case::without_a_pause(json!({ "status": 429 }))]
#[tokio::test]
async fn a_confirmation_that_was_one_call_too_many_is_made_again(#[case] kind: Value) {
    let stack = stack().await;
    let too_many = json!({ "on": "confirm_payment_intent", "kind": kind });
    fault(&stack, "many", too_many).await;
    charge(&stack, "many").await;
    ends(&stack, "many", "completed").await;
    assert_eq!(calls(&stack, "confirm_payment_intent").await.len(), 2);
}

#[rstest]
#[case::and_then_succeeds(true, "completed")]
#[case::and_then_fails(false, "declined")]
#[tokio::test]
async fn a_payment_that_is_processing_for_a_while_is_waited_for(
    #[case] succeeds: bool,
    #[case] outcome: &str,
) {
    let stack = stack().await;
    charge_card(&stack, "slow", "pm_usBankAccount_processing").await;
    reaches(&stack, "slow", "awaiting_completion").await;
    is_asked_about(&stack, "slow").await;
    let stripe = stack.stripe().unwrap();
    stripe.settle_payment("slow", succeeds).await.unwrap();
    let result = ends(&stack, "slow", outcome).await;
    if !succeeds {
        assert_eq!(result["decline_code"], "insufficient_funds");
        assert_eq!(payment(&stack, "slow").await["status"], "canceled");
    }
}
