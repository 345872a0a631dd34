//! What reaches the log and the metrics, even at the most verbose level.

use super::dev_server::shared;
use super::process::{Gateway, metric, token};
use super::wire::{callback, get};

#[test]
fn no_token_no_target_and_no_body_reach_the_log_or_the_metrics() {
    let talkative = [("RUST_LOG", "trace")];
    let gateway = Gateway::start_in(&shared().address, "", &talkative);
    gateway.wait_until_ready();
    shared().start_workflow("told");
    let good = token("told", 0);
    let forged = good.replace("test.", "test.1");
    let with_more = callback(&good, "told").replace("?token", "?colour=mauve&token");
    assert_eq!(gateway.status(&with_more), 200);
    assert_eq!(gateway.status(&callback(&forged, "untold")), 403);
    assert_eq!(gateway.status(&callback(&good, "untold")), 403);
    let last = get(&gateway.public, "/secret-path?token=abc");
    assert_eq!(last.status, 404);

    gateway.line(&last);
    let told = gateway.log() + &get(&gateway.private, "/metrics").body;
    let told = told.replace("route=\"on_payment_completed\"", "");
    let mac = good.rsplit('.').next().unwrap();
    for secret in [
        mac,
        "mauve",
        "token=",
        "untold",
        "secret-path",
        "on_payment_completed",
    ] {
        assert!(!told.contains(secret), "{secret:?} was told");
    }
}

#[test]
fn a_log_line_tells_the_answer_and_after_the_token_was_checked_the_payment() {
    let gateway = Gateway::ready(&shared().address, "");
    shared().start_workflow("logged");
    let reply = gateway.callback("logged", 0);
    let line = gateway.line(&reply);
    assert_eq!(line["reason"], "taken");
    assert_eq!(line["status"], 200);
    assert_eq!(line["span"]["request_id"], "logged");
    assert_eq!(line["span"]["peer"], "127.0.0.1");
    let taken = "sky_gateway_requests_total{route=\"on_payment_completed\",answer=\"200\",\
                 reason=\"taken\"}";
    assert_eq!(metric(&gateway, taken), Some(1.0));
}

#[test]
fn a_log_that_nobody_reads_holds_no_callback_up() {
    let gateway = Gateway::start_unread(&shared().address);
    gateway.wait_until_ready();
    shared().start_workflow("unread");
    // Far more lines than a pipe takes.
    let forged = callback(&token("another", 0), "unread");
    for _ in 0..1_500 {
        assert_eq!(gateway.status(&forged), 403);
    }
    assert_eq!(gateway.callback("unread", 0).status, 200);
}
