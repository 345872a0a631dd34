//! Requests whose body has two ends, or none.

use super::{Kind, kind, rightful, with};

/// The rightful body, as chunks.
const CHUNKED: &str = "17\r\n{\"request_id\":\"victim\"}\r\n0\r\n\r\n";
const LENGTH: &str = "Content-Length: 23\r\n";
const CODING: &str = "Transfer-Encoding: chunked\r\n";

pub(super) fn kinds() -> Vec<Kind> {
    let mut kinds = lengths();
    kinds.extend(codings());
    kinds.extend(chunks());
    kinds.extend(line_ends());
    kinds
}

fn lengths() -> Vec<Kind> {
    let length = |length: &str| with(LENGTH, &format!("Content-Length: {length}\r\n"));
    vec![
        kind(
            "two lengths",
            with(LENGTH, &format!("{LENGTH}Content-Length: 3\r\n")),
            400,
        ),
        kind("the length twice", with(LENGTH, &LENGTH.repeat(2)), 400),
        kind("a list of lengths", length("23, 23"), 400),
        kind("a length with a plus", length("+23"), 400),
        kind("a length below zero", length("-1"), 400),
        kind("a length in hexadecimal", length("0x17"), 400),
        kind("a length with a space in it", length("2 3"), 400),
        kind("a length with a fraction", length("23.0"), 400),
        kind("a length that is empty", length(""), 400),
        kind("a length of other digits", length("\u{662}\u{663}"), 400),
        kind(
            "a length beyond 64 bits",
            length("18446744073709551639"),
            400,
        ),
        kind(
            "a length far to the right",
            length(&format!("{}23", " ".repeat(99))),
            400,
        ),
    ]
}

fn codings() -> Vec<Kind> {
    let coded =
        |headers: &str| with(LENGTH, headers).replace("{\"request_id\":\"victim\"}", CHUNKED);
    let coding = |coding: &str| coded(&format!("Transfer-Encoding: {coding}\r\n"));
    let smuggled = format!("{}{}", coded(&format!("{LENGTH}{CODING}")), rightful());
    vec![
        kind(
            "a length, then chunks",
            coded(&format!("{LENGTH}{CODING}")),
            400,
        ),
        kind(
            "chunks, then a length",
            coded(&format!("{CODING}{LENGTH}")),
            400,
        ),
        kind(
            "chunks and a length of zero",
            coded(&format!("Content-Length: 0\r\n{CODING}")),
            400,
        ),
        kind("a callback behind chunks and a length", smuggled, 400),
        kind("chunks twice", coded(&CODING.repeat(2)), 400),
        kind("chunks within chunks", coding("chunked, chunked"), 400),
        kind("packed, then chunks", coding("gzip, chunked"), 400),
        kind(
            "chunks, then something else",
            coding("chunked, identity"),
            400,
        ),
        kind("packed instead of chunks", coding("gzip"), 400),
        kind("a coding nobody knows", coding("xchunked"), 400),
        kind("a coding in quotes", coding("\"chunked\""), 400),
        kind("a coding with a vertical tab", coding("\u{b}chunked"), 400),
        kind("no coding's name", coding(""), 400),
        kind(
            "chunks in HTTP/1.0",
            coding("chunked").replace("HTTP/1.1", "HTTP/1.0"),
            400,
        ),
        kind(
            "a space before the coding's colon",
            coded("Transfer-Encoding : chunked\r\n"),
            400,
        ),
        kind(
            "a folded coding",
            coded("Transfer-Encoding:\r\n chunked\r\n"),
            400,
        ),
    ]
}

fn chunks() -> Vec<Kind> {
    let body = "{\"request_id\":\"victim\"}";
    let chunks = |chunks: &str| with(LENGTH, CODING).replace(body, chunks);
    let chunk = |size: &str| chunks(&CHUNKED.replace("17", size));
    vec![
        kind("a chunk's size that is no number", chunk("zz"), 400),
        kind("a chunk's size with 0x", chunk("0x17"), 400),
        kind("a chunk's size with a sign", chunk("+17"), 400),
        kind("a chunk's size below zero", chunk("-17"), 400),
        kind("a chunk's size that is empty", chunk(""), 400),
        kind(
            "a chunk's size beyond 64 bits",
            chunk("10000000000000017"),
            400,
        ),
        kind(
            "a chunk's size beyond all callbacks",
            chunk("ffffffff"),
            408,
        ),
        kind("a chunk longer than its size", chunk("16"), 400),
        kind(
            "a chunk's size with a bare LF",
            chunks(&CHUNKED.replacen("\r\n", "\n", 1)),
            400,
        ),
        kind("a chunk's extension with a bare LF", chunk("17;x\n"), 400),
        kind(
            "chunks with no end",
            chunks(&CHUNKED.replace("0\r\n\r\n", "")),
            408,
        ),
        kind(
            "a body of chunks that is too long",
            chunks(&format!("{}0\r\n\r\n", "1\r\n \r\n".repeat(4_097))),
            413,
        ),
    ]
}

fn line_ends() -> Vec<Kind> {
    let head = |old: &str, new: &str| {
        let rightful = rightful();
        let (head, body) = rightful.split_once("\r\n\r\n").unwrap();
        format!("{head}\r\n\r\n").replace(old, new) + body
    };
    vec![
        kind("bare LF in the whole head", head("\r\n", "\n"), 400),
        kind(
            "a bare LF after the request line",
            head("HTTP/1.1\r\n", "HTTP/1.1\n"),
            400,
        ),
        kind(
            "a bare LF after a header",
            head("Host: gateway\r\n", "Host: gateway\n"),
            400,
        ),
        kind(
            "a bare LF at the head's end",
            head("\r\n\r\n", "\r\n\n"),
            400,
        ),
        kind(
            "a bare CR in a header",
            head("Host: gateway", "Host: gate\rway"),
            400,
        ),
        kind(
            "a bare CR between headers",
            head("gateway\r\n", "gateway\r"),
            400,
        ),
        kind(
            "an empty line before the request",
            format!("\r\n{}", rightful()),
            400,
        ),
        kind(
            "a bare LF before the request",
            format!("\n{}", rightful()),
            400,
        ),
    ]
}
