//! Malicious requests to the address of saved cards. All except those about the token carry the
//! correct one, so that anything that gets through starts a workflow.

use std::sync::OnceLock;

use workflows::contract::saved_card::SavedCard;

use super::super::process::saved_card_token;
use super::super::wire::{callback, post};
use super::{Kind, VICTIM, kind, right_token};

/// Numbers that no card has, whose last digit checks the others.
pub(super) const WHOLE_NUMBERS: [&str; 4] = [
    "4000000000000002",
    "4000 0000 0000 0002",
    "4000-0000-0000-0002",
    "6304000000000000000",
];

const CARD: &str = r#"{"orderId":"victim","cardBindingId":"cb-7","maskedPan":"400000******0002","expiresAt":"2029-04"}"#;

/// A card that was saved with this order, as the partner tells it.
pub(super) fn good(order: &str) -> String {
    with_body(&CARD.replace("victim", order))
}

/// The id of the workflow that hands this card over.
pub(super) fn workflow_id(order: &str) -> String {
    let card = SavedCard::parse(order, "cb-7", "400000******0002", Some("2029-04"));
    card.unwrap().workflow_id()
}

pub(super) fn kinds() -> Vec<Kind> {
    [
        requests(),
        tokens(),
        objects(),
        names(),
        numbers_that_are_not_hidden(),
    ]
    .concat()
}

fn requests() -> Vec<Kind> {
    let path = |path: &str| with("/v1/on_card_saved?", path);
    let long = CARD.replace("cb-7", &"7".repeat(4_096));
    vec![
        kind("GET", with("POST", "GET"), 405),
        kind("a slash at the end", path("/v1/on_card_saved/?"), 404),
        kind("capitals in the path", path("/v1/on_Card_saved?"), 404),
        kind("no Host", with("Host: gateway\r\n", ""), 400),
        kind("a form", with("application/json", "text/plain"), 415),
        kind("a body that is too long", with_body(&long), 413),
        kind("a body shorter than its length", with("\"}", ""), 408),
    ]
}

fn tokens() -> Vec<Kind> {
    let right = right_saved_card_token();
    let wrong = |what, token: &str| kind(what, with(right, token), 403);
    let (id_and_time, mac) = right.rsplit_once('.').unwrap();
    let (id, time) = id_and_time.split_once('.').unwrap();
    vec![
        kind("no query", with(&format!("?token={right}"), ""), 403),
        wrong("an empty token", ""),
        wrong("a payment's token", right_token()),
        wrong("the token twice", &format!("{right}&token={right}")),
        wrong("another time", &format!("{id}.1{time}.{mac}")),
        wrong("no mac", &format!("{id_and_time}.")),
        wrong("a mac that goes on", &format!("{right}A")),
        wrong("a secret nobody knows", &format!("x.{time}.{mac}")),
        kind(
            "the address's token at a payment",
            callback(right, VICTIM),
            403,
        ),
    ]
}

fn objects() -> Vec<Kind> {
    let body = |what, body: &str| kind(what, with_body(body), 400);
    let field = |what, field: &str| body(what, &CARD.replacen('{', &format!("{{{field},"), 1));
    vec![
        body("nothing", ""),
        body("an array", &format!("[{CARD}]")),
        body("two cards", &CARD.repeat(2)),
        body(
            "the fields in our own words",
            &CARD.replace("orderId", "order_id"),
        ),
        body("a payment's callback", r#"{"request_id":"victim"}"#),
        field("the order twice", r#""orderId":"victim""#),
        field(
            "the order twice, once escaped",
            r#""order\u0049d":"victim""#,
        ),
        field(
            "the masked number twice",
            r#""maskedPan":"4000000000000002""#,
        ),
        field("another field twice", r#""a":1,"a":2"#),
    ]
}

fn names() -> Vec<Kind> {
    let instead = |what, old: &str, new: &str| {
        assert!(CARD.contains(old), "{old:?} stands in no card");
        kind(what, with_body(&CARD.replacen(old, new, 1)), 400)
    };
    let long = |length| format!("\"{}\"", "x".repeat(length));
    vec![
        instead("no order", r#""orderId":"victim","#, ""),
        instead("an order that is a number", r#""victim""#, "7"),
        instead("an empty order", r#""victim""#, r#""""#),
        instead("an order of 65 characters", r#""victim""#, &long(65)),
        instead("an order with a line break", "victim", "victim\\n"),
        instead("no binding", r#""cardBindingId":"cb-7","#, ""),
        instead("a binding that is null", r#""cb-7""#, "null"),
        instead("a binding that is a list", r#""cb-7""#, r#"["cb-7"]"#),
        instead("a binding with a blank", "cb-7", "cb 7"),
        instead("a binding with a NUL", "cb-7", "cb-7\\u0000"),
        instead("a binding in other letters", "cb-7", "\u{441}b-7"),
        instead("a binding of 65 characters", r#""cb-7""#, &long(65)),
        instead("an expiry that is a number", r#""2029-04""#, "202904"),
        instead("an empty expiry", "2029-04", ""),
        instead("an expiry of 33 characters", r#""2029-04""#, &long(33)),
    ]
}

fn numbers_that_are_not_hidden() -> Vec<Kind> {
    let [plain, spaced, dashed, longest] = WHOLE_NUMBERS;
    let masked = |what, number: &str| {
        let body = CARD.replace("400000******0002", number);
        kind(what, with_body(&body), 400)
    };
    let instead = |what, old: &str| kind(what, with_body(&CARD.replace(old, plain)), 400);
    vec![
        masked("a whole number", plain),
        masked("a whole number with blanks", spaced),
        masked("a whole number with dashes", dashed),
        masked("a whole number of 19 digits", longest),
        masked("a whole number and a mask", &format!("****{plain}")),
        masked("a whole number beside its mask", &format!("{plain} ****")),
        masked("a whole number in escapes", "\\u0034000000000000002"),
        masked("a whole number that Luhn does not know", "4000000000000001"),
        masked("three digits hidden", "400000000***0002"),
        masked("nine digits shown at the front", "400000000****002"),
        masked("five digits shown at the end", "400000*****00002"),
        masked("a mask at the front and digits between", "****0000****0002"),
        masked("a mask of letters", "400000abcdef0002"),
        masked("a mask of blanks", "400000      0002"),
        masked(
            "other digits",
            "\u{664}\u{660}\u{660}\u{660}\u{660}\u{660}******0002",
        ),
        masked("no masked number", ""),
        instead("a whole number as the binding", "cb-7"),
        instead("a whole number as the order", "victim"),
        instead("a whole number as the expiry", "2029-04"),
    ]
}

/// The registered address's token, the same for all.
fn right_saved_card_token() -> &'static str {
    static TOKEN: OnceLock<String> = OnceLock::new();
    TOKEN.get_or_init(saved_card_token)
}

/// The victim's card with something in the request replaced.
fn with(old: &str, new: &str) -> String {
    let rightful = with_body(CARD);
    assert!(rightful.contains(old), "{old:?} stands in no request");
    rightful.replacen(old, new, 1)
}

/// The victim's card with another body.
fn with_body(body: &str) -> String {
    let target = format!("/v1/on_card_saved?token={}", right_saved_card_token());
    post(&target, "", body)
}
