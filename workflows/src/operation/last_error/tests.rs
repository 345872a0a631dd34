use super::*;

fn cause(error: Option<LastError>) -> Option<Cause> {
    error.map(|error| error.cause)
}

#[test]
fn a_submission_that_did_not_come_to_its_end_says_whether_it_may_have_arrived() {
    let reason = || "HTTP 503".to_owned();
    for (report, expected) in [
        (SubmissionReport::not_sent(reason()), Cause::NotSent),
        (
            SubmissionReport::Open { reason: reason() },
            Cause::OutcomeOpen,
        ),
        (
            SubmissionReport::Withheld { reason: reason() },
            Cause::OutcomeOpen,
        ),
        (
            SubmissionReport::AccessDenied(Denial::by_partner(reason())),
            Cause::AccessDenied,
        ),
        (
            SubmissionReport::AccessDenied(Denial::by_configuration(reason())),
            Cause::AccountChanged,
        ),
        (SubmissionReport::Refused { code: reason() }, Cause::Refused),
    ] {
        let error = LastError::of_submission(&report).unwrap();
        assert_eq!(error.cause, expected, "{report:?}");
        assert!(error.words.ends_with("HTTP 503"), "{error}");
    }
    let lost = LastError::outcome_open("it was lost");
    assert_eq!(lost.cause, Cause::OutcomeOpen);
}

#[test]
fn a_question_says_what_the_partner_has_against_it() {
    for (verdict, expected) in [
        (Verdict::NotFound, Some(Cause::NotFound)),
        (
            Verdict::AccessDenied(Denial::by_partner("key_unknown")),
            Some(Cause::AccessDenied),
        ),
        (
            Verdict::AccessDenied(Denial::by_configuration("no account")),
            Some(Cause::AccountChanged),
        ),
        (Verdict::NoAnswer("HTTP 503".into()), Some(Cause::NoAnswer)),
        (
            Verdict::Pending {
                partner_payment_id: "pp-1".into(),
            },
            None,
        ),
    ] {
        let error = LastError::of_verdict(&verdict);
        assert_eq!(cause(error), expected, "{verdict:?}");
    }
}

/// A different amount is settled with the partner; another operation is a bug on its side or on
/// ours.
#[test]
fn another_amount_is_told_from_another_operation() {
    for (field, expected) in [
        (MismatchField::Amount, Cause::OtherAmount),
        (MismatchField::RequestId, Cause::OtherOperation),
        (MismatchField::Kind, Cause::OtherOperation),
        (MismatchField::PartnerPaymentId, Cause::OtherOperation),
    ] {
        let mismatch = Mismatch::new(field, &"a", &"b");
        let error = LastError::of_verdict(&Verdict::Contradicts(mismatch.clone()));
        assert_eq!(
            error,
            Some(LastError::new(expected, mismatch.to_string())),
            "{field:?}"
        );
    }
}

#[test]
fn billing_that_refuses_is_told_from_billing_that_is_away() {
    let refused = BillingReport::Refused {
        reason: "409".into(),
    };
    let away = BillingReport::no_answer("503");
    let recorded = BillingReport::Recorded {
        billing_document_id: "bd-1".into(),
    };
    for (report, expected) in [
        (refused, Some(Cause::BillingRefuses)),
        (away, Some(Cause::BillingAway)),
        (recorded, None),
    ] {
        assert_eq!(
            cause(LastError::of_billing(&report)),
            expected,
            "{report:?}"
        );
    }
}
