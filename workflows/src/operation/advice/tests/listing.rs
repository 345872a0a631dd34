//! A resolution is listed if and only if it would be accepted: tried with everything that may have
//! been reported.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// The possible answers of the partner to a question.
fn answer() -> impl Strategy<Value = StatusReport> {
    let status = select(vec!["pending", "completed", "declined", "SETTLED"]);
    let amount = select(vec!["1.00", "1.00", "2.00", "nonsense"]);
    let id = select(vec!["pp-1", "pp-1", "pp-2"]);
    let kind = select(vec![Kind::ExtraPayment, Kind::PaymentReversal]);
    prop_oneof![
        3 => (kind, status, amount, id)
            .prop_map(|(kind, status, amount, id)| shown(kind, status, amount, id)),
        3 => Just(StatusReport::NotFound),
        1 => Just(access_denied()),
        2 => Just(StatusReport::no_answer("HTTP 503")),
        1 => Just(StatusReport::not_asked("rate_limited", None)),
    ]
}

/// The possible results of a submission if the partner's answer to the question before it is
/// `answer`.
fn report(answer: &StatusReport, n: u8) -> SubmissionReport {
    match (answer, n % 3) {
        (StatusReport::Shown(state), 0) => SubmissionReport::Found(state.clone()),
        (StatusReport::Shown(state), _) => SubmissionReport::Answered(state.clone()),
        (StatusReport::NotFound, 0) => SubmissionReport::Refused {
            code: "validation_failed".into(),
        },
        (StatusReport::NotFound | StatusReport::NothingMoved, _) => open(),
        (StatusReport::AccessDenied(denial), _) => SubmissionReport::AccessDenied(denial.clone()),
        (report, _) if report.is_unasked() => SubmissionReport::not_asked("rate_limited", None),
        (StatusReport::NoAnswer { reason, .. }, 0) => SubmissionReport::not_sent(reason),
        (StatusReport::NoAnswer { .. }, _) => open(),
    }
}

fn resolution(resolve_as: ResolveAs, partner_payment_id: Option<&str>) -> Resolution {
    Resolution {
        resolve_as,
        operator: "ann".into(),
        reason: "told by telephone".into(),
        ticket: None,
        partner_payment_id: partner_payment_id.map(str::to_owned),
        billing_document_id: None,
    }
}

/// Whether the recipe would accept it, assuming that the partner answers as it last did.
fn accepts(operation: &Operation, resolve_as: ResolveAs, now: Timestamp) -> bool {
    let mut submission = operation.submission.clone();
    let schedule = &operation.terms.schedule;
    let again = Reported::new("run-1", operation.last_answer.again());
    let verdict = submission.answered(&again, now, now, schedule);
    let named = operation.submission.partner_payment_id().is_none();
    let resolution = resolution(resolve_as, named.then_some("pp-9"));
    let decision = resolution.decide(&submission, &verdict, now, schedule);
    decision.is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_resolution_is_listed_exactly_if_it_would_be_accepted(
        is_payment in any::<bool>(),
        answers in prop::collection::vec((answer(), any::<u8>(), 0..200i64), 0..8),
        later in 0..200i64,
    ) {
        let kind = if is_payment { Kind::ExtraPayment } else { Kind::PaymentReversal };
        let mut operation = operation(kind);
        let mut second = 0;
        for (answer, n, pause) in answers {
            second += pause;
            if operation.submission.nothing_sent() && n % 4 != 3 {
                submit(&mut operation, &report(&answer, n), second);
            } else if n % 8 == 5 {
                let schedule = operation.terms.schedule.clone();
                operation.submission.question_lost("lost", at(second), &schedule);
                operation.last_answer.asked(&StatusReport::not_asked("lost", None));
            } else {
                ask(&mut operation, &answer, second);
            }
        }
        prop_assume!(operation.submission.final_state().is_none());
        let now = at(second + later);
        for resolve_as in ResolveAs::ALL {
            let is_listed = listed(&operation, now)
                .iter()
                .any(|(action, _)| *action == resolve_as.into());
            prop_assert_eq!(is_listed, accepts(&operation, resolve_as, now), "{:?}", resolve_as);
            // What is announced for later is accepted then, and not a moment sooner.
            let offers = offers(&operation, now);
            let offer = offers.iter().find(|offer| offer.advice.action == resolve_as.into());
            if let Some(from) = offer.and_then(|offer| offer.not_before) {
                prop_assert!(from > now);
                prop_assert!(accepts(&operation, resolve_as, from));
            }
        }
    }

    #[test]
    fn of_a_paid_operation_a_document_is_asked_for_exactly_if_it_would_be_accepted(
        answers in prop::collection::vec(answer(), 0..4),
    ) {
        let mut operation = paid(&refusal());
        for (second, answer) in answers.iter().enumerate() {
            ask(&mut operation, answer, second as i64);
        }
        let known = operation.submission.partner_payment_id();
        let verdict = operation.submission.asked().verdict_on(&operation.last_answer.again(), known);
        for resolve_as in ResolveAs::ALL {
            let advice = advice(&operation, at(LATE));
            let with = advice.iter().find(|it| it.action == resolve_as.into()).map(|it| it.with);
            let by_hand = Resolution {
                billing_document_id: Some("b-7".into()),
                ..resolution(resolve_as, None)
            };
            let accepted = matches!(by_hand.decide_completed(&verdict), Ok(Billed::ByHand(_)));
            prop_assert_eq!(with.is_some(), accepted);
            prop_assert_eq!(with.flatten().is_some(), accepted);
        }
    }
}
