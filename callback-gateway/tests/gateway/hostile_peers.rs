//! Peers that hold on to connections, and how proxies share the limits.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::dev_server::{free_address, shared};
use super::process::{Gateway, metric, token, wait_for};
use super::wire::{callback, connect, connect_from, is_closed, post, reply};

const PATH: &str = "/v1/on_payment_completed";

const CONNECTIONS: &str = "sky_gateway_connections{port=\"public\"}";

#[test]
fn silent_slow_and_idle_connections_are_closed() {
    let gateway = Gateway::start(&free_address(), "header_timeout = \"1s\"");
    let mut held: Vec<TcpStream> = Vec::new();
    for begun in [
        "",
        "P",
        "POST /v1/on_payment_completed HTTP/1.1\r\nHost: g\r\nX: ",
    ] {
        for _ in 0..20 {
            let mut stream = connect(&gateway.public);
            stream.write_all(begun.as_bytes()).unwrap();
            held.push(stream);
        }
    }
    let mut idle = connect(&gateway.public);
    idle.write_all(post("/other", "", "").as_bytes()).unwrap();
    assert_eq!(reply(&mut idle).status, 404);
    held.push(idle);
    let started = Instant::now();
    for stream in &mut held {
        let _ = stream.write_all(b"y");
        assert!(is_closed(stream, Duration::from_secs(3)));
    }
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_thousand_slow_sockets_of_one_peer_leave_another_peer_quick() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    let patient = "header_timeout = \"2m\"\nbody_timeout = \"2m\"\nrequest_timeout = \"3m\"";
    let gateway = Gateway::ready(&shared().address, patient);
    shared().start_workflow("quick");
    let good = callback(&token("quick", 3600), "quick");
    let (head, _) = good.split_once('{').unwrap();
    let begun = ["", "P", &head[..60], head, &good[..good.len() - 1]];
    let mut slow: Vec<TcpStream> = (0..1_000).map(|_| connect(&gateway.public)).collect();
    for (number, stream) in slow.iter_mut().enumerate() {
        stream
            .write_all(begun[number % begun.len()].as_bytes())
            .unwrap();
    }
    let mut one_more = connect(&gateway.public);
    assert!(is_closed(&mut one_more, Duration::from_secs(5)));
    let mut times: Vec<Duration> = (0..200)
        .map(|_| {
            let started = Instant::now();
            let mut stream = connect_from("127.0.0.2", &gateway.public);
            stream.write_all(good.as_bytes()).unwrap();
            assert_eq!(reply(&mut stream).status, 200);
            started.elapsed()
        })
        .collect();
    times.sort();
    let p99 = times[times.len() * 99 / 100];
    assert!(p99 < Duration::from_secs(1), "p99 is {p99:?}");
    // All were held meanwhile; the end of the last quick one may come to be known after its answer.
    let held = || metric(&gateway, CONNECTIONS);
    wait_for("the end of the quick ones", || held() <= Some(1000.0));
    assert_eq!(held(), Some(1000.0));
    drop(slow);
}

#[test]
fn one_peer_may_hold_so_many_connections_and_no_more() {
    let gateway = Gateway::start(&free_address(), "max_connections_per_peer = 3");
    let mut held: Vec<_> = (0..3).map(|_| connect(&gateway.public)).collect();
    for stream in &mut held {
        stream.write_all(post("/other", "", "").as_bytes()).unwrap();
        assert_eq!(reply(stream).status, 404);
    }
    let mut fourth = connect(&gateway.public);
    assert!(is_closed(&mut fourth, Duration::from_secs(2)));
    let refused =
        "sky_gateway_connections_refused_total{port=\"public\",reason=\"too_many_of_peer\"}";
    assert_eq!(metric(&gateway, refused), Some(1.0));
    drop(held);
    wait_for("their end", || metric(&gateway, CONNECTIONS) == Some(0.0));
    assert_eq!(gateway.status(&post("/other", "", "")), 404);
}

#[test]
fn behind_a_trusted_proxy_the_peers_it_names_are_limited_and_not_the_proxy() {
    let settings = "burst_per_peer = 2\nrequests_per_second_per_peer = 1\n\
                    max_connections_per_peer = 1\ntrusted_proxies = [\"127.0.0.0/8\"]";
    let gateway = Gateway::start(&free_address(), settings);
    let _held: Vec<_> = (0..5).map(|_| connect(&gateway.public)).collect();
    let from = |peer: &str| {
        let named = format!("X-Forwarded-For: 6.6.6.6, {peer}\r\n");
        gateway.status(&post(PATH, &named, "{}"))
    };
    assert_eq!(["192.0.2.1"; 3].map(from), [400, 400, 429]);
    assert_eq!(from("192.0.2.2"), 400);
    let of_one_holder = ["2001:db8::1", "2001:db8::2", "2001:db8::3"];
    assert_eq!(of_one_holder.map(from), [400, 400, 429]);
}

#[test]
fn without_a_trusted_proxy_nobody_chooses_his_own_address() {
    let settings = "burst_per_peer = 1\nrequests_per_second_per_peer = 1";
    let gateway = Gateway::start(&free_address(), settings);
    let from = |peer: &str| {
        let named = format!("X-Forwarded-For: {peer}\r\n");
        gateway.status(&post(PATH, &named, "{}"))
    };
    assert_eq!([from("192.0.2.1"), from("192.0.2.2")], [400, 429]);
}

#[test]
fn a_connection_serves_several_callbacks() {
    let gateway = Gateway::start(&free_address(), "");
    let mut stream = connect(&gateway.public);
    for _ in 0..3 {
        let request = callback(&token("several", 0), "several");
        stream.write_all(request.as_bytes()).unwrap();
        assert_eq!(reply(&mut stream).status, 503);
    }
}
