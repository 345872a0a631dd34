//! Requests that a proxy in front and the gateway might interpret differently are refused.

use std::io::Write;
use std::time::Duration;

use super::dev_server::free_address;
use super::process::Gateway;
use super::wire::{connect, is_closed, post, reply};

const PATH: &str = "/v1/on_payment_completed";

#[test]
fn a_length_beside_chunks_is_refused_and_ends_the_connection() {
    let gateway = Gateway::start(&free_address(), "");
    let plain = post(PATH, "", "{}");
    let chunked = post(PATH, "Transfer-Encoding: chunked\r\n", "{}");
    let chunked = chunked.replace("{}", "2\r\n{}\r\n0\r\n\r\n");
    let mut stream = connect(&gateway.public);
    stream.write_all((chunked + &plain).as_bytes()).unwrap();
    let status = reply(&mut stream).status;
    assert_eq!(status, 400, "two lengths can be read in two ways");
    let closed = is_closed(&mut stream, Duration::from_secs(2));
    assert!(closed, "nothing after it is read");
}

#[test]
fn nobody_is_told_to_send_a_body_that_is_refused_anyway() {
    let gateway = Gateway::start(&free_address(), "");
    let status = |length: &str, media_type: &str| {
        let head = post(PATH, "Expect: 100-continue\r\n", "").replace("Length: 0", length);
        gateway.status(&head.replace("application/json", media_type))
    };
    assert_eq!(status("Length: 9", "text/plain"), 415);
    assert_eq!(status("Length: 9999", "application/json"), 413);
    assert_eq!(status("Length: 9", "application/json"), 100);
}
