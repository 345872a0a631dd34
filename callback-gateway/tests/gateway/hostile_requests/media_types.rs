//! Bodies that are not declared as JSON, or with invalid grammar.

use super::{Kind, kind, with};

const JSON: &str = "Content-Type: application/json\r\n";

pub(super) fn kinds() -> Vec<Kind> {
    let instead = |what, new: &str| kind(what, with(JSON, new), 415);
    let media_type = |what, it: &str| instead(what, &format!("Content-Type: {it}\r\n"));
    let json = |what, more: &str| media_type(what, &format!("application/json{more}"));
    let coded = |what, it: &str| instead(what, &format!("{JSON}Content-Encoding: {it}\r\n"));
    vec![
        instead("no content type", ""),
        media_type("an empty content type", ""),
        instead("the content type twice", &JSON.repeat(2)),
        media_type("text", "text/plain"),
        media_type("a form", "application/x-www-form-urlencoded"),
        media_type("a form in parts", "multipart/form-data; boundary=x"),
        media_type("JSON by another name", "text/json"),
        media_type("JSON of another kind", "application/problem+json"),
        json("a list of types", ", text/plain"),
        json("a parameter without a value", "; charset"),
        json("a parameter with an empty value", "; charset="),
        json("a space before a parameter's value", "; charset= utf-8"),
        json("a parameter without a semicolon", " charset=utf-8"),
        json("a quote that does not end", "; charset=\"utf-8"),
        json(
            "another type behind a parameter",
            "; charset=utf-8, text/plain",
        ),
        json("a content type that is not ASCII", "; \u{e4}"),
        coded("gzip", "gzip"),
        coded("identity as a coding", "identity"),
        coded("no coding's name for the content", ""),
    ]
}
