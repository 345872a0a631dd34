//! What is asked of a request before its body is looked at.

use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, Request, Uri};
use workflows::callback_token::QUERY_PARAMETER;

use crate::answer::Answer;

/// A proxy in front and the gateway have to see the same request: one Host, and a target that is
/// a path. Whatever else could be read in two ways hyper refuses itself.
pub(super) fn must_be_unambiguous<B>(request: &Request<B>) -> Result<(), Answer> {
    let hosts = request.headers().get_all(HOST).iter().count();
    let path_alone = request.uri().scheme().is_none() && request.uri().authority().is_none();
    match hosts == 1 && path_alone {
        true => Ok(()),
        false => Err(Answer::BadRequest),
    }
}

/// JSON is UTF-8, so no other charset may be named; and nothing here unpacks what is packed.
pub(super) fn must_be_json(headers: &HeaderMap) -> Result<(), Answer> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let json = match (
        types.next().map(|content_type| content_type.to_str()),
        types.next(),
    ) {
        (Some(Ok(content_type)), None) => is_plain_json(content_type),
        _ => false,
    };
    match json && !headers.contains_key(CONTENT_ENCODING) {
        true => Ok(()),
        false => Err(Answer::UnsupportedMediaType),
    }
}

/// The token in the query, if exactly one stands there. It is made of characters that need no
/// escape, and the partner calls the address as it was given.
pub(super) fn only_token(uri: &Uri) -> Option<&str> {
    let parameters = uri.query().unwrap_or("").split('&');
    let mut tokens = parameters.filter_map(|parameter| match parameter.split_once('=') {
        Some((QUERY_PARAMETER, token)) => Some(token),
        Some(_) => None,
        None => (parameter == QUERY_PARAMETER).then_some(""),
    });
    match (tokens.next(), tokens.next()) {
        (Some(token), None) => Some(token),
        _ => None,
    }
}

fn is_plain_json(content_type: &str) -> bool {
    let (essence, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let charset = parameters.trim();
    essence.trim().eq_ignore_ascii_case("application/json")
        && (charset.is_empty()
            || charset.eq_ignore_ascii_case("charset=utf-8")
            || charset.eq_ignore_ascii_case("charset=\"utf-8\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_read() {
        for good in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=UTF-8",
            "application/json; charset=\"utf-8\"",
        ] {
            assert!(is_plain_json(good), "{good}");
        }
        for bad in [
            "",
            "text/json",
            "application/json2",
            "application/json; charset=utf-16",
            "application/json; charset=utf-8; charset=utf-16",
            "application/json; version=1",
            "application/problem+json",
        ] {
            assert!(!is_plain_json(bad), "{bad}");
        }
    }

    #[test]
    fn a_token_counts_only_when_it_stands_there_once() {
        let token = |target: &str| only_token(&target.parse().unwrap()).map(str::to_owned);
        assert_eq!(token("/?token=a.b"), Some("a.b".to_owned()));
        assert_eq!(token("/?x=1&token=a=b&y"), Some("a=b".to_owned()));
        for target in [
            "/",
            "/?",
            "/?tokens=a",
            "/?token=a&token=a",
            "/?token&token=a",
        ] {
            assert_eq!(token(target), None, "{target}");
        }
    }
}
