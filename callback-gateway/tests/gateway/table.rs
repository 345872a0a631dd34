//! The table in `docs/contract.md`, row by row, and that its order is kept.

use std::io::Write;
use std::time::{Duration, Instant};

use super::dev_server::{free_address, shared};
use super::process::{Gateway, token};
use super::wire::{ask, callback, connect, get, post, reply};

const PATH: &str = "/v1/on_payment_completed";

/// A gateway to which nothing but the checks before Temporal can happen.
fn without_temporal(settings: &str) -> Gateway {
    Gateway::start(&free_address(), settings)
}

#[test]
fn a_callback_is_taken_once_its_signal_is_stored() {
    let (temporal, gateway) = (shared(), Gateway::ready(&shared().address, ""));
    temporal.start_workflow("table-1");
    let reply = gateway.callback("table-1", 0);
    assert_eq!(reply.status, 200);
    assert_eq!(gateway.reason(&reply), "taken");
    assert!(reply.header("x-request-id").is_some());
    let signals = temporal.signals("table-1");
    assert_eq!(signals.len(), 1);
    assert_eq!(signals[0]["signalName"], "payment_completed");
    let identity = signals[0]["identity"].as_str().unwrap();
    assert!(identity.starts_with("callback-gateway@"), "{identity}");
    let unknown_fields = "{\"request_id\":\"table-1\",\"amount\":1,\"state\":\"COMPLETED\"}";
    let target = format!("{PATH}?token={}", token("table-1", 0));
    assert_eq!(gateway.status(&post(&target, "", unknown_fields)), 200);
}

#[test]
fn a_closed_workflow_is_200_and_an_unknown_one_404() {
    let (temporal, gateway) = (shared(), Gateway::ready(&shared().address, ""));
    temporal.start_workflow("table-2");
    let taken = callback(&token("table-2", 3600), "table-2");
    assert_eq!(gateway.status(&taken), 200);
    temporal.close_workflow("table-2");
    assert_eq!(gateway.status(&taken), 200, "a repeat");
    let reply = gateway.callback("table-2", 0);
    assert_eq!(reply.status, 200);
    assert_eq!(gateway.reason(&reply), "already_closed");
    let reply = gateway.callback("table-3", 0);
    assert_eq!(reply.status, 404);
    assert_eq!(gateway.reason(&reply), "no_such_workflow");
}

#[test]
fn every_refusal_has_its_status_and_nothing_else_that_tells_why() {
    let gateway = without_temporal("");
    let with = |old: &str, new: &str| callback(&token("r", 0), "r").replace(old, new);
    let body = |body: &str| post(&format!("{PATH}?token={}", token("r", 0)), "", body);
    let long = format!(r#"{{"request_id":"r","x":"{}"}}"#, "x".repeat(4096));
    let cases = [
        (with("/v1/", "/v2/"), 404, "not_found"),
        (with("completed?", "completed/?"), 404, "not_found"),
        (with("POST", "PUT"), 405, "method_not_allowed"),
        (with("json", "xml"), 415, "unsupported_media_type"),
        (body(&long), 413, "too_large"),
        (body(""), 400, "malformed"),
        (
            body(r#"{"request_id":"r","x":1,"\u0078":2}"#),
            400,
            "malformed",
        ),
        (
            body(r#"{"request_id":"r","request_id":"r"}"#),
            400,
            "malformed",
        ),
        (body(r#"["r"]"#), 400, "malformed"),
        (body("{}"), 400, "malformed"),
        (body(r#"{"request_id":"r/../s"}"#), 400, "malformed"),
        (body(r#"{"request_id":"another"}"#), 403, "wrong_token"),
        (with("?token=", "?nothing="), 403, "no_token"),
        (with("?token=", "?token=x&token="), 403, "no_token"),
        (with("?token=", "?token=x"), 403, "wrong_token"),
        (callback("", "r"), 403, "wrong_token"),
        (callback(&token("r", 0), "r"), 503, "temporal_unavailable"),
    ];
    for (request, status, reason) in cases {
        let reply = ask(&gateway.public, &request);
        assert_eq!(reply.status, status, "{request}");
        assert_eq!(gateway.reason(&reply), reason, "{request}");
        assert_eq!(reply.body, "", "{request}");
        assert_eq!(reply.header("content-type"), None);
        assert_eq!(reply.header("allow"), (status == 405).then_some("POST"));
        assert_eq!(reply.header("retry-after"), (status == 503).then_some("5"));
    }
    let health = get(&gateway.public, "/health/live").status;
    assert_eq!(health, 404, "health is private");
}

#[test]
fn of_two_cases_the_one_further_up_the_table_answers() {
    let gateway = without_temporal("burst_per_peer = 9\nrequests_per_second_per_peer = 1");
    let large = "x".repeat(5000);
    let packed = post(PATH, "Content-Encoding: gzip\r\n", &large);
    let never_sent = post(PATH, "", "").replace("Length: 0", "Length: 5000");
    let nothing = post(PATH, "", "{}");
    for (request, status, what) in [
        (
            &nothing.replace(PATH, "/other").replace("POST", "GET"),
            404,
            "path before method",
        ),
        (&packed, 415, "type before length"),
        (&never_sent, 413, "length before the wait for a body"),
        (&post(PATH, "", &large), 413, "length before content"),
        (&nothing, 400, "content before token"),
        (&callback("test.1.x", "r"), 403, "token before Temporal"),
    ] {
        assert_eq!(gateway.status(request), status, "{what}");
    }
    for _ in 0..9 {
        gateway.status(&nothing);
    }
    let limited = ask(&gateway.public, &packed);
    assert_eq!((limited.status, limited.body.as_str()), (429, ""));
    assert_eq!(limited.header("retry-after"), Some("1"));
    let wrong_method = gateway.status(&nothing.replace("POST", "DELETE"));
    assert_eq!(wrong_method, 405, "method before the limit");
}

#[test]
fn a_body_that_does_not_come_in_time_is_408() {
    let gateway = without_temporal("body_timeout = \"1s\"");
    let started = Instant::now();
    let mut stream = connect(&gateway.public);
    let unfinished = post(PATH, "", "{\"request_id\":").replace("Length: 14", "Length: 99");
    stream.write_all(unfinished.as_bytes()).unwrap();
    let mut dripping = stream.try_clone().unwrap();
    // A byte now and then does not keep a body alive.
    std::thread::spawn(move || {
        while dripping.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let reply = reply(&mut stream);
    assert_eq!((reply.status, reply.body.as_str()), (408, ""));
    assert!((1..8).contains(&started.elapsed().as_secs()));
}
