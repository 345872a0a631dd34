//! Stripe's events: which wake whom, and what is answered.

use harness::stripe_signature;

use super::dev_server::{free_address, shared};
use super::process::{Gateway, STRIPE_OLD_SECRET, STRIPE_SECRET};
use super::stripe::{PATH, SETTINGS, event, now, signed, webhook};
use super::wire::{Reply, ask, callback, get, post};

fn ready() -> Gateway {
    Gateway::ready(&shared().address, SETTINGS)
}

fn told(gateway: &Gateway, request: &str) -> (u16, String) {
    let reply: Reply = ask(&gateway.public, request);
    (reply.status, gateway.reason(&reply))
}

fn answer(status: u16, reason: &str) -> (u16, String) {
    (status, reason.to_owned())
}

/// The gateway does not know which kind of operation a request id belongs to. Whatever the event is
/// about, all that the workflow gets is "ask now".
#[test]
fn an_event_wakes_its_workflow_once_however_often_it_is_repeated() {
    let gateway = ready();
    for (kind, request_id) in [
        ("payment_intent.succeeded", "stripe-1"),
        ("refund.failed", "stripe-2"),
    ] {
        shared().start_workflow(request_id);
        let first = event(kind, request_id);
        for _ in 0..3 {
            assert_eq!(told(&gateway, &signed(&first)), answer(200, "taken"));
        }
        let signals = shared().signals(request_id);
        assert_eq!(signals.len(), 1);
        assert_eq!(signals[0]["signalName"], "payment_completed");
        let nothing = signals[0]["input"]["payloads"].is_null();
        assert!(nothing, "nothing of the event is handed on");
        let another = signed(&event(kind, request_id));
        assert_eq!(told(&gateway, &another), answer(200, "taken"));
        assert_eq!(shared().signals(request_id).len(), 2);
    }
}

#[test]
fn both_secrets_are_good_while_one_replaces_the_other_and_together() {
    let gateway = ready();
    shared().start_workflow("stripe-3");
    let body = event("refund.updated", "stripe-3");
    let with = |secrets: &[&[u8]]| {
        let header = stripe_signature(secrets, now(), body.as_bytes());
        told(&gateway, &webhook(&header, &body))
    };
    let unknown: &[u8] = b"whsec_a-secret-of-another-endpoint-for-tests";
    let taken = answer(200, "taken");
    assert_eq!(with(&[STRIPE_SECRET]), taken);
    assert_eq!(with(&[STRIPE_OLD_SECRET]), taken);
    assert_eq!(with(&[STRIPE_OLD_SECRET, STRIPE_SECRET]), taken);
    assert_eq!(with(&[unknown, STRIPE_SECRET]), taken);
    assert_eq!(with(&[unknown]), answer(403, "wrong_signature"));
    assert_eq!(with(&[]), answer(403, "no_signature"));
}

#[test]
fn what_is_signed_and_wakes_nobody_is_200_and_counted_by_its_reason() {
    let gateway = ready();
    shared().start_workflow("stripe-4");
    let right = event("refund.failed", "stripe-4");
    let with = |old: &str, new: &str| {
        assert!(right.contains(old), "{old:?} stands in no event");
        signed(&right.replace(old, new))
    };
    for (request, reason) in [
        (signed(&event("charge.refunded", "stripe-4")), "other_event"),
        (
            signed(&event("payment_intent.created", "stripe-4")),
            "other_event",
        ),
        (
            with("refund.failed", "payment_intent.succeeded"),
            "other_event",
        ),
        (
            with("\"livemode\": true", "\"livemode\": false"),
            "other_mode",
        ),
        (with("\"request_id\"", "\"order\""), "not_ours"),
        (
            with("\"request_id\": \"stripe-4\"", "\"request_id\": \"../x\""),
            "not_ours",
        ),
        (with("stripe-4", "stripe-unknown"), "unknown_request"),
    ] {
        assert_eq!(told(&gateway, &request), answer(200, reason), "{request}");
    }
    assert!(shared().signals("stripe-4").is_empty());
    let metrics = get(&gateway.private, "/metrics").body;
    for (reason, count) in [
        ("other_event", 3),
        ("other_mode", 1),
        ("not_ours", 2),
        ("unknown_request", 1),
        ("taken", 0),
    ] {
        let series = format!(
            "sky_gateway_requests_total{{route=\"webhooks/stripe/main\",answer=\"200\",reason=\"{reason}\"}} {count}\n"
        );
        assert!(metrics.contains(&series), "{series} in {metrics}");
    }
}

