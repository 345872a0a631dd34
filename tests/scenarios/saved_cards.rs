//! Saved cards: the partner tells the gateway, procaas gets each once, and no card number is
//! stored.

use std::fs;

use callback_token::CallbackSecret;
use harness::{Stack, TakenCard, Timings};
use jiff::Timestamp;
use serde_json::{Value, json};
use workflows::contract::ids::RequestId;
use workflows::contract::saved_card::SavedCard;

use crate::books::{QUICK, builder, charge, describe, ends, events, stack, until};
use crate::metrics::scrape;

/// A number that no card has, with a valid check digit.
const WHOLE_NUMBER: &str = "4000000000000002";

#[tokio::test]
async fn saved_cards_are_404_unless_they_are_configured() {
    let stack = stack().await;
    let address = stack.saved_card_address().await.unwrap();
    assert_eq!(tell(&stack, &address, &card("o-1"), 1).await, [404]);
}

#[tokio::test]
async fn a_saved_card_is_handed_over_once_however_often_it_is_told() {
    // An answer of procaas that is late on a busy machine would be a lost one.
    let timings = Timings {
        request_timeout: "10s",
        ..QUICK
    };
    let stack = builder().timings(timings).saved_cards();
    let stack = stack.start().await.unwrap();
    let address = stack.saved_card_address().await.unwrap();
    assert_eq!(tell(&stack, &address, &card("o-1"), 5).await, [200; 5]);
    let taken = taken(&stack, 1).await;
    assert_eq!(taken[0].order_id, "o-1");
    assert_eq!(taken[0].card_binding_id, "cb-o-1");
    assert_eq!(taken[0].masked_pan, "400000******0002");
    assert_eq!(taken[0].expires_at.as_deref(), Some("2029-04"));
    assert_eq!(taken[0].idempotency_key, saved_card("o-1").key());

    closes(&stack, "o-1").await;
    assert_eq!(tell(&stack, &address, &card("o-1"), 2).await, [200; 2]);
    assert_eq!(tell(&stack, &address, &card("o-2"), 1).await, [200]);
    closes(&stack, "o-2").await;
    let taken = self::taken(&stack, 2).await;
    assert!(taken.iter().all(|card| card.repeats == 0), "{taken:?}");

    // Neither the address's token nor the card's details are where they are not needed.
    let (_, token) = address.split_once("token=").unwrap();
    let history = events(&stack, &saved_card("o-1").workflow_id())
        .await
        .unwrap();
    assert!(!history.to_string().contains(token));
    let attributes =
        history[0]["workflowExecutionStartedEventAttributes"]["searchAttributes"].to_string();
    let written = stack.logs().unwrap() + &attributes;
    for text in [token, "cb-o-1", "400000", "2029-04"] {
        let ours = |line: &&str| !line.starts_with("partner") && !line.starts_with("procaas");
        let found = written
            .lines()
            .filter(ours)
            .find(|line| line.contains(text));
        assert_eq!(found, None, "{text}");
    }
}

#[tokio::test]
async fn procaas_gets_a_saved_card_once_though_it_was_away_and_the_worker_was_killed() {
    let mut stack = builder().saved_cards().start().await.unwrap();
    let address = stack.saved_card_address().await.unwrap();
    stack.procaas().unwrap().set_down(true).await.unwrap();
    assert_eq!(tell(&stack, &address, &card("o-1"), 1).await, [200]);
    let id = saved_card("o-1").workflow_id();
    let failure = until("it was tried in vain", async || {
        let tries = pending(&stack, &id).await?;
        (tries["attempt"].as_u64()? > 1).then(|| tries["lastFailure"].to_string())
    })
    .await;
    assert!(failure.contains("procaas answered 503"), "{failure}");

    // After its deadline it is visible, and continues.
    needs_attention(&stack).await;
    until("a worker counts it", async || {
        let metrics = scrape(&stack).await;
        let counted = r#"sky_open_operations{operation="saved_card",phase="needs_attention""#;
        let mut lines = metrics.lines().filter(|line| line.starts_with(counted));
        lines.next()?.ends_with(" 1").then_some(())
    })
    .await;

    stack.kill_worker().unwrap();
    let procaas = stack.procaas().unwrap();
    procaas.lose_answers(1).await.unwrap();
    stack.start_worker().await.unwrap();
    closes(&stack, "o-1").await;
    let taken = taken(&stack, 1).await;
    assert!(taken[0].repeats >= 1, "its first answer was lost");
}

