use reqwest::header::HeaderMap;

use super::*;

const STATE: &str = r#"{"requestId":"r-1","kind":"PAYMENT","status":"PENDING","amount":"1.00",
    "currency":"KGS","partnerPaymentId":"pp-1","updatedAt":"2026-11-24T08:00:00Z","new":1}"#;
const HTML: &str = "<html>busy</html>";

fn answer(status: u16, body: &str) -> Answer<OperationState> {
    let body = body.as_bytes().to_vec();
    Answer::read(
        Ok(HttpAnswer {
            status,
            retry_after: None,
            headers: HeaderMap::new(),
            date: None,
            body,
        }),
        wire::operation_state,
    )
}

fn error(code: &str) -> String {
    format!(r#"{{"code":"{code}","message":"m","more":true}}"#)
}

#[test]
fn only_definite_answers_to_a_submission_are_final_or_clean() {
    let class = |report: SubmissionReport| serde_json::to_value(report).unwrap()["report"].clone();
    let completed = STATE.replace("PENDING", "COMPLETED");
    let array = r#"["r-1","PAYMENT","PENDING",null,"1.00","KGS","pp-1","2026-11-24T08:00:00Z"]"#;
    let undated = STATE.replace("2026-11-24T08:00:00Z", "yesterday");
    for (status, body, expected) in [
        (200, STATE, "answered"),
        (200, completed.as_str(), "answered"),
        (202, STATE, "answered"),
        (202, completed.as_str(), "open"),
        (200, undated.as_str(), "open"),
        (200, "", "open"),
        (200, HTML, "open"),
        (200, array, "open"),
        (200, &STATE[..40], "open"),
        (201, STATE, "open"),
        (204, "", "open"),
        (302, "", "open"),
        (400, &error("amount_malformed"), "refused"),
        (400, HTML, "open"),
        (401, &error("signature_invalid"), "access_denied"),
        (401, HTML, "open"),
        (403, &error("merchant_blocked"), "access_denied"),
        (404, &error("order_not_found"), "refused"),
        (404, &error("session_not_found"), "not_sent"),
        (404, &error("something_else"), "open"),
        (404, HTML, "open"),
        (409, &error("request_conflict"), "refused"),
        (410, &error("session_expired"), "not_sent"),
        (410, &error("session_used"), "open"),
        (418, &error("teapot"), "open"),
        (422, &error("never_seen_before"), "refused"),
        (429, HTML, "not_sent"),
        (500, &error("internal"), "open"),
        (503, HTML, "open"),
    ] {
        assert_eq!(
            class(submission(answer(status, body))),
            expected,
            "{status} {body}"
        );
    }
    let unanswered = |no_answer| class(submission(Answer::Unanswered(no_answer)));
    let words = || "words".to_owned();
    assert_eq!(unanswered(NoAnswer::Broken(words())), "open");
    assert_eq!(unanswered(NoAnswer::NotConnected(words())), "not_connected");
    assert_eq!(unanswered(NoAnswer::Withheld(words())), "not_sent");
}

#[test]
fn only_the_partners_own_words_answer_a_question() {
    assert!(matches!(status(answer(200, STATE)), StatusReport::Shown(_)));
    assert_eq!(
        status(answer(404, &error("request_not_found"))),
        StatusReport::NotFound
    );
    assert!(matches!(
        status(answer(401, &error("key_unknown"))),
        StatusReport::AccessDenied { .. }
    ));
    for (code, body) in [
        (404, HTML.to_owned()),
        (404, error("session_not_found")),
        (200, HTML.to_owned()),
        (410, error("session_expired")),
        (500, String::new()),
    ] {
        let report = status(answer(code, &body));
        assert!(
            matches!(report, StatusReport::NoAnswer { .. }) && !report.is_unasked(),
            "{code} {body}: {report:?}"
        );
    }
    // It put the question off, so its silence says nothing.
    assert!(status(answer(429, "")).is_unasked());
    let withheld = Answer::Unanswered(NoAnswer::Withheld("no key".into()));
    assert!(status(withheld).is_unasked());
}

#[test]
fn an_order_that_no_session_opens_for_is_refused_and_trouble_is_not() {
    let refused = no_session_to_submit::<()>(Answer::Error(404, "order_not_found".into()));
    assert_eq!(
        refused,
        SubmissionReport::Refused {
            code: "order_not_found".into()
        }
    );
    let trouble = no_session_to_submit::<()>(Answer::Unclear("HTTP 503".into()));
    assert!(matches!(trouble, SubmissionReport::NotSent { .. }));
}

#[test]
fn a_code_is_kept_as_the_partner_wrote_it_where_it_is_a_short_plain_text() {
    let longest = "x".repeat(64);
    let (empty, too_long) = ("", "x".repeat(65));
    for (code, kept) in [
        ("Do not honor", "Do not honor"),
        ("05: do_not_honor", "05: do_not_honor"),
        ("fraud-suspected/v1.2", "fraud-suspected/v1.2"),
        (&longest, &longest),
        (&too_long, "unspecified"),
        (empty, "unspecified"),
        ("<b>", "unspecified"),
        ("abgelehnt, Grund 5", "unspecified"),
        ("nicht erw\u{fc}nscht", "unspecified"),
        (r"line\nfeed", "unspecified"),
        (r"a\tb", "unspecified"),
        (r"\u001b[2J", "unspecified"),
    ] {
        match answer(422, &error(code)) {
            Answer::Error(422, read) => assert_eq!(read, kept, "{code}"),
            other => panic!("{other:?}"),
        }
        let declined = STATE
            .replace("PENDING", "DECLINED")
            .replace(r#""new":1"#, &format!(r#""declineCode":"{code}""#));
        match answer(200, &declined) {
            Answer::Got(200, state) => {
                let code = kept.to_owned();
                assert_eq!(state.status, Status::Declined { code });
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_date_is_passed_on_as_its_moment_and_any_other_text_makes_the_answer_unreadable() {
    let dated = |date: &str| answer(200, &STATE.replace("2026-11-24T08:00:00Z", date));
    match dated("2026-11-24T14:00:00+06:00") {
        Answer::Got(200, state) => {
            assert_eq!(state.updated_at.to_string(), "2026-11-24T08:00:00Z");
        }
        other => panic!("{other:?}"),
    }
    // Jiff's own parser takes the first.
    for date in ["2026-11-24 08:00:00Z", ""] {
        assert!(matches!(dated(date), Answer::Unclear(_)), "{date}");
    }
}

#[test]
fn control_characters_in_the_partners_name_of_an_operation_make_the_answer_unreadable() {
    for id in [r"pp\u001b[2J", r"pp\n1", r"\u0000", r"pp\u0085"] {
        let state = STATE.replace("pp-1", id);
        assert!(matches!(answer(200, &state), Answer::Unclear(_)), "{id}");
    }
}
