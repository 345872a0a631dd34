//! Paths, methods and tokens that are not the callback's.

use super::super::process::token;
use super::{Kind, VICTIM, kind, right_token, with, with_body};

const PATH: &str = "/v1/on_payment_completed?";

pub(super) fn kinds() -> Vec<Kind> {
    [targets(), methods(), tokens(), places_for_a_token()].concat()
}

fn targets() -> Vec<Kind> {
    let path = |what, path: &str, status| kind(what, with(PATH, &format!("{path}?")), status);
    let ambiguous = |what, target: &str| path(what, target, 400);
    let missing = |what, target: &str| path(what, target, 404);
    vec![
        ambiguous(
            "a target with a scheme",
            "http://gateway/v1/on_payment_completed",
        ),
        ambiguous(
            "a target with https",
            "https://other/v1/on_payment_completed",
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
        ambiguous("a fragment instead of a path", "/#/v1/on_payment_completed"),
        ambiguous("a path that is not ASCII", "/v1/on_payment_completed\u{e4}"),
        kind(
            "a query that is not ASCII",
            with(PATH, &format!("{PATH}\u{e4}&")),
            400,
        ),
        ambiguous("a path without its slash", "v1/on_payment_completed"),
        ambiguous("a path with a space", "/v1/on_payment completed"),
        missing("the root", "/"),
        missing("a slash at the end", "/v1/on_payment_completed/"),
        missing("a slash too many at the front", "//v1/on_payment_completed"),
        missing(
            "a slash too many in the middle",
            "/v1//on_payment_completed",
        ),
        missing("a dot in the path", "/v1/./on_payment_completed"),
        missing("two dots in the path", "/x/../v1/on_payment_completed"),
        missing("capitals in the path", "/V1/on_payment_completed"),
        missing("a letter escaped", "/v1/on_payment_complete%64"),
        missing("a slash escaped", "/v1%2Fon_payment_completed"),
        missing("a NUL escaped", "/v1/on_payment_completed%00"),
        missing("a parameter of the path", "/v1/on_payment_completed;a=b"),
        missing("a file of the path's name", "/v1/on_payment_completed.json"),
        missing("the saved card's path, which is off", "/v1/on_card_saved"),
        missing("the private port's health", "/health/ready"),
        missing("the private port's metrics", "/metrics"),
        missing("the private port's document", "/openapi.json"),
        missing("a long path", &format!("/{}", "x".repeat(8_000))),
        missing("a file of the server", "/v1/../../../../etc/passwd"),
    ]
}

fn methods() -> Vec<Kind> {
    let method = |what, method| kind(what, with("POST", method), 405);
    let overridden = "GET /v1/on_payment_completed HTTP/1.1\r\nHost: gateway\r\n\
                      X-HTTP-Method-Override: POST\r\n\r\n";
    let upgrade = "GET /v1/on_payment_completed HTTP/1.1\r\nHost: gateway\r\n\
                   Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n";
    vec![
        method("GET", "GET"),
        kind(
            "HEAD",
            with("POST", "HEAD").replace("Length: 23", "Length: 0"),
            405,
        ),
        method("PUT", "PUT"),
        method("PATCH", "PATCH"),
        method("DELETE", "DELETE"),
        method("OPTIONS", "OPTIONS"),
        method("TRACE", "TRACE"),
        method("POST in small letters", "post"),
        method("a method nobody knows", "PAYMENT"),
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
    let wrong = |what, token: String| kind(what, with(right, &token), 403);
    let flipped = match mac.strip_prefix('A') {
        Some(rest) => format!("B{rest}"),
        None => format!("A{}", &mac[1..]),
    };
    vec![
        wrong("another payment's token", token("another", 0)),
        wrong("an empty token", String::new()),
        wrong("a token of dots", "..".to_owned()),
        wrong(
            "a mac with a letter changed",
            format!("{id}.{time}.{flipped}"),
        ),
        wrong("a mac cut short", format!("{id}.{time}.{}", &mac[..42])),
        wrong("a mac that goes on", format!("{id}.{time}.{mac}A")),
        wrong("a mac with padding", format!("{id}.{time}.{mac}=")),
        wrong(
            "a mac in small letters",
            format!("{id}.{time}.{}", mac.to_lowercase()),
        ),
        wrong("no mac", format!("{id}.{time}.")),
        wrong("no mac and no dot", format!("{id}.{time}")),
        wrong("a fourth part", format!("{right}.x")),
        wrong("another time", format!("{id}.1{time}.{mac}")),
        wrong(
            "a time with a zero before it",
            format!("{id}.0{time}.{mac}"),
        ),
        wrong("a time with a sign", format!("{id}.+{time}.{mac}")),
        wrong("no time", format!("{id}..{mac}")),
        wrong("a secret nobody knows", format!("unknown.{time}.{mac}")),
        wrong("no secret's name", format!(".{time}.{mac}")),
        wrong("a secret's name in capitals", format!("TEST.{time}.{mac}")),
        wrong("a token of 8 kB", "x".repeat(8_000)),
        wrong("a token of 8 kB of dots", ".".repeat(8_000)),
        wrong(
            "a query of 5,000 parameters",
            format!("x{}", "&x".repeat(5_000)),
        ),
        wrong(
            "an escaped letter in the token",
            right.replacen('t', "%74", 1),
        ),
    ]
}

fn places_for_a_token() -> Vec<Kind> {
    let right = right_token();
    let in_body = format!("{{\"request_id\":\"{VICTIM}\",\"token\":\"{right}\"}}");
    let in_header = |header: &str| with("Host:", &format!("{header}{right}\r\nHost:"));
    let instead = |what, new: &str| kind(what, with("?token=", new), 403);
    let key = |what, key: &str| instead(what, &format!("?{key}="));
    let elsewhere = |what, request: String| kind(what, request.replacen("?token=", "?no=", 1), 403);
    vec![
        key("no token", "no"),
        kind("no query", with(&format!("?token={right}"), ""), 403),
        instead("the token twice", &format!("?token={right}&token=")),
        instead("a wrong token and the right one", "?token=x&token="),
        instead("a token without a value and the right one", "?token&token="),
        instead("the right token and an escaped one", "?tok%65n=x&token="),
        key("an escaped key", "tok%65n"),
        key("a key in capitals", "Token"),
        key("a key of a list", "token[]"),
        instead("semicolons between parameters", "?a=b;token="),
        elsewhere("the token in the body", with_body(&in_body)),
        elsewhere("the token in a header", in_header("Authorization: Bearer ")),
        elsewhere("the token in a cookie", in_header("Cookie: token=")),
        kind(
            "the victim's token for another payment",
            with("\"victim\"", "\"winner\""),
            403,
        ),
    ]
}
