//! Bodies that are not one small JSON object with a request id.

use super::{Kind, kind, rightful, with, with_body};

pub(super) fn kinds() -> Vec<Kind> {
    [objects(), request_ids(), bytes(), lengths()].concat()
}

fn objects() -> Vec<Kind> {
    let body = |what, body: &str| kind(what, with_body(body), 400);
    let right = r#"{"request_id":"victim"}"#;
    vec![
        body("nothing", ""),
        body("blanks", "   "),
        body("null", "null"),
        body("an array", r#"["victim"]"#),
        body("a text", r#""victim""#),
        body("an object without an end", r#"{"request_id":"victim""#),
        body("a comma too many", r#"{"request_id":"victim",}"#),
        body("a comment", r#"{"request_id":"victim"/*x*/}"#),
        body("single quotes", "{'request_id':'victim'}"),
        body("a key without quotes", r#"{request_id:"victim"}"#),
        body("two objects", &right.repeat(2)),
        body("something after the object", &format!("{right}x")),
        body("a NUL after the object", &format!("{right}\0")),
        body(
            "the key twice",
            r#"{"request_id":"victim","request_id":"victim"}"#,
        ),
        body(
            "the key twice, once escaped",
            r#"{"request_id":"victim","request\u005fid":"x"}"#,
        ),
        body(
            "another key twice",
            r#"{"request_id":"victim","a":1,"a":2}"#,
        ),
        body(
            "a key twice further down",
            r#"{"request_id":"victim","a":[{"b":1,"b":2}]}"#,
        ),
        body(
            "deep arrays",
            &format!("{{\"request_id\":\"victim\",\"a\":{}", "[".repeat(3_000)),
        ),
        body(
            "deep objects",
            &format!(
                "{{\"request_id\":\"victim\",\"a\":{}",
                "{\"a\":".repeat(800)
            ),
        ),
        body(
            "a number beyond all",
            r#"{"request_id":"victim","a":1e99999}"#,
        ),
        body("no number", r#"{"request_id":"victim","a":NaN}"#),
        body(
            "half a surrogate",
            r#"{"request_id":"victim","a":"\ud800"}"#,
        ),
        body(
            "a line break in a text",
            "{\"request_id\":\"victim\",\"a\":\"\n\"}",
        ),
        body("a form's body", "request_id=victim"),
        body("XML", "<request_id>victim</request_id>"),
    ]
}

fn request_ids() -> Vec<Kind> {
    let id = |what, id: &str| kind(what, with_body(&format!("{{\"request_id\":{id}}}")), 400);
    vec![
        kind("no request id", with_body("{}"), 400),
        kind(
            "the key in capitals",
            with_body(r#"{"Request_Id":"victim"}"#),
            400,
        ),
        kind(
            "the key with a NUL",
            with_body(r#"{"request_id\u0000":"victim"}"#),
            400,
        ),
        id("a request id that is null", "null"),
        id("a request id that is a number", "7"),
        id("a request id that is a list", "[\"victim\"]"),
        id("a request id that is an object", "{\"$eq\":\"victim\"}"),
        id("an empty request id", "\"\""),
        id("a request id with a path", "\"../victim\""),
        id("a request id with a NUL", "\"victim\\u0000\""),
        id("a request id with a line break", "\"victim\\n\""),
        id("a request id with a blank", "\" victim\""),
        id("a request id in other letters", "\"v\u{456}ctim\""),
        id(
            "a request id of 65 characters",
            &format!("\"{}\"", "v".repeat(65)),
        ),
        id("a request id with a query", "\"victim' OR 1=1\""),
    ]
}

fn bytes() -> Vec<Kind> {
    let body = |what, body: &[u8]| {
        let length = format!("Content-Length: {}", body.len());
        let rightful = rightful().replacen("Content-Length: 23", &length, 1);
        let (head, _) = rightful.split_once("\r\n\r\n").unwrap();
        kind(what, [head.as_bytes(), b"\r\n\r\n", body].concat(), 400)
    };
    let right = r#"{"request_id":"victim"}"#;
    let utf_16: Vec<u8> = right.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        body("a byte order mark", format!("\u{feff}{right}").as_bytes()),
        body("UTF-16 that says nothing", &utf_16),
        body(
            "bytes that are not UTF-8",
            b"{\"request_id\":\"victim\",\"a\":\"\xff\"}",
        ),
        body(
            "a letter in too many bytes",
            b"{\"request_id\":\"\xc1\xb6ictim\"}",
        ),
        body(
            "packed and not said so",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56\x2a",
        ),
    ]
}

fn lengths() -> Vec<Kind> {
    let length = |length: &str| with("Content-Length: 23", &format!("Content-Length: {length}"));
    let long = format!(
        "{{\"request_id\":\"victim\",\"a\":\"{}\"}}",
        "x".repeat(4_096)
    );
    vec![
        kind("a body that is too long", with_body(&long), 413),
        kind("a body of megabytes", with_body(&long.repeat(1_000)), 413),
        kind("a length that is too long", length("4097"), 413),
        kind("a length of exabytes", length("18446744073709551613"), 413),
        kind("a body longer than its length", length("22"), 400),
        kind("a length of zero before a body", length("0"), 400),
        kind(
            "no length before a body",
            with("Content-Length: 23\r\n", ""),
            400,
        ),
        kind("a body shorter than its length", length("24"), 408),
        kind(
            "a body that never begins",
            length("23").replace("{\"request_id\":\"victim\"}", ""),
            408,
        ),
    ]
}
