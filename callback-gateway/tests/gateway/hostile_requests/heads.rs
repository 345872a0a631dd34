//! The request line, the Host, and what no header may look like.

use super::{Kind, kind, rightful, with};

const HOST: &str = "Host: gateway\r\n";

pub(super) fn kinds() -> Vec<Kind> {
    [hosts(), lines(), versions(), sizes()].concat()
}

fn hosts() -> Vec<Kind> {
    let instead = |what, new: &str| kind(what, with(HOST, new), 400);
    let host = |what, host: &str| instead(what, &format!("Host: {host}\r\n"));
    vec![
        instead("no Host", ""),
        instead("two Hosts", "Host: gateway\r\nHost: other\r\n"),
        instead("the Host twice", &HOST.repeat(2)),
        instead("a space before the Host's colon", "Host : gateway\r\n"),
        host("a folded Host", "gateway\r\n folded"),
        host("an empty Host", ""),
        host("a Host with a user", "me@gateway"),
        host("a Host with a path", "gateway/v1"),
        host("a Host with a scheme", "http://gateway"),
        host("a list of Hosts", "gateway, other"),
        host("a Host with no number as its port", "gateway:http"),
        host("a Host with a port beyond all", "gateway:65536"),
        host("a Host that is not ASCII", "g\u{e4}teway"),
    ]
}

fn lines() -> Vec<Kind> {
    let instead = |what, old: &str, new: &str| kind(what, with(old, new), 400);
    let header = |what, line: &str| instead(what, HOST, &format!("{HOST}{line}\r\n"));
    vec![
        header("a folded header", "X: a\r\n b"),
        header("a space before the colon", "X : a"),
        header("a header without a colon", "X"),
        header("a header without a name", ": a"),
        header("a header's name that is not ASCII", "X\u{e4}: a"),
        header("a header's name with a NUL", "X\0: a"),
        header("a header's value with a NUL", "X: a\0b"),
        header("a header's value with a control character", "X: a\u{1}b"),
        instead("a header that begins with a space", "\r\nHost", "\r\n Host"),
        instead("two spaces before the target", "POST ", "POST  "),
        instead("two spaces before the version", " HTTP", "  HTTP"),
        instead("tabs in the request line", "POST ", "POST\t"),
        instead("no method", "POST ", ""),
        instead("a method that is no token", "POST", "PO(ST"),
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
    let version = |what, version| kind(what, with("HTTP/1.1", version), 400);
    vec![
        kind("HTTP/0.9", "GET /v1/on_payment_completed\r\n\r\n", 400),
        version("HTTP/1.2", "HTTP/1.2"),
        version("HTTP/2.0 in a request line", "HTTP/2.0"),
        version("HTTP/1", "HTTP/1"),
        version("a version in small letters", "http/1.1"),
        version("another name for HTTP", "ICY/1.1"),
        kind(
            "HTTP/2's preface",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
            0,
        ),
    ]
}

fn sizes() -> Vec<Kind> {
    let header = |what, lines: String| kind(what, with(HOST, &format!("{HOST}{lines}")), 431);
    let long_method = rightful().replacen("POST", &"POST".repeat(5_000), 1);
    vec![
        header(
            "a header of 20 kB",
            format!("X: {}\r\n", "x".repeat(20_000)),
        ),
        header(
            "a header's name of 20 kB",
            format!("{}: x\r\n", "X".repeat(20_000)),
        ),
        header("seventy headers", "X: x\r\n".repeat(70)),
        kind(
            "a target of 70 kB",
            with("?token", &format!("?{}", "x".repeat(70_000))),
            431,
        ),
        kind("a method of 20 kB", long_method, 431),
    ]
}
