//! Whatever the partner repeats, a history stays small.

use std::io::Write;

use super::dev_server::shared;
use super::process::{Gateway, token};
use super::wire::{ask, callback, connect, reply};

const UNLIMITED: &str = "max_connections_per_peer = 1000\nrequests_per_second_per_peer = 100000\n\
                         burst_per_peer = 100000\nmax_waiting = 1000\n\
                         temporal_timeout = \"15s\"\nrequest_timeout = \"60s\"";

#[test]
fn a_thousand_callbacks_at_once_are_one_signal() {
    let (temporal, gateway) = (shared(), Gateway::ready(&shared().address, UNLIMITED));
    temporal.start_workflow("thousand");
    // An hour old: no window ends while the test runs.
    let five = callback(&token("thousand", 3600), "thousand").repeat(5);
    let mut streams: Vec<_> = (0..200).map(|_| connect(&gateway.public)).collect();
    for stream in &mut streams {
        stream.write_all(five.as_bytes()).unwrap();
    }
    let mut taken = 0;
    for _ in 0..5 {
        for stream in &mut streams {
            let reply = reply(stream);
            assert!([200, 503].contains(&reply.status), "{reply:?}");
            taken += usize::from(reply.status == 200);
        }
    }
    assert!(taken > 500, "only {taken} of 1,000 were taken");
    assert_eq!(temporal.signals("thousand").len(), 1);
}

#[test]
fn each_window_of_a_tokens_age_may_signal_once_more() {
    let (temporal, gateway) = (shared(), Gateway::ready(&shared().address, ""));
    temporal.start_workflow("windows");
    let issued_then = token("windows", 3600);
    let issued_later = token("windows", 40);
    for token in [&issued_then, &issued_then, &issued_later, &issued_later] {
        let request = callback(token, "windows");
        assert_eq!(gateway.status(&request), 200);
    }
    let signals = temporal.signals("windows");
    assert_eq!(signals.len(), 2);
    for (signal, window) in signals.iter().zip(["-9", "-3"]) {
        let id = signal["requestId"].as_str().unwrap();
        assert!(id.starts_with("callback-") && id.ends_with(window), "{id}");
    }
}

#[test]
fn after_the_close_what_looks_again_is_signalled_while_it_runs() {
    let (temporal, gateway) = (shared(), Gateway::ready(&shared().address, ""));
    temporal.start_workflow("watched");
    temporal.start_look_again("watched");
    assert_eq!(gateway.callback("watched", 40).status, 200);
    assert!(temporal.signals_to_look_again("watched").is_empty());

    temporal.close_workflow("watched");
    let request = callback(&token("watched", 3600), "watched");
    for _ in 0..2 {
        let reply = ask(&gateway.public, &request);
        assert_eq!(reply.status, 200);
        assert_eq!(gateway.reason(&reply), "looks_again");
    }
    let signals = temporal.signals_to_look_again("watched");
    assert_eq!(signals.len(), 1, "a repeat costs nothing");
    assert_eq!(signals[0]["signalName"], "payment_completed");

    temporal.close_look_again("watched");
    let reply = gateway.callback("watched", 100_000);
    assert_eq!(reply.status, 200);
    assert_eq!(gateway.reason(&reply), "already_closed");
}

/// Temporal deletes what has closed after the namespace's retention.
#[test]
fn what_looks_again_is_signalled_also_if_the_payment_is_gone() {
    let (temporal, gateway) = (shared(), Gateway::ready(&shared().address, ""));
    temporal.start_look_again("gone");
    let reply = gateway.callback("gone", 40);
    assert_eq!(
        (reply.status, gateway.reason(&reply).as_str()),
        (200, "looks_again")
    );
    assert_eq!(temporal.signals_to_look_again("gone").len(), 1);
    temporal.close_look_again("gone");
    let reply = gateway.callback("gone", 100_000);
    assert_eq!(gateway.reason(&reply), "no_such_workflow");
}
