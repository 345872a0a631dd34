//! Unusual requests that the standards allow, and some senders make, must not cost a callback.

use std::io::Write;
use std::net::Shutdown;

use super::dev_server::shared;
use super::process::{Gateway, token};
use super::wire::{callback, connect, reply};

#[test]
fn a_callback_is_taken_whatever_parameters_its_media_type_has() {
    let gateway = Gateway::ready(&shared().address, "");
    shared().start_workflow("lenient-1");
    for media_type in [
        "application/json;charset=UTF-8;",
        "application/json; charset=utf8",
        "application/json;;",
        "application/json; charset=\"utf-8\"; version=1",
        "APPLICATION/JSON ;",
    ] {
        let good = callback(&token("lenient-1", 0), "lenient-1");
        let request = good.replace("application/json", media_type);
        assert_eq!(gateway.status(&request), 200, "{media_type}");
    }
}

#[test]
fn a_callback_is_taken_with_an_empty_line_after_it_and_of_a_peer_that_says_no_more() {
    let gateway = Gateway::ready(&shared().address, "");
    shared().start_workflow("lenient-2");
    let plain = callback(&token("lenient-2", 3600), "lenient-2");
    let with_a_line = format!("{plain}\r\n");

    let mut stream = connect(&gateway.public);
    let two_at_once = with_a_line.repeat(2);
    stream.write_all(two_at_once.as_bytes()).unwrap();
    assert_eq!(reply(&mut stream).status, 200);
    assert_eq!(reply(&mut stream).status, 200);
    for _ in 0..3 {
        stream.write_all(with_a_line.as_bytes()).unwrap();
        assert_eq!(reply(&mut stream).status, 200, "one after the other");
    }

    for last in [plain, with_a_line] {
        let mut stream = connect(&gateway.public);
        stream.write_all(last.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(reply(&mut stream).status, 200, "before the end");
        assert_eq!(reply(&mut stream).status, 0, "nothing more is answered");
    }
}
