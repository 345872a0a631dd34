use serde_json::json;

use super::super::fault::every_fault;
use super::super::plan::{Act, Deed};
use super::*;

fn planned(kind: Kind, fault: Option<&str>) -> Planned {
    Planned {
        request_id: "r-1".to_owned(),
        order_id: "o-1".to_owned(),
        kind,
        amount: "125.50".to_owned(),
        currency: "KGS",
        captured: "640.00".to_owned(),
        other_amount: "130.00".to_owned(),
        fault: fault.map(|name| {
            every_fault()
                .into_iter()
                .find(|it| it.name == name)
                .unwrap()
        }),
        act: None,
    }
}

/// What everybody says when a completed operation went well.
fn books(planned: &Planned) -> Books<'_> {
    let is_payment = planned.kind == Kind::ExtraPayment;
    let mut outcome = json!({
        "outcome": "completed", "request_id": "r-1", "order_id": "o-1", "amount": "125.50",
        "currency": "KGS", "partner_payment_id": "pp-1",
    });
    if is_payment {
        outcome["billing_document_id"] = json!("bd-1");
    }
    let document = Document {
        billing_document_id: "bd-1".to_owned(),
        order_id: "o-1".to_owned(),
        request_id: "r-1".to_owned(),
        amount: "125.50".to_owned(),
        currency: "KGS".to_owned(),
        completed_at: "2026-11-24T08:00:00Z".to_owned(),
        repeats: 3,
    };
    Books {
        planned,
        ledger: vec![LedgerEntry {
            kind: planned.kind.ledger_kind().to_owned(),
            order_id: "o-1".to_owned(),
            request_id: "r-1".to_owned(),
            partner_payment_id: "pp-1".to_owned(),
            amount: "125.50".to_owned(),
            currency: "KGS".to_owned(),
        }],
        documents: if is_payment {
            vec![document]
        } else {
            Vec::new()
        },
        ending: Ending::Outcome(outcome),
        repeats: Vec::new(),
    }
}

fn outcome<'b>(books: &'b mut Books<'_>) -> &'b mut Value {
    match &mut books.ending {
        Ending::Outcome(outcome) => outcome,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn assert_unexplained(books: &Books<'_>, expected: &[&str]) {
    let differences = books.differences();
    let found: Vec<&str> = differences.iter().map(|it| it.what).collect();
    assert_eq!(found, expected);
    assert!(differences.iter().all(|it| it.reason.is_none()));
}

#[test]
fn where_all_went_well_nothing_differs() {
    for kind in [Kind::ExtraPayment, Kind::FullReversal, Kind::PartialRefund] {
        assert_unexplained(&books(&planned(kind, None)), &[]);
    }
}

#[test]
fn money_that_moved_twice_or_not_at_all_is_told() {
    let planned = planned(Kind::PartialRefund, None);
    let mut books = books(&planned);
    books.ledger.push(books.ledger[0].clone());
    assert_unexplained(&books, &["moved twice"]);
    books.ledger.clear();
    assert_unexplained(&books, &["completed, and nothing moved"]);
}

#[test]
fn another_amount_or_kind_is_told() {
    let planned = planned(Kind::FullReversal, None);
    let mut books = books(&planned);
    books.ledger[0].amount = "125.5".to_owned();
    books.ledger[0].kind = "PAYMENT".to_owned();
    assert_unexplained(&books, &["another movement", "another amount moved"]);
}

#[test]
fn a_movement_behind_a_decline_is_told() {
    let planned = planned(Kind::FullReversal, Some("declined"));
    let mut books = books(&planned);
    outcome(&mut books)["outcome"] = json!("declined");
    assert_unexplained(&books, &["moved, and not completed"]);
    books.ledger.clear();
    assert_unexplained(&books, &[]);
}

#[test]
fn what_billing_should_not_hold_is_told() {
    let extra = planned(Kind::ExtraPayment, None);
    let mut twice = books(&extra);
    twice.documents.push(twice.documents[0].clone());
    assert_unexplained(&twice, &["billed twice"]);
    let reversal = planned(Kind::PartialRefund, None);
    let mut billed = books(&reversal);
    billed.documents = books(&extra).documents;
    outcome(&mut billed)["billing_document_id"] = json!("bd-1");
    assert_unexplained(&billed, &["a reversal was billed"]);
}

#[test]
fn a_completed_payment_that_billing_does_not_know_is_told() {
    let planned = planned(Kind::ExtraPayment, None);
    let mut books = books(&planned);
    books.documents[0].amount = "1.00".to_owned();
    assert_unexplained(&books, &["something else was billed"]);
    books.documents.clear();
    let expected = ["another word in the outcome", "completed, and not billed"];
    assert_unexplained(&books, &expected);
}

#[test]
fn an_operation_that_waits_is_told_with_what_it_moved() {
    let planned = planned(Kind::PartialRefund, None);
    let mut books = books(&planned);
    books.ending = Ending::Open { is_seen: false };
    assert_unexplained(&books, &["waits unseen", "moved, and not completed"]);
    books.ending = Ending::Open { is_seen: true };
    assert_unexplained(&books, &["still open", "moved, and not completed"]);
}

#[test]
fn a_mismatch_that_an_operator_gave_up_is_explained() {
    let planned = planned(Kind::ExtraPayment, Some("another amount moved"));
    let mut books = books(&planned);
    outcome(&mut books)["outcome"] = json!("abandoned");
    outcome(&mut books)["billing_document_id"] = Value::Null;
    books.documents.clear();
    books.ledger[0].amount = "130.00".to_owned();
    let differences = books.differences();
    assert_eq!(differences.len(), 2);
    assert!(differences.iter().all(|it| it.reason.is_some()));
    books.ledger[0].amount = "131.00".to_owned();
    assert!(books.differences().iter().all(|it| it.reason.is_none()));
}

#[test]
fn a_cancellation_is_explained_where_one_was_asked_for_and_nothing_moved() {
    let mut planned = planned(Kind::PartialRefund, None);
    let cancelled = || Ending::Failed("error: r-1: cancelled before anything".to_owned());
    let mut unasked = books(&planned);
    unasked.ending = cancelled();
    unasked.ledger.clear();
    assert_unexplained(&unasked, &["failed"]);
    planned.act = Some(Act {
        deed: Deed::Cancel,
        after_ms: 0,
    });
    let mut asked = books(&planned);
    asked.ending = cancelled();
    assert_eq!(asked.differences()[1].what, "moved, and not completed");
    assert_eq!(asked.differences()[1].reason, None);
    asked.ledger.clear();
    let [only] = asked.differences().try_into().unwrap();
    assert!(only.reason.is_some());
}

#[test]
fn a_second_start_must_be_answered_with_the_first_run_and_with_what_differs() {
    let planned = planned(Kind::PartialRefund, None);
    let mut books = books(&planned);
    books.repeats.push(Repeat {
        is_same_run: false,
        has_other_amount: true,
        was_told: false,
    });
    let expected = [
        "a second start began a second run",
        "a second start was answered wrongly",
    ];
    assert_unexplained(&books, &expected);
}
