//! The checks of a request before its body is read.

use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST};
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, HeaderValue, Request, Uri};
use callback_token::QUERY_PARAMETER;

use super::media_type::is_json;
use crate::answer::Answer;
use crate::framing::Ambiguity;

/// A proxy in front and the gateway must see the same request: framed in one way, with exactly one
/// valid Host, and a target that is an ASCII path. Everything else that is ambiguous hyper itself
/// refuses.
pub(crate) fn must_be_unambiguous<B>(request: &Request<B>) -> Result<(), Answer> {
    let framing: Option<&Ambiguity> = request.extensions().get();
    let framed_once = framing.is_some_and(|ambiguity| !ambiguity.is_there());
    let mut hosts = request.headers().get_all(HOST).iter();
    let one_host = hosts.next().is_some_and(is_host) && hosts.next().is_none();
    let target = request.uri();
    let path_alone = target.scheme().is_none() && target.authority().is_none();
    let path = target.path_and_query().map_or("", PathAndQuery::as_str);
    let plain = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    if framed_once && one_host && path_alone && plain {
        Ok(())
    } else {
        Err(Answer::Ambiguous)
    }
}

/// A name or an address, with an optional port.
fn is_host(value: &HeaderValue) -> bool {
    let authority = value.to_str().ok().and_then(|value| value.parse().ok());
    authority.is_some_and(|authority: Authority| {
        let name_alone = authority.host() == authority.as_str();
        (name_alone || authority.port_u16().is_some()) && !authority.as_str().contains('@')
    })
}

/// JSON, declared once, without compression: nothing here decompresses.
pub(super) fn must_be_json(headers: &HeaderMap) -> Result<(), Answer> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let json = types.next().is_some_and(|it| is_json(it.as_bytes())) && types.next().is_none();
    if json && !headers.contains_key(CONTENT_ENCODING) {
        Ok(())
    } else {
        Err(Answer::UnsupportedMediaType)
    }
}

/// The token in the query, if there is exactly one. Its characters need no escaping, and the
/// partner calls the address as it was given. If something in the query is escaped, another parser
/// might find another token.
pub fn only_token(uri: &Uri) -> Option<&str> {
    let query = uri.query().unwrap_or("");
    if query.contains('%') {
        return None;
    }
    let parameters = query.split('&');
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
        let host = |text: &'static str| is_host(&HeaderValue::from_static(text));
        for good in [
            "g",
            "pay.example.org",
            "10.0.0.1:8080",
            "[::1]",
            "[::1]:8080",
        ] {
            assert!(host(good), "{good}");
        }
        for bad in [
            "", " ", "a b", "user@g", "g/x", "g?x", "g:", "g:x", "g:99999", "http://g", "a:1:2",
        ] {
            assert!(!host(bad), "{bad}");
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
            "/?tok%65n=a&token=a",
            "/?token=%61",
        ] {
            assert_eq!(token(target), None, "{target}");
        }
    }
}
