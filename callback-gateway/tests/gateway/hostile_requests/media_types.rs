//! Bodies that are not declared as JSON, or with invalid grammar.

use super::{Kind, kind, with};

const JSON: &str = "Content-Type: application/json\r\n";

pub(super) fn kinds() -> Vec<Kind> {
    let media_type = |media_type: &str| with(JSON, &format!("Content-Type: {media_type}\r\n"));
    let coded = |coding: &str| with(JSON, &format!("{JSON}Content-Encoding: {coding}\r\n"));
    vec![
        kind("no content type", with(JSON, ""), 415),
        kind("an empty content type", media_type(""), 415),
        kind("the content type twice", with(JSON, &JSON.repeat(2)), 415),
        kind("text", media_type("text/plain"), 415),
        kind(
            "a form",
            media_type("application/x-www-form-urlencoded"),
            415,
        ),
        kind(
            "a form in parts",
            media_type("multipart/form-data; boundary=x"),
            415,
        ),
        kind("JSON by another name", media_type("text/json"), 415),
        kind(
            "JSON of another kind",
            media_type("application/problem+json"),
            415,
        ),
        kind(
            "a list of types",
            media_type("application/json, text/plain"),
            415,
        ),
        kind(
            "a parameter without a value",
            media_type("application/json; charset"),
            415,
        ),
        kind(
            "a parameter with an empty value",
            media_type("application/json; charset="),
            415,
        ),
        kind(
            "a space before a parameter's value",
            media_type("application/json; charset= utf-8"),
            415,
        ),
        kind(
            "a parameter without a semicolon",
            media_type("application/json charset=utf-8"),
            415,
        ),
        kind(
            "a quote that does not end",
            media_type("application/json; charset=\"utf-8"),
            415,
        ),
        kind(
            "another type behind a parameter",
            media_type("application/json; charset=utf-8, text/plain"),
            415,
        ),
        kind(
            "a content type that is not ASCII",
            media_type("application/json; \u{e4}"),
            415,
        ),
        kind("gzip", coded("gzip"), 415),
        kind("identity as a coding", coded("identity"), 415),
        kind("no coding's name for the content", coded(""), 415),
    ]
}
