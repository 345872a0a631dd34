//! Paths, methods and tokens that are not the callback's.

use super::super::process::token;
use super::{Kind, VICTIM, kind, right_token, with, with_body};

const PATH: &str = "/v1/on_payment_completed?";

pub(super) fn kinds() -> Vec<Kind> {
    let mut kinds = targets();
    kinds.extend(methods());
    kinds.extend(tokens());
    kinds.extend(places_for_a_token());
    kinds
}

fn targets() -> Vec<Kind> {
    let path = |path: &str| with(PATH, &format!("{path}?"));
    vec![
        kind(
            "a target with a scheme",
            path("http://gateway/v1/on_payment_completed"),
            400,
        ),
        kind(
            "a target with https",
            path("https://other/v1/on_payment_completed"),
            400,
        ),
        kind(
            "a target of a host",
            with("POST /v1/on_payment_completed?", "CONNECT gateway:443?"),
            400,
        ),
        kind(
            "a tunnel",
            "CONNECT gateway:443 HTTP/1.1\r\nHost: gateway:443\r\n\r\n",
            400,
        ),
        kind(
            "all of the server",
            "OPTIONS * HTTP/1.1\r\nHost: gateway\r\n\r\n",
            400,
        ),
        kind("a fragment", with(" HTTP/1.1", "#fragment HTTP/1.1"), 400),
        kind(
            "a fragment instead of a path",
            path("/#/v1/on_payment_completed"),
            400,
        ),
        kind(
            "a path that is not ASCII",
            path("/v1/on_payment_completed\u{e4}"),
            400,
        ),
        kind(
            "a query that is not ASCII",
            with(PATH, &format!("{PATH}\u{e4}&")),
            400,
        ),
        kind(
            "a path without its slash",
            path("v1/on_payment_completed"),
            400,
        ),
        kind("a path with a space", path("/v1/on_payment completed"), 400),
        kind("the root", path("/"), 404),
        kind("a slash at the end", path("/v1/on_payment_completed/"), 404),
        kind(
            "a slash too many at the front",
            path("//v1/on_payment_completed"),
            404,
        ),
        kind(
            "a slash too many in the middle",
            path("/v1//on_payment_completed"),
            404,
        ),
        kind("a dot in the path", path("/v1/./on_payment_completed"), 404),
        kind(
            "two dots in the path",
            path("/x/../v1/on_payment_completed"),
            404,
        ),
        kind(
            "capitals in the path",
            path("/V1/on_payment_completed"),
            404,
        ),
        kind("a letter escaped", path("/v1/on_payment_complete%64"), 404),
        kind("a slash escaped", path("/v1%2Fon_payment_completed"), 404),
        kind("a NUL escaped", path("/v1/on_payment_completed%00"), 404),
        kind(
            "a parameter of the path",
            path("/v1/on_payment_completed;a=b"),
            404,
        ),
        kind(
            "a file of the path's name",
            path("/v1/on_payment_completed.json"),
            404,
        ),
        kind(
            "the saved card's path, which is off",
            path("/v1/on_card_saved"),
            404,
        ),
        kind("the private port's health", path("/health/ready"), 404),
        kind("the private port's metrics", path("/metrics"), 404),
        kind("the private port's document", path("/openapi.json"), 404),
        kind("a long path", path(&format!("/{}", "x".repeat(8_000))), 404),
        kind(
            "a file of the server",
            path("/v1/../../../../etc/passwd"),
            404,
        ),
    ]
}

fn methods() -> Vec<Kind> {
    let method = |method: &str| with("POST", method);
    let overridden = "GET /v1/on_payment_completed HTTP/1.1\r\nHost: gateway\r\n\
                      X-HTTP-Method-Override: POST\r\n\r\n";
    let upgrade = "GET /v1/on_payment_completed HTTP/1.1\r\nHost: gateway\r\n\
                   Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n";
    vec![
        kind("GET", method("GET"), 405),
        kind(
            "HEAD",
            method("HEAD").replace("Length: 23", "Length: 0"),
            405,
        ),
        kind("PUT", method("PUT"), 405),
        kind("PATCH", method("PATCH"), 405),
        kind("DELETE", method("DELETE"), 405),
        kind("OPTIONS", method("OPTIONS"), 405),
        kind("TRACE", method("TRACE"), 405),
        kind("POST in small letters", method("post"), 405),
        kind("a method nobody knows", method("PAYMENT"), 405),
        kind("GET that says it is POST", overridden, 405),
        kind("an upgrade to HTTP/2", upgrade, 405),
    ]
}

