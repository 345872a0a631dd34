use reqwest::header::{HeaderMap, HeaderValue};

use super::*;

fn answer(status: u16, body: &str, header: Option<(&'static str, &'static str)>) -> Answer<()> {
    let mut headers = HeaderMap::new();
    if let Some((name, value)) = header {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let answer = HttpAnswer {
        status,
        retry_after: None,
        date: None,
        headers,
        body: body.as_bytes().to_vec(),
    };
    Answer::read(Ok(answer), |body| (body == b"{}").then_some(()))
}

fn error(kind: &str, code: &str) -> String {
    format!(r#"{{"error":{{"type":"{kind}","code":"{code}","message":"m"}}}}"#)
}

#[test]
fn each_answer_has_its_row() {
    let class = |answer: Answer<()>| match answer {
        Answer::Got(()) => "got",
        Answer::Replayed(()) => "replayed",
        Answer::Declined(_) => "declined",
        Answer::Refused(_) => "refused",
        Answer::RefusedBefore(_) => "refused before",
        Answer::UnexpectedState => "unexpected state",
        Answer::Missing => "missing",
        Answer::KeyReused => "key reused",
        Answer::KeyUnknown(_) => "key unknown",
        Answer::AccessDenied(_) => "access denied",
        Answer::RateLimited(_) => "rate limited",
        Answer::Unanswered(_) => "unanswered",
        Answer::Unclear(_) => "unclear",
    };
    let invalid = |code| error("invalid_request_error", code);
    let retry = Some((SHOULD_RETRY, "true"));
    for (status, body, header, expected) in [
        (200, "{}".to_owned(), None, "got"),
        (200, "{}".to_owned(), Some((REPLAYED, "true")), "replayed"),
        (200, "<html>".to_owned(), None, "unclear"),
        (201, "{}".to_owned(), None, "unclear"),
        (302, String::new(), None, "unclear"),
        (400, invalid("amount_too_small"), None, "refused"),
        (400, invalid("amount_too_small"), retry, "unclear"),
        (
            400,
            invalid("charge_already_refunded"),
            Some((REPLAYED, "true")),
            "refused before",
        ),
        (
            400,
            invalid("payment_intent_unexpected_state"),
            None,
            "unexpected state",
        ),
        (400, error("idempotency_error", ""), None, "key reused"),
        (400, "busy".to_owned(), None, "unclear"),
        (401, invalid(""), None, "key unknown"),
        (402, error("card_error", "card_declined"), None, "declined"),
        (402, error("card_error", "card_declined"), retry, "unclear"),
        (403, invalid(""), None, "access denied"),
        (404, invalid("resource_missing"), None, "missing"),
        (404, "nginx".to_owned(), None, "unclear"),
        (
            409,
            error("idempotency_error", "idempotency_key_in_use"),
            None,
            "unclear",
        ),
        (424, error("api_error", ""), None, "unclear"),
        (429, String::new(), None, "rate limited"),
        (500, error("api_error", ""), None, "unclear"),
        (
            500,
            error("api_error", ""),
            Some((REPLAYED, "true")),
            "unclear",
        ),
        (503, String::new(), None, "unclear"),
    ] {
        let answer = answer(status, &body, header);
        assert_eq!(class(answer), expected, "{status} {body} {header:?}");
    }
}

#[test]
fn only_what_may_have_moved_money_leaves_a_submission_open() {
    let open = |answer: Answer<()>| {
        let not_done = answer.not_done();
        matches!(not_done, SubmissionReport::Open { .. })
    };
    assert!(open(answer(500, "", None)));
    assert!(open(answer(
        409,
        &error("invalid_request_error", "lock_timeout"),
        None
    )));
    assert!(open(Answer::Unanswered(NoAnswer::Broken(
        "the connection broke".to_owned()
    ))));
    assert!(!open(answer(429, "", None)));
    assert!(!open(answer(
        400,
        &error("invalid_request_error", ""),
        None
    )));
    assert!(!open(Answer::Unanswered(NoAnswer::NotConnected(
        "connecting failed".to_owned()
    ))));
    let created = answer(500, "", None).nothing_sent();
    assert!(matches!(created, SubmissionReport::NotSent { .. }));
}

#[test]
fn only_a_partner_that_was_asked_can_be_silent() {
    let unasked = |answer: Answer<()>| answer.no_status().is_unasked();
    let no_key = NoAnswer::Withheld("no key".to_owned());
    assert!(unasked(answer(429, "", None)));
    assert!(unasked(Answer::Unanswered(no_key)));
    assert!(!unasked(answer(500, "", None)));
}
