//! Temporal goes down and comes back; the gateway keeps running.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::dev_server::{DevServer, free_address};
use super::process::{Gateway, metric, token, wait_for};
use super::wire::{ask, callback, connect, get, is_closed};

/// In how much time a callback is answered, whatever Temporal does: in 4 s, and a busy machine takes a
/// moment more.
const BUDGET: Duration = Duration::from_secs(5);

const WAITING: &str = "sky_gateway_requests_waiting_for_temporal";

fn must_be_unavailable(gateway: &Gateway, callback: &str) {
    let started = Instant::now();
    let reply = ask(&gateway.public, callback);
    let took = started.elapsed();
    assert_eq!(reply.status, 503);
    assert_eq!(gateway.reason(&reply), "temporal_unavailable");
    assert_eq!(reply.header("retry-after"), Some("5"));
    assert!(took < BUDGET, "took {took:?}");
    assert_eq!(get(&gateway.private, "/health/live").status, 200);
    wait_for("the word that it is not ready", || !gateway.is_ready());
}

fn must_take(gateway: &Gateway, callback: &str) {
    gateway.wait_until_ready();
    assert_eq!(gateway.status(callback), 200);
}

#[test]
fn callbacks_are_503_while_temporal_is_away_and_taken_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("temporal.db");
    let on_disk = ["--db-filename", file.to_str().unwrap()];
    let address = free_address();
    let gateway = Gateway::start(&address, "");
    let callback = callback(&token("outage", 3600), "outage");
    must_be_unavailable(&gateway, &callback);

    let temporal = DevServer::start(&address, &on_disk);
    temporal.start_workflow("outage");
    must_take(&gateway, &callback);

    drop(temporal);
    must_be_unavailable(&gateway, &callback);

    let temporal = DevServer::start(&address, &on_disk);
    must_take(&gateway, &callback);

    temporal.freeze();
    must_be_unavailable(&gateway, &callback);
    temporal.thaw();
    must_take(&gateway, &callback);
    assert_eq!(temporal.signals("outage").len(), 1);
    let reachable = metric(&gateway, "sky_gateway_temporal_reachable");
    assert_eq!(reachable, Some(1.0));
}

#[test]
fn a_temporal_that_is_slow_is_waited_for_and_a_try_that_seemed_lost_makes_no_second_signal() {
    let temporal = DevServer::start(&free_address(), &[]);
    // Time enough for the second try on a busy machine.
    let patient = "temporal_timeout = \"15s\"\nrequest_timeout = \"30s\"";
    let gateway = Gateway::ready(&temporal.address, patient);
    temporal.start_workflow("slow");
    let callback = callback(&token("slow", 3600), "slow");
    temporal.freeze();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ask(&gateway.public, &callback));
        // The first try is given up after 2 s, though Temporal will have read it.
        std::thread::sleep(Duration::from_millis(2_300));
        temporal.thaw();
        assert_eq!(waiting.join().unwrap().status, 200);
    });
    assert_eq!(temporal.signals("slow").len(), 1);
}

#[test]
fn a_token_that_is_not_right_is_refused_without_asking_temporal() {
    let temporal = DevServer::start(&free_address(), &[]);
    let gateway = Gateway::ready(&temporal.address, "");
    temporal.freeze();
    let right = token("r", 0);
    for wrong in ["", "x", &right[1..], &right[..9], &token("another", 0)] {
        let started = Instant::now();
        assert_eq!(gateway.status(&callback(wrong, "r")), 403);
        assert!(started.elapsed() < Duration::from_secs(3));
    }
    let signals = || {
        let metrics = get(&gateway.private, "/metrics").body;
        let signals = metrics
            .lines()
            .filter(|line| line.starts_with("sky_gateway_signals_total"));
        signals.filter(|line| !line.ends_with(" 0")).count()
    };
    assert_eq!(signals(), 0);
    assert_eq!(gateway.status(&callback(&right, "r")), 503);
    assert_eq!(signals(), 1);
}

#[test]
fn no_more_callbacks_wait_for_temporal_than_may() {
    let temporal = DevServer::start(&free_address(), &[]);
    let gateway = Gateway::ready(&temporal.address, "max_waiting = 1");
    temporal.freeze();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| gateway.callback("first", 0));
        wait_for("the first", || metric(&gateway, WAITING) == Some(1.0));
        let started = Instant::now();
        let second = gateway.callback("second", 0);
        assert!(started.elapsed() < Duration::from_secs(3));
        assert_eq!(second.status, 503);
        assert_eq!(second.header("retry-after"), Some("5"));
        assert_eq!(gateway.reason(&second), "busy");
        let first = waiting.join().unwrap();
        assert_eq!(gateway.reason(&first), "temporal_unavailable");
    });
}

#[test]
fn a_shutdown_answers_what_is_under_way_and_closes_the_rest() {
    let temporal = DevServer::start(&free_address(), &[]);
    let gateway = Gateway::ready(&temporal.address, "drain = \"1ms\"");
    temporal.freeze();
    let mut idle = connect(&gateway.public);
    std::thread::scope(|scope| {
        let under_way = scope.spawn(|| gateway.callback("first", 0));
        wait_for("the first", || metric(&gateway, WAITING) == Some(1.0));
        gateway.signal(Signal::SIGTERM);
        assert!(is_closed(&mut idle, Duration::from_secs(6)));
        assert!(!gateway.is_ready());
        assert_eq!(under_way.join().unwrap().status, 503);
    });
    assert!(gateway.wait().success());
}

#[test]
fn before_a_shutdown_it_is_not_ready_and_still_takes_callbacks() {
    let temporal = DevServer::start(&free_address(), &[]);
    let gateway = Gateway::ready(&temporal.address, "drain = \"4s\"");
    temporal.start_workflow("late");
    let asked = Instant::now();
    gateway.signal(Signal::SIGTERM);
    wait_for("the word that it is not ready", || !gateway.is_ready());
    assert!(asked.elapsed() < Duration::from_secs(3), "still ready");
    let late = gateway.callback("late", 0);
    assert_eq!(late.status, 200);
    // The next one comes over another connection, and to another gateway.
    assert_eq!(late.header("connection"), Some("close"));
    assert!(gateway.wait().success());
    assert!(asked.elapsed() >= Duration::from_secs(4));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let temporal = DevServer::start(&free_address(), &[]);
    let gateway = Gateway::ready(&temporal.address, "drain = \"2m\"");
    gateway.signal(Signal::SIGTERM);
    wait_for("the word that it is not ready", || !gateway.is_ready());
    gateway.signal(Signal::SIGTERM);
    let asked = Instant::now();
    assert_eq!(gateway.wait().code(), Some(143));
    assert!(asked.elapsed() < Duration::from_secs(60));
}
