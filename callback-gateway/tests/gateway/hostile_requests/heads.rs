//! The request line, the Host, and what no header may look like.

use super::{Kind, kind, rightful, with};

const HOST: &str = "Host: gateway\r\n";

pub(super) fn kinds() -> Vec<Kind> {
    let mut kinds = hosts();
    kinds.extend(lines());
    kinds.extend(versions());
    kinds.extend(sizes());
    kinds
}

fn hosts() -> Vec<Kind> {
    let host = |host: &str| with("Host: gateway", &format!("Host: {host}"));
    vec![
        kind("no Host", with(HOST, ""), 400),
        kind(
            "two Hosts",
            with(HOST, "Host: gateway\r\nHost: other\r\n"),
            400,
        ),
        kind("the Host twice", with(HOST, &HOST.repeat(2)), 400),
        kind("an empty Host", host(""), 400),
        kind("a Host with a user", host("me@gateway"), 400),
        kind("a Host with a path", host("gateway/v1"), 400),
        kind("a Host with a scheme", host("http://gateway"), 400),
        kind("a list of Hosts", host("gateway, other"), 400),
        kind(
            "a Host with no number as its port",
            host("gateway:http"),
            400,
        ),
        kind("a Host with a port beyond all", host("gateway:65536"), 400),
        kind("a Host that is not ASCII", host("g\u{e4}teway"), 400),
    ]
}

fn lines() -> Vec<Kind> {
    let header = |line: &str| with(HOST, &format!("{HOST}{line}\r\n"));
    vec![
        kind("a folded header", header("X: a\r\n b"), 400),
        kind("a space before the colon", header("X : a"), 400),
        kind("a header without a colon", header("X"), 400),
        kind("a header without a name", header(": a"), 400),
        kind(
            "a header's name that is not ASCII",
            header("X\u{e4}: a"),
            400,
        ),
        kind("a header's name with a NUL", header("X\0: a"), 400),
        kind("a header's value with a NUL", header("X: a\0b"), 400),
        kind(
            "a header's value with a control character",
            header("X: a\u{1}b"),
            400,
        ),
        kind(
            "a header that begins with a space",
            with(HOST, &format!(" {HOST}")),
            400,
        ),
        kind("two spaces before the target", with("POST ", "POST  "), 400),
        kind(
            "two spaces before the version",
            with(" HTTP/1.1", "  HTTP/1.1"),
            400,
        ),
        kind("tabs in the request line", with("POST ", "POST\t"), 400),
        kind("no method", with("POST ", ""), 400),
        kind("a method that is no token", with("POST", "PO(ST"), 400),
        kind("no target", "POST HTTP/1.1\r\nHost: gateway\r\n\r\n", 400),
        kind("binary rubbish", vec![0xff; 300], 400),
        kind(
            "a TLS handshake",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(9),
            400,
        ),
        kind("another protocol", "EHLO gateway\r\n\r\n", 400),
    ]
}

fn versions() -> Vec<Kind> {
    let version = |version: &str| with("HTTP/1.1", version);
    vec![
        kind("HTTP/0.9", "GET /v1/on_payment_completed\r\n\r\n", 400),
        kind("HTTP/1.2", version("HTTP/1.2"), 400),
        kind("HTTP/2.0 in a request line", version("HTTP/2.0"), 400),
        kind("HTTP/1", version("HTTP/1"), 400),
        kind("a version in small letters", version("http/1.1"), 400),
        kind("another name for HTTP", version("ICY/1.1"), 400),
        kind(
            "HTTP/2's preface",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
            0,
        ),
    ]
}

fn sizes() -> Vec<Kind> {
    let header = |lines: String| with(HOST, &format!("{HOST}{lines}"));
    let long_method = rightful().replacen("POST", &"POST".repeat(5_000), 1);
    vec![
        kind(
            "a header of 20 kB",
            header(format!("X: {}\r\n", "x".repeat(20_000))),
            431,
        ),
        kind(
            "a header's name of 20 kB",
            header(format!("{}: x\r\n", "X".repeat(20_000))),
            431,
        ),
        kind("seventy headers", header("X: x\r\n".repeat(70)), 431),
        kind(
            "a target of 70 kB",
            with("?token", &format!("?{}", "x".repeat(70_000))),
            431,
        ),
        kind("a method of 20 kB", long_method, 431),
    ]
}
