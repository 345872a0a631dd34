//! If only some networks are allowed, the others learn nothing.

use std::io::Write;
use std::time::Duration;

use super::dev_server::free_address;
use super::process::{Gateway, metric, token};
use super::wire::{ask, callback, connect, connect_from, is_closed, post, reply};

#[test]
fn a_stranger_is_closed_at_once_and_whoever_may_ask_is_heard() {
    let gateway = Gateway::start(&free_address(), "allowed_networks = [\"127.0.0.2/32\"]");
    let mut stranger = connect(&gateway.public);
    assert!(is_closed(&mut stranger, Duration::from_secs(2)));
    let mut known = connect_from("127.0.0.2", &gateway.public);
    known.write_all(post("/other", "", "").as_bytes()).unwrap();
    assert_eq!(reply(&mut known).status, 404);
    let refused =
        "sky_gateway_connections_refused_total{port=\"public\",reason=\"network_not_allowed\"}";
    assert_eq!(metric(&gateway, refused), Some(1.0));
}

#[test]
fn a_stranger_behind_our_proxy_is_refused_before_anything_else_is_looked_at() {
    let settings = "trusted_proxies = [\"127.0.0.0/8\"]\nallowed_networks = [\"192.0.2.0/24\"]";
    let gateway = Gateway::start(&free_address(), settings);
    let right = callback(&token("r", 0), "r");
    let from = |peer: &str, request: &str| {
        let named = format!("Host: gateway\r\nX-Forwarded-For: {peer}\r\n");
        let request = request.replacen("Host: gateway\r\n", &named, 1);
        ask(&gateway.public, &request)
    };
    let heard = from("192.0.2.7", &right).status;
    assert_eq!(heard, 503, "heard, and Temporal is away");
    let unfinished = right.replace("Length: 18", "Length: 99");
    for request in [
        &right,
        &right.replace("POST", "GET"),
        &right.replace("/v1/", "/v2/"),
        &right.replace("application/json", "text/plain"),
        &unfinished,
    ] {
        for stranger in [
            "198.51.100.7",
            "192.0.2.7, 198.51.100.7",
            "192.0.2.7, nobody",
        ] {
            let reply = from(stranger, request);
            let answer = (reply.status, reply.body.as_str());
            assert_eq!(answer, (403, ""), "{stranger} {request}");
            assert_eq!(gateway.reason(&reply), "network_not_allowed");
        }
    }
    assert_eq!(gateway.status(&right), 403, "a proxy that names nobody");
}