#[tokio::test]
async fn a_token_is_good_for_its_own_address_alone() {
    let stack = builder().saved_cards().start().await.unwrap();
    charge(&stack, "paid").await;
    ends(&stack, "paid", "completed").await;
    let address = stack.saved_card_address().await.unwrap();
    let (place, token) = address.split_once("?token=").unwrap();
    let secret = fs::read(stack.folder().join("callback-secret")).unwrap();
    let secret = CallbackSecret::new("demo", &secret).unwrap();
    let payments = secret.issue(&RequestId::parse("paid").unwrap(), Timestamp::now());
    // Not its last character: that one carries two bits that are not read.
    let (head, signature) = token.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{head}.{other}{}", &signature[1..]);
    for query in [
        String::new(),
        "?token=".to_owned(),
        format!("?token={payments}"),
        format!("?token={forged}"),
        format!("?token={token}&token={token}"),
    ] {
        let address = format!("{place}{query}");
        assert_eq!(
            tell(&stack, &address, &card("o-1"), 1).await,
            [403],
            "{query}"
        );
    }
    let payments = format!(
        "{}/v1/on_payment_completed?token={token}",
        stack.gateway_url()
    );
    let paid = json!({ "request_id": "paid" });
    assert_eq!(tell(&stack, &payments, &paid, 1).await, [403]);
    let procaas = stack.procaas().unwrap();
    assert!(procaas.saved_cards().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_whole_card_number_is_refused_and_written_nowhere() {
    let stack = builder().saved_cards().start().await.unwrap();
    let address = stack.saved_card_address().await.unwrap();
    let spaced = "4000 0000 0000 0002";
    for (field, value) in [
        ("maskedPan", WHOLE_NUMBER),
        ("maskedPan", spaced),
        ("cardBindingId", WHOLE_NUMBER),
        ("orderId", WHOLE_NUMBER),
        ("expiresAt", WHOLE_NUMBER),
    ] {
        let mut told = card("o-1");
        told[field] = json!(value);
        assert_eq!(
            tell(&stack, &address, &told, 1).await,
            [400],
            "{field}: {value}"
        );
    }
    // Fields that are not needed are not stored, whatever they are.
    let mut told = card("o-1");
    told["pan"] = json!(WHOLE_NUMBER);
    told["holder"] = json!("A HOLDER");
    assert_eq!(tell(&stack, &address, &told, 1).await, [200]);
    closes(&stack, "o-1").await;
    let history = events(&stack, &saved_card("o-1").workflow_id())
        .await
        .unwrap();
    let started = stack.temporal().cli(&["workflow", "list"]).await.unwrap();
    let taken = format!("{:?}", taken(&stack, 1).await);
    let written = [
        stack.logs().unwrap(),
        history.to_string(),
        started.to_string(),
        taken,
    ]
    .concat();
    for text in [WHOLE_NUMBER, spaced, "A HOLDER"] {
        assert!(!written.contains(text), "{text}");
    }
}

/// What the partner says of a card that was saved with this order.
pub(crate) fn card(order: &str) -> Value {
    json!({
        "orderId": order, "cardBindingId": format!("cb-{order}"),
        "maskedPan": "400000******0002", "expiresAt": "2029-04",
    })
}

/// The same in our words.
pub(crate) fn saved_card(order: &str) -> SavedCard {
    let binding = format!("cb-{order}");
    SavedCard::parse(order, &binding, "400000******0002", Some("2029-04")).unwrap()
}

pub(crate) async fn tell(stack: &Stack, address: &str, card: &Value, times: u32) -> Vec<u16> {
    let told = stack
        .partner()
        .tell_of_saved_card(address, card, times)
        .await;
    told.unwrap()
}

/// Waits until one is found among what needs attention, as the documentation says how.
pub(crate) async fn needs_attention(stack: &Stack) {
    let query = r#"WorkflowType="record_saved_card" AND SkyPhase="needs_attention"
        AND CloseTime IS NULL"#;
    until("a saved card needs attention", async || {
        let list = ["workflow", "list", "--query", query];
        let found = stack.temporal().cli(&list).await.ok()?;
        (!found.as_array()?.is_empty()).then_some(())
    })
    .await;
}

/// Waits until the workflow of this order's card has ended well.
pub(crate) async fn closes(stack: &Stack, order: &str) {
    let id = saved_card(order).workflow_id();
    until(&format!("{order}'s card is handed over"), async || {
        let shown = describe(stack, &id).await.ok()?;
        let status = &shown["workflowExecutionInfo"]["status"];
        (status == "WORKFLOW_EXECUTION_STATUS_COMPLETED").then_some(())
    })
    .await;
}

/// What procaas took, which must be so many.
async fn taken(stack: &Stack, count: usize) -> Vec<TakenCard> {
    until(&format!("procaas has {count} cards"), async || {
        let taken = stack.procaas().unwrap().saved_cards().await.unwrap();
        (taken.len() == count).then_some(taken)
    })
    .await
}

/// The activity that waits to be tried again.
async fn pending(stack: &Stack, workflow: &str) -> Option<Value> {
    let shown = describe(stack, workflow).await.ok()?;
    Some(shown["pendingActivities"].as_array()?.first()?.clone())
}