#[test]
fn an_event_after_the_close_wakes_what_looks_again() {
    let gateway = ready();
    shared().start_workflow("stripe-5");
    shared().close_workflow("stripe-5");
    let failed = signed(&event("refund.failed", "stripe-5"));
    assert_eq!(told(&gateway, &failed), answer(200, "already_closed"));
    shared().start_look_again("stripe-5");
    assert_eq!(told(&gateway, &failed), answer(200, "looks_again"));
    assert_eq!(shared().signals_to_look_again("stripe-5").len(), 1);
}

#[test]
fn without_temporal_it_is_503_and_so_repeated() {
    let gateway = Gateway::start(&free_address(), SETTINGS);
    let request = signed(&event("refund.failed", "stripe-6"));
    let reply = ask(&gateway.public, &request);
    assert_eq!(reply.status, 503);
    assert_eq!(reply.header("retry-after"), Some("5"));
}

#[test]
fn the_path_exists_for_configured_accounts_alone() {
    let body = event("refund.failed", "r");
    let without = Gateway::start(&free_address(), "");
    assert_eq!(told(&without, &signed(&body)), answer(404, "not_found"));
    let gateway = Gateway::start(&free_address(), SETTINGS);
    assert_eq!(told(&gateway, &signed(&body)).0, 503);
    for path in [
        "/v1/webhooks/stripe/other",
        "/v1/webhooks/stripe/main/",
        "/v1/webhooks/stripe/Main",
        "/v1/webhooks/stripe/%6dain",
        "/v1/webhooks/stripe/{account}",
        "/v1/webhooks/stripe/",
        "/v1/webhooks/stripe",
        "/v1/webhooks/other/main",
    ] {
        let request = signed(&body).replace(&format!("{PATH} "), &format!("{path} "));
        assert_eq!(told(&gateway, &request), answer(404, "not_found"), "{path}");
        assert_eq!(get(&gateway.public, path).status, 404, "{path}");
    }
    let reply = get(&gateway.public, PATH);
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
}

#[test]
fn an_event_may_have_64_kib_and_a_callback_still_has_4() {
    let gateway = Gateway::start(&free_address(), SETTINGS);
    let body = event("refund.failed", "r");
    let of_length = |length: usize| {
        let more = "x".repeat(length - body.len());
        body.replace("req_1", &format!("req_1{more}"))
    };
    assert_eq!(told(&gateway, &signed(&of_length(65_536))).0, 503, "taken");
    let too_large = answer(413, "too_large");
    assert_eq!(told(&gateway, &signed(&of_length(65_537))), too_large);
    let long = callback("x", "r").replace(
        "{\"request_id\"",
        &format!("{}{{\"request_id\"", " ".repeat(5_000)),
    );
    let long = long.replace("Content-Length: 18", "Content-Length: 5018");
    assert_eq!(told(&gateway, &long), too_large);
}

#[test]
fn of_two_cases_the_one_further_up_the_table_answers() {
    let gateway = Gateway::start(&free_address(), SETTINGS);
    let forged =
        |more: &str, body: &str| post(PATH, &format!("Stripe-Signature: t=1,v1=0\r\n{more}"), body);
    let large = "x".repeat(65_537);
    let packed = forged("Content-Encoding: gzip\r\n", &large);
    for (request, status, what) in [
        (packed, 415, "type before length"),
        (forged("", &large), 413, "length before signature"),
        (forged("", "{"), 403, "signature before content"),
        (signed("{"), 400, "content before Temporal"),
    ] {
        assert_eq!(gateway.status(&request), status, "{what}");
    }
}

#[test]
fn no_secret_no_signature_and_no_body_reach_the_log_or_the_metrics() {
    let talkative = [("RUST_LOG", "trace")];
    let gateway = Gateway::start_in(&shared().address, SETTINGS, &talkative);
    gateway.wait_until_ready();
    shared().start_workflow("stripe-7");
    let body = event("refund.failed", "stripe-7").replace("req_1", "mauve");
    let header = stripe_signature(&[STRIPE_SECRET], now(), body.as_bytes());
    let good = webhook(&header, &body);
    assert_eq!(gateway.status(&good), 200);
    let forged = good.replace("stripe-7", "untold-7");
    let last = ask(&gateway.public, &forged);
    assert_eq!(gateway.reason(&last), "wrong_signature");
    let told = gateway.log() + &get(&gateway.private, "/metrics").body;
    let (_, mac) = header.split_once("v1=").unwrap();
    for secret in [mac, "whsec_", "mauve", "untold", "12550"] {
        assert!(!told.contains(secret), "{secret:?} was told");
    }
}
