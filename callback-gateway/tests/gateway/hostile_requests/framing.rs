//! Requests whose body has two ends, or none.

use super::{Kind, kind, rightful, with};

/// The rightful body, as chunks.
const CHUNKED: &str = "17\r\n{\"request_id\":\"victim\"}\r\n0\r\n\r\n";
const LENGTH: &str = "Content-Length: 23\r\n";
const CODING: &str = "Transfer-Encoding: chunked\r\n";

pub(super) fn kinds() -> Vec<Kind> {
    [lengths(), codings(), chunks(), line_ends()].concat()
}

fn lengths() -> Vec<Kind> {
    let length = |what, length: &str| {
        let header = format!("Content-Length: {length}\r\n");
        kind(what, with(LENGTH, &header), 400)
    };
    vec![
        length("two lengths", "23\r\nContent-Length: 3"),
        length("the length twice", "23\r\nContent-Length: 23"),
        length("a list of lengths", "23, 23"),
        length("a length with a plus", "+23"),
        length("a length below zero", "-1"),
        length("a length in hexadecimal", "0x17"),
        length("a length with a space in it", "2 3"),
        length("a length with a fraction", "23.0"),
        length("a length that is empty", ""),
        length("a length of other digits", "\u{662}\u{663}"),
        length("a length beyond 64 bits", "18446744073709551639"),
        length(
            "a length far to the right",
            &format!("{}23", " ".repeat(99)),
        ),
    ]
}

fn codings() -> Vec<Kind> {
    let chunked =
        |headers: &str| with(LENGTH, headers).replace("{\"request_id\":\"victim\"}", CHUNKED);
    let coded = |what, headers: &str| kind(what, chunked(headers), 400);
    let coding = |what, coding: &str| coded(what, &format!("Transfer-Encoding: {coding}\r\n"));
    let smuggled = chunked(&format!("{LENGTH}{CODING}")) + &rightful();
    vec![
        coded("a length, then chunks", &format!("{LENGTH}{CODING}")),
        coded("chunks, then a length", &format!("{CODING}{LENGTH}")),
        coded(
            "chunks and a length of zero",
            &format!("Content-Length: 0\r\n{CODING}"),
        ),
        kind("a callback behind chunks and a length", smuggled, 400),
        coded("chunks twice", &CODING.repeat(2)),
        coding("chunks within chunks", "chunked, chunked"),
        coding("packed, then chunks", "gzip, chunked"),
        coding("chunks, then something else", "chunked, identity"),
        coding("packed instead of chunks", "gzip"),
        coding("a coding nobody knows", "xchunked"),
        coding("a coding in quotes", "\"chunked\""),
        coding("a coding with a vertical tab", "\u{b}chunked"),
        coding("no coding's name", ""),
        kind(
            "chunks in HTTP/1.0",
            chunked(CODING).replace("HTTP/1.1", "HTTP/1.0"),
            400,
        ),
        coded(
            "a space before the coding's colon",
            "Transfer-Encoding : chunked\r\n",
        ),
        coded("a folded coding", "Transfer-Encoding:\r\n chunked\r\n"),
    ]
}

fn chunks() -> Vec<Kind> {
    let body = "{\"request_id\":\"victim\"}";
    let chunks = |chunks: &str| with(LENGTH, CODING).replace(body, chunks);
    let sized = |size: &str| chunks(&CHUNKED.replace("17", size));
    let chunk = |what, size: &str| kind(what, sized(size), 400);
    vec![
        chunk("a chunk's size that is no number", "zz"),
        chunk("a chunk's size with 0x", "0x17"),
        chunk("a chunk's size with a sign", "+17"),
        chunk("a chunk's size below zero", "-17"),
        chunk("a chunk's size that is empty", ""),
        chunk("a chunk's size beyond 64 bits", "10000000000000017"),
        kind(
            "a chunk's size beyond all callbacks",
            sized("ffffffff"),
            408,
        ),
        chunk("a chunk longer than its size", "16"),
        kind(
            "a chunk's size with a bare LF",
            chunks(&CHUNKED.replacen("\r\n", "\n", 1)),
            400,
        ),
        chunk("a chunk's extension with a bare LF", "17;x\n"),
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
    let head = |what, old: &str, new: &str| {
        let rightful = rightful();
        let (head, body) = rightful.split_once("\r\n\r\n").unwrap();
        let head = format!("{head}\r\n\r\n").replace(old, new);
        kind(what, head + body, 400)
    };
    let before = |what, line: &str| kind(what, format!("{line}{}", rightful()), 400);
    vec![
        head("bare LF in the whole head", "\r\n", "\n"),
        head(
            "a bare LF after the request line",
            "HTTP/1.1\r\n",
            "HTTP/1.1\n",
        ),
        head(
            "a bare LF after a header",
            "Host: gateway\r\n",
            "Host: gateway\n",
        ),
        head("a bare LF at the head's end", "\r\n\r\n", "\r\n\n"),
        head("a bare CR in a header", "Host: gateway", "Host: gate\rway"),
        head("a bare CR between headers", "gateway\r\n", "gateway\r"),
        before("an empty line before the request", "\r\n"),
        before("a bare LF before the request", "\n"),
    ]
}
