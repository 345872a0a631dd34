//! Malicious requests, each with the answer that it must get. All except those about the token
//! carry the correct one, so that anything that gets through shows in the history of the workflow
//! that they are about.

mod addresses;
mod bodies;
mod framing;
mod heads;
mod media_types;
mod saved_cards;
mod webhooks;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::dev_server::shared;
use super::process::{Gateway, token};
use super::stripe;
use super::wire::{ask, callback, get, post};

/// One kind of hostile request.
#[derive(Clone)]
struct Kind {
    what: &'static str,
    bytes: Vec<u8>,
    /// The status it must be answered; 0 where the connection is closed without an answer.
    status: u16,
}

/// The workflow that all of them are about.
const VICTIM: &str = "victim";

/// How much more memory the gateway may hold after all of them, in kB: what an allocator keeps.
const MEMORY_KEPT: u64 = 16 * 1024;

#[test]
fn no_hostile_request_gets_through_and_after_each_the_next_good_one_does() {
    let kinds = [
        addresses::kinds(),
        bodies::kinds(),
        framing::kinds(),
        heads::kinds(),
        media_types::kinds(),
    ]
    .concat();
    assert!(kinds.len() >= 60);
    let temporal = shared();
    temporal.start_workflow(VICTIM);
    temporal.start_workflow("well-meant");
    // An hour old: no window of the token's age ends while this runs.
    let good = callback(&token("well-meant", 3600), "well-meant");
    must_stand(&gateway(""), &kinds, &good);
    assert!(temporal.signals(VICTIM).is_empty());
    assert_eq!(temporal.signals("well-meant").len(), 1);
}

#[test]
fn no_hostile_saved_card_gets_through_and_after_each_the_next_good_one_does() {
    let temporal = shared();
    temporal.start_workflow(VICTIM);
    let gateway = gateway("[saved_cards]\nenabled = true");
    must_stand(&gateway, &saved_cards::kinds(), &saved_cards::good("first"));
    let last = ask(&gateway.public, &saved_cards::good("last"));
    assert_eq!(last.status, 200, "{last:?}");
    let started = temporal.saved_cards_once_there_is(&saved_cards::workflow_id("last"));
    let good = ["first", "last"].map(saved_cards::workflow_id);
    assert_eq!(started, BTreeSet::from(good));
    assert!(temporal.signals(VICTIM).is_empty());
    let log = gateway.log();
    for number in saved_cards::WHOLE_NUMBERS {
        assert!(!log.contains(number), "{number} is in the log");
    }
}

#[test]
fn no_hostile_webhook_gets_through_and_after_each_the_next_good_one_does() {
    let temporal = shared();
    temporal.start_workflow(VICTIM);
    temporal.start_workflow("stripes");
    let good = stripe::signed(&stripe::event("payment_intent.succeeded", "stripes"));
    must_stand(&gateway(stripe::SETTINGS), &webhooks::kinds(), &good);
    assert!(temporal.signals(VICTIM).is_empty());
    assert_eq!(temporal.signals("stripes").len(), 1);
}

/// A gateway that soon loses patience with one request, and not with their number.
fn gateway(more: &str) -> Gateway {
    let settings = "header_timeout = \"1s\"\nbody_timeout = \"1s\"\nburst_per_peer = 100000";
    Gateway::ready(&shared().address, &format!("{settings}\n{more}"))
}

/// Each kind gets its answer, the valid request after it gets 200, and the gateway is not affected.
fn must_stand(gateway: &Gateway, kinds: &[Kind], good: &str) {
    let names: BTreeSet<&str> = kinds.iter().map(|kind| kind.what).collect();
    assert_eq!(names.len(), kinds.len(), "each has a name of its own");
    let must_be_well = |after: &str| {
        let reply = ask(&gateway.public, good);
        let log = || gateway.log();
        assert_eq!(reply.status, 200, "after {after}: {reply:?}\n{}", log());
    };
    for _ in 0..50 {
        must_be_well("nothing yet");
    }
    let memory_before = gateway.memory();
    let mut answered_otherwise = Vec::new();
    for kind in kinds {
        let reply = ask(&gateway.public, &kind.bytes);
        if (reply.status, reply.body.as_str()) != (kind.status, "") {
            answered_otherwise.push(format!("{}: {reply:?}, not {}", kind.what, kind.status));
        }
        must_be_well(kind.what);
    }
    assert!(answered_otherwise.is_empty(), "{answered_otherwise:#?}");
    assert!(
        gateway.memory() < memory_before + MEMORY_KEPT,
        "{memory_before} kB became {} kB",
        gateway.memory()
    );
    must_not_have_broken(gateway);
}

/// Neither a panic nor any other server error than 503.
fn must_not_have_broken(gateway: &Gateway) {
    let log = gateway.log();
    assert!(!log.contains("panicked"), "{log}");
    let metrics = get(&gateway.private, "/metrics").body;
    let broken = metrics
        .lines()
        .filter(|line| line.starts_with("sky_gateway_requests_total"))
        .find(|line| {
            line.contains("answer=\"5") && !line.contains("=\"503\"") && !line.ends_with(" 0")
        });
    assert_eq!(broken, None);
}

fn kind(what: &'static str, bytes: impl Into<Vec<u8>>, status: u16) -> Kind {
    Kind {
        what,
        bytes: bytes.into(),
        status,
    }
}

/// The victim's token, the same for all.
fn right_token() -> &'static str {
    static TOKEN: OnceLock<String> = OnceLock::new();
    TOKEN.get_or_init(|| token(VICTIM, 0))
}

/// The victim's callback as the partner would send it.
fn rightful() -> String {
    callback(right_token(), VICTIM)
}

/// The victim's callback with something in it replaced.
fn with(old: &str, new: &str) -> String {
    let rightful = rightful();
    assert!(rightful.contains(old), "{old:?} stands in no callback");
    rightful.replacen(old, new, 1)
}

/// The victim's callback with another body.
fn with_body(body: &str) -> String {
    let target = format!("/v1/on_payment_completed?token={}", right_token());
    post(&target, "", body)
}
