//! What must hold for any input. The fuzz targets call this, and so does a test of the gateway,
//! with every file of the corpus and mutations of it.

#![allow(dead_code, reason = "each fuzz target uses one of them")]

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, Uri};
use callback_gateway::callback::card_saved::CardSaved;
use callback_gateway::callback::head::only_token;
use callback_gateway::callback::payment_completed::PaymentCompleted;
use callback_gateway::configuration::{StripeAccount, StripeSecret};
use callback_gateway::webhook::event::Event;
use callback_gateway::webhook::signature;
use callback_token::{CallbackSecret, verify, verify_for_saved_cards};
use jiff::Timestamp;
use serde_json::Value;
use workflows::contract::ids::RequestId;
use workflows::contract::saved_card::holds_card_number;

/// A body is accepted only for what any other parser finds in it, and no complete card number is
/// kept.
pub(crate) fn of_body(data: &[u8]) {
    if let Ok(PaymentCompleted { request_id }) = PaymentCompleted::parse(data) {
        let read: Value = serde_json::from_slice(data).expect("what was taken is JSON");
        assert_eq!(read["request_id"], request_id.as_str());
        assert!(RequestId::parse(request_id.as_str()).is_ok());
    }
    if let Ok(card) = CardSaved::parse(data) {
        let read: Value = serde_json::from_slice(data).expect("what was taken is JSON");
        let kept = serde_json::to_value(&card).expect("it can be kept");
        for (theirs, ours) in [
            ("orderId", "order_id"),
            ("cardBindingId", "card_binding_id"),
            ("maskedPan", "masked_pan"),
            ("expiresAt", "expires_at"),
        ] {
            assert_eq!(read[theirs], kept[ours]);
            assert!(!holds_card_number(kept[ours].as_str().unwrap_or_default()));
        }
        assert!(card.workflow_id().len() < 64);
    }
}

/// A callback is accepted only with a token that was issued for it, letter by letter.
pub(crate) fn of_query(query: &[u8]) {
    let secrets = [b'a', b'b'].map(|id| {
        let id = char::from(id).to_string();
        CallbackSecret::new(&id, &[7; 32]).expect("a sound secret")
    });
    let Ok(query) = std::str::from_utf8(query) else {
        return;
    };
    let Ok(uri) = format!("/v1/on_payment_completed?{query}").parse::<Uri>() else {
        return;
    };
    let Some(token) = only_token(&uri) else {
        return;
    };
    let [paid, other] = ["r-1", "r-2"].map(|id| RequestId::parse(id).expect("a request id"));
    let is = |issue: &dyn Fn(&CallbackSecret) -> String| {
        assert!(
            secrets.iter().any(|secret| issue(secret) == token),
            "{token}"
        );
    };
    if let Some(issued) = verify(&secrets, token, &paid) {
        is(&|secret| secret.issue_in_trace(&paid, issued.issued_at, issued.trace_parent));
        assert!(verify(&secrets, token, &other).is_none());
        assert!(verify_for_saved_cards(&secrets, token).is_none());
    }
    if let Some(issued) = verify_for_saved_cards(&secrets, token) {
        is(&|secret| secret.issue_for_saved_cards(issued.issued_at));
        assert!(issued.issued_at >= Timestamp::UNIX_EPOCH);
        assert!(verify(&secrets, token, &paid).is_none());
    }
}

/// A header `Stripe-Signature` in the first line, and an event after it. The event is accepted only
/// for what any other parser finds in it, and the signature only if it was made with the secret, at
/// the time that it names.
pub(crate) fn of_webhook(data: &[u8]) {
    let (header, body) = match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[][..]),
    };
    if let Ok(Event { id, request_id }) = Event::parse(body, Some(true)) {
        let read: Value = serde_json::from_slice(body).expect("what was taken is JSON");
        assert_eq!(read["id"], id.as_str());
        assert_eq!(read["livemode"], true);
        let object = &read["data"]["object"];
        assert_eq!(object["metadata"]["request_id"], request_id.as_str());
        let kind = read["type"].as_str().expect("it has a type");
        assert_eq!(kind.split('.').next(), object["object"].as_str());
    }
    let Ok(header) = HeaderValue::from_bytes(header) else {
        return;
    };
    let account = StripeAccount {
        name: "main".to_owned(),
        secrets: vec![StripeSecret::new(&[b'7'; 32]).expect("a sound secret")],
        tolerance: Duration::from_secs(300),
        livemode: None,
    };
    let headers = HeaderMap::from_iter([(signature::HEADER, header.clone())]);
    let now = Timestamp::from_second(1_790_000_000).expect("a time");
    if signature::verify(&headers, body, &account, now).is_ok() {
        // Nobody without the secret can sign anything else.
        let header = header.to_str().expect("what was taken is ASCII");
        let parts: Vec<&str> = header.split(',').collect();
        assert!(
            parts.contains(&SIGNED_AT) && parts.contains(&SIGNATURE),
            "{header}"
        );
        assert_eq!(body, SIGNED);
    }
}

/// The one event of the corpus that is signed with the secret, and its signature.
const SIGNED: &[u8] = br#"{"id":"evt_1","livemode":true,"type":"refund.failed","data":{"object":{"id":"re_1","object":"refund","metadata":{"request_id":"r-1"}}}}"#;
const SIGNED_AT: &str = "t=1790000000";
const SIGNATURE: &str = "v1=de3dd556db498b38acf345a362e520a84794eabb3445a1e1b242f8a031c10781";