fn tokens() -> Vec<Kind> {
    let right = right_token();
    let parts: Vec<&str> = right.split('.').collect();
    let [id, time, mac] = parts[..] else {
        panic!("{right}")
    };
    let wrong = |token: String| with(right_token(), &token);
    let flipped = match mac.strip_prefix('A') {
        Some(rest) => format!("B{rest}"),
        None => format!("A{}", &mac[1..]),
    };
    vec![
        kind("another payment's token", wrong(token("another", 0)), 403),
        kind("an empty token", wrong(String::new()), 403),
        kind("a token of dots", wrong("..".to_owned()), 403),
        kind(
            "a mac with a letter changed",
            wrong(format!("{id}.{time}.{flipped}")),
            403,
        ),
        kind(
            "a mac cut short",
            wrong(format!("{id}.{time}.{}", &mac[..42])),
            403,
        ),
        kind(
            "a mac that goes on",
            wrong(format!("{id}.{time}.{mac}A")),
            403,
        ),
        kind(
            "a mac with padding",
            wrong(format!("{id}.{time}.{mac}=")),
            403,
        ),
        kind(
            "a mac in small letters",
            wrong(format!("{id}.{time}.{}", mac.to_lowercase())),
            403,
        ),
        kind("no mac", wrong(format!("{id}.{time}.")), 403),
        kind("no mac and no dot", wrong(format!("{id}.{time}")), 403),
        kind("a fourth part", wrong(format!("{right}.x")), 403),
        kind("another time", wrong(format!("{id}.1{time}.{mac}")), 403),
        kind(
            "a time with a zero before it",
            wrong(format!("{id}.0{time}.{mac}")),
            403,
        ),
        kind(
            "a time with a sign",
            wrong(format!("{id}.+{time}.{mac}")),
            403,
        ),
        kind("no time", wrong(format!("{id}..{mac}")), 403),
        kind(
            "a secret nobody knows",
            wrong(format!("unknown.{time}.{mac}")),
            403,
        ),
        kind("no secret's name", wrong(format!(".{time}.{mac}")), 403),
        kind(
            "a secret's name in capitals",
            wrong(format!("TEST.{time}.{mac}")),
            403,
        ),
        kind("a token of 8 kB", wrong("x".repeat(8_000)), 403),
        kind("a token of 8 kB of dots", wrong(".".repeat(8_000)), 403),
        kind(
            "a query of 5,000 parameters",
            wrong(format!("x{}", "&x".repeat(5_000))),
            403,
        ),
        kind(
            "an escaped letter in the token",
            wrong(right.replacen('t', "%74", 1)),
            403,
        ),
    ]
}

fn places_for_a_token() -> Vec<Kind> {
    let right = right_token();
    let in_body = format!("{{\"request_id\":\"{VICTIM}\",\"token\":\"{right}\"}}");
    let in_header = format!("Host: gateway\r\nAuthorization: Bearer {right}\r\n");
    let key = |key: &str| with("?token=", &format!("?{key}="));
    let bare = "?no=";
    vec![
        kind("no token", key("no"), 403),
        kind("no query", with(&format!("?token={right}"), ""), 403),
        kind(
            "the token twice",
            with("?token=", &format!("?token={right}&token=")),
            403,
        ),
        kind(
            "a wrong token and the right one",
            with("?token=", "?token=x&token="),
            403,
        ),
        kind(
            "a token without a value and the right one",
            with("?token=", "?token&token="),
            403,
        ),
        kind(
            "the right token and an escaped one",
            with("?token=", "?tok%65n=x&token="),
            403,
        ),
        kind("an escaped key", key("tok%65n"), 403),
        kind("a key in capitals", key("Token"), 403),
        kind("a key of a list", key("token[]"), 403),
        kind(
            "semicolons between parameters",
            with("?token=", "?a=b;token="),
            403,
        ),
        kind(
            "the token in the body",
            with_body(&in_body).replacen("?token=", bare, 1),
            403,
        ),
        kind(
            "the token in a header",
            with("Host: gateway\r\n", &in_header).replacen("?token=", bare, 1),
            403,
        ),
        kind(
            "the token in a cookie",
            with(
                "Host: gateway\r\n",
                &format!("Host: gateway\r\nCookie: token={right}\r\n"),
            )
            .replacen("?token=", bare, 1),
            403,
        ),
        kind(
            "the victim's token for another payment",
            with("\"victim\"", "\"winner\""),
            403,
        ),
    ]
}
