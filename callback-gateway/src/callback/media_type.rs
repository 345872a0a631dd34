//! Whether a body is declared as JSON.

const JSON: &[u8] = b"application/json";

/// Whether a `Content-Type` is `application/json` by the grammar of RFC 9110, sections 8.3.1 and
/// 5.6.6. JSON has no parameters (RFC 8259), so any parameters are ignored; empty ones are legal.
pub(super) fn is_json(content_type: &[u8]) -> bool {
    let (essence, parameters) = content_type
        .split_at_checked(JSON.len())
        .unwrap_or_default();
    essence.eq_ignore_ascii_case(JSON) && are_parameters(parameters)
}

/// `*( OWS ";" OWS [ parameter ] )`
fn are_parameters(mut text: &[u8]) -> bool {
    loop {
        text = match skip_spaces(text) {
            [] => return true,
            [b';', after @ ..] => skip_spaces(after),
            _ => return false,
        };
        if matches!(text, [] | [b';', ..]) {
            continue;
        }
        match after_parameter(text) {
            Some(after) => text = after,
            None => return false,
        }
    }
}

/// `token "=" ( token / quoted-string )`
fn after_parameter(text: &[u8]) -> Option<&[u8]> {
    match after_token(text)?.strip_prefix(b"=")? {
        [b'"', quoted @ ..] => after_quoted(quoted),
        value => after_token(value),
    }
}

/// `1*tchar`
fn after_token(text: &[u8]) -> Option<&[u8]> {
    let is_tchar = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let length = text.iter().take_while(|byte| is_tchar(byte)).count();
    (length > 0).then(|| &text[length..])
}

/// The rest of a quoted string; it may contain any byte except control characters.
fn after_quoted(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = match text {
            [b'"', after @ ..] => return Some(after),
            [b'\\', byte, after @ ..] | [byte, after @ ..] if is_text(*byte) => after,
            _ => return None,
        }
    }
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

fn skip_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
    &text[spaces.count()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_json_whatever_its_parameters() {
        for good in [
            "application/json",
            "Application/JSON",
            "application/json;",
            "application/json;;",
            "application/json; ;\t; ",
            "application/json;charset=UTF-8;",
            "application/json; charset=utf-8",
            "application/json ; charset=utf8",
            "application/json;charset=utf-16",
            "application/json; charset=\"utf-8\"",
            "application/json; charset=utf-8; charset=utf-16",
            "application/json; version=1",
            "application/json; q=\"\"; a=\"; charset=\\\"x\\\" \u{e4}\"",
        ] {
            assert!(is_json(good.as_bytes()), "{good}");
        }
    }

    #[test]
    fn what_breaks_the_grammar_or_is_another_type_is_not_json() {
        for bad in [
            "",
            ";",
            "json",
            "text/json",
            "application/json2",
            "application/json/x",
            "application/problem+json",
            "application /json",
            "application/json, text/plain",
            "application/json charset=utf-8",
            "application/json; charset",
            "application/json; charset=",
            "application/json; =utf-8",
            "application/json; charset =utf-8",
            "application/json; charset= utf-8",
            "application/json; charset=utf-8 x",
            "application/json; charset=utf-8, text/plain",
            "application/json; charset=\"utf-8",
            "application/json; charset=\"utf-8\\\"",
            "application/json; charset=\"utf-8\"x",
            "application/json; charset='utf 8'",
            "application/json; a=\"\u{7f}\"",
            "application/json; a=\"\r\n\"",
            "application/json; \u{e4}=1",
            "application/json\u{a0}",
        ] {
            assert!(!is_json(bad.as_bytes()), "{bad:?}");
        }
    }
}
