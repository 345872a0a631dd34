//! Malicious requests to the path of Stripe's events. All except those about the signature carry
//! the correct one, so that anything that gets through shows in the victim's history.

use harness::stripe_signature;

use super::super::process::{STRIPE_OLD_SECRET, STRIPE_SECRET};
use super::super::stripe::{event, now, signed, webhook};
use super::{Kind, VICTIM, kind};

pub(super) fn kinds() -> Vec<Kind> {
    [requests(), signatures(), times(), bodies()].concat()
}

fn requests() -> Vec<Kind> {
    let json = "application/json; charset=utf-8";
    let media_type = |what, media_type| kind(what, with(json, media_type), 415);
    let long = "x".repeat(64 * 1024 + 1);
    vec![
        kind("GET", with("POST", "GET"), 405),
        kind("no Host", with("Host: gateway\r\n", ""), 400),
        media_type("a form", "application/x-www-form-urlencoded"),
        media_type("text", "text/plain"),
        media_type("no content type", ""),
        kind(
            "gzip",
            with("Host:", "Content-Encoding: gzip\r\nHost:"),
            415,
        ),
        kind("64 KiB and a byte", signed(&long), 413),
        kind("a body of megabytes", signed(&long.repeat(50)), 413),
        kind("a body shorter than its length", with("\"type\"", ""), 408),
    ]
}

fn signatures() -> Vec<Kind> {
    let body = rightful_body();
    let right = stripe_signature(&[STRIPE_SECRET], now(), body.as_bytes());
    let (time, v1) = right.split_once(',').unwrap();
    let (_, mac) = v1.split_once('=').unwrap();
    let signature = |what, signature: &str| kind(what, webhook(signature, &body), 403);
    let by =
        |what, secret: &[u8]| signature(what, &stripe_signature(&[secret], now(), body.as_bytes()));
    let other_body = |what, other: &str| kind(what, webhook(&right, other), 403);
    let other_end = if mac.ends_with('0') { "1" } else { "0" };
    let two = format!("{right}\r\nStripe-Signature: {right}");
    let old_and_new = stripe_signature(&[STRIPE_OLD_SECRET], now(), body.as_bytes());
    let v0 = right.replace("v1=", "v0=");
    let no_signature = webhook("x", &body).replace("Stripe-Signature: x\r\n", "");
    let unprefixed = STRIPE_SECRET.strip_prefix(b"whsec_").unwrap();
    vec![
        kind("no signature", no_signature, 403),
        signature("an empty signature", ""),
        signature("the signature twice", &two),
        signature(
            "two different signatures",
            &format!("{right}\r\nStripe-Signature: {old_and_new}"),
        ),
        signature("no time", v1),
        signature("no v1", time),
        signature("a signature of test mode alone", &v0),
        signature("the time twice", &format!("{time},{right}")),
        signature("another time", &format!("{time}0,{v1}")),
        signature(
            "a v1 that differs in its end",
            &format!("{time},v1={}{other_end}", &mac[..63]),
        ),
        signature(
            "a v1 in capitals",
            &format!("{time},v1={}", mac.to_uppercase()),
        ),
        signature("half a v1", &format!("{time},v1={}", &mac[..32])),
        signature("an empty v1", &format!("{time},v1=")),
        signature(
            "hundreds of v1",
            &format!("{time}{}", format!(",v1={}", "0".repeat(64)).repeat(200)),
        ),
        signature("a token in its place", "test.1790000000.AAAA"),
        signature("bytes that are not ASCII", "t=\u{e4},v1=\u{e4}"),
        by("no secret", b""),
        by(
            "another secret",
            b"whsec_a-secret-of-another-endpoint-for-tests",
        ),
        by("the secret without its prefix", unprefixed),
        other_body(
            "a body changed by one byte",
            &body.replace("12550", "12551"),
        ),
        other_body("a body with a blank more", &format!("{body} ")),
        other_body("a body in other lines", &body.replace('\n', "\r\n")),
        other_body("another request's body", &body.replace(VICTIM, "another")),
        other_body("no body", ""),
    ]
}

fn times() -> Vec<Kind> {
    let body = rightful_body();
    let at = |what, at: i64| {
        let header = stripe_signature(&[STRIPE_SECRET], at, body.as_bytes());
        kind(what, webhook(&header, &body), 403)
    };
    vec![
        at("signed six minutes ago", now() - 360),
        at("signed a month ago", now() - 30 * 24 * 3600),
        at("signed in six minutes", now() + 360),
        at("signed in 1970", 0),
        at("signed before 1970", -1),
        at("signed in milliseconds", now() * 1000),
        at("signed at the end of time", i64::MAX),
    ]
}

fn bodies() -> Vec<Kind> {
    let body = |what, body: &str| kind(what, signed(body), 400);
    let right = rightful_body();
    let field = |what, field: &str| body(what, &right.replacen('{', &format!("{{{field},"), 1));
    vec![
        body("nothing", ""),
        body("null", "null"),
        body("an array of events", &format!("[{right}]")),
        body("two events", &right.repeat(2)),
        body("something after the event", &format!("{right}x")),
        body("an event without an end", right.trim_end_matches('}')),
        body("a byte order mark", &format!("\u{feff}{right}")),
        field("the id twice", "\"id\":\"evt_2\""),
        field("the type twice", "\"type\":\"refund.failed\""),
        field("the data twice, once escaped", "\"d\\u0061ta\":{}"),
        field("another field twice", "\"a\":1,\"a\":2"),
        body(
            "the request id twice",
            &right.replace("\"request_id\"", "\"request_id\":\"x\",\"request_id\""),
        ),
        field("deep arrays", &format!("\"a\":{}", "[".repeat(30_000))),
        field(
            "deep objects",
            &format!("\"a\":{}", "{\"a\":".repeat(10_000)),
        ),
        field(
            "deep arrays that end",
            &format!("\"a\":{}{}", "[".repeat(30_000), "]".repeat(30_000)),
        ),
        body("no id", &right.replace("\"id\": \"evt_", "\"no\": \"evt_")),
        body(
            "an id with a line break",
            &right.replace("\"evt_", "\"evt\\n_"),
        ),
        body(
            "an id that is a number",
            &right.replacen("\"evt_", "7,\"x\":\"evt_", 1),
        ),
        body(
            "an id without an end",
            &right.replace("\"evt_", &format!("\"evt_{}", "1".repeat(255))),
        ),
    ]
}

fn rightful_body() -> String {
    event("payment_intent.succeeded", VICTIM)
}

/// The victim's event, rightfully signed, with something in the request replaced.
fn with(old: &str, new: &str) -> String {
    let rightful = signed(&rightful_body());
    assert!(rightful.contains(old), "{old:?} stands in no request");
    rightful.replacen(old, new, 1)
}
