//! Requests that a proxy in front and the gateway might interpret differently are refused.

use std::io::Write;
use std::time::Duration;

use super::dev_server::free_address;
use super::process::Gateway;
use super::wire::{ask, connect, is_closed, post, reply};

const PATH: &str = "/v1/on_payment_completed";

fn with(old: &str, new: &str) -> String {
    post(PATH, "", "{}").replace(old, new)
}

#[test]
fn requests_that_can_be_read_in_two_ways_are_refused() {
    let gateway = Gateway::start(&free_address(), "");
    for (request, status) in [
        (with("Host: gateway\r\n", ""), 400),
        (
            with("Host: gateway\r\n", "Host: gateway\r\nHost: other\r\n"),
            400,
        ),
        (with("POST /v1", "POST http://gateway/v1"), 400),
        (with(PATH, "gateway:80").replace("POST", "CONNECT"), 400),
        (
            with(
                "Content-Length: 2",
                "Content-Length: 2\r\nContent-Length: 3",
            ),
            400,
        ),
        (with("Content-Length: 2", "Content-Length: +2"), 400),
        (with("Content-Length: 2", "Transfer-Encoding: gzip"), 400),
        (
            with("Content-Length: 2", "Transfer-Encoding: chunked, identity"),
            400,
        ),
        (with("Host: gateway", "Host : gateway"), 400),
        (with("Host: gateway", "Host: gateway\r\n folded"), 400),
        (with("HTTP/1.1", "HTTP/2.0"), 400),
        (
            with(
                "\r\n\r\n",
                &format!("\r\nX: {}\r\n\r\n", "x".repeat(20_000)),
            ),
            431,
        ),
        (
            with("\r\n\r\n", &format!("\r\n{}\r\n", "X: x\r\n".repeat(70))),
            431,
        ),
        (with(PATH, &format!("/{}", "x".repeat(70_000))), 431),
    ] {
        let reply = ask(&gateway.public, &request);
        assert_eq!(reply.status, status, "{:.200} {}", request, reply.head);
    }
    let prior_knowledge = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    assert_eq!(
        ask(&gateway.public, prior_knowledge).status,
        0,
        "closed without an answer"
    );
}

#[test]
fn a_length_beside_chunks_is_ignored_and_ends_the_connection() {
    let gateway = Gateway::start(&free_address(), "");
    let chunked = with(
        "Content-Length: 2",
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
    )
    .replace("{}", "2\r\n{}\r\n0\r\n\r\n");
    let mut stream = connect(&gateway.public);
    stream
        .write_all((chunked + &with("", "")).as_bytes())
        .unwrap();
    assert_eq!(
        reply(&mut stream).status,
        400,
        "an object without a request id"
    );
    assert!(
        is_closed(&mut stream, Duration::from_secs(2)),
        "nothing after it is read"
    );
}

#[test]
fn nobody_is_told_to_send_a_body_that_is_refused_anyway() {
    let gateway = Gateway::start(&free_address(), "");
    let head = |length: &str, media_type: &str| {
        let expecting = post(PATH, "Expect: 100-continue\r\n", "");
        expecting
            .replace("Length: 0", length)
            .replace("application/json", media_type)
    };
    assert_eq!(
        ask(&gateway.public, &head("Length: 9", "text/plain")).status,
        415
    );
    assert_eq!(
        ask(&gateway.public, &head("Length: 9999", "application/json")).status,
        413
    );
    assert_eq!(
        ask(&gateway.public, &head("Length: 9", "application/json")).status,
        100
    );
}
