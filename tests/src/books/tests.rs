use serde_json::json;

use super::*;

fn payment() -> Operation {
    Operation::new(OperationKind::ExtraPayment, "r-1")
}

fn reversal() -> Operation {
    Operation::new(OperationKind::Reversal, "r-1")
}

/// What all parties say when a completed operation went well.
fn books(operation: &Operation) -> Books {
    let mut outcome = operation.input();
    outcome["outcome"] = json!("completed");
    outcome["partner_payment_id"] = json!("pp-1");
    outcome["completed_at"] = json!("2026-11-24T08:00:00Z");
    let Operation {
        kind,
        request_id,
        order_id,
        amount,
        currency,
        ..
    } = operation.clone();
    let document = Document {
        billing_document_id: "bd-1".to_owned(),
        order_id: order_id.clone(),
        request_id: request_id.clone(),
        amount: amount.clone(),
        currency: currency.clone(),
        completed_at: "2026-11-24T08:00:00Z".to_owned(),
        repeats: 3,
    };
    let mut documents = Vec::new();
    if kind == OperationKind::ExtraPayment {
        outcome["billing_document_id"] = json!("bd-1");
        documents.push(document);
    }
    Books {
        ledger: vec![LedgerEntry {
            kind: kind.ledger_kind().to_owned(),
            order_id,
            request_id,
            partner_payment_id: "pp-1".to_owned(),
            amount,
            currency,
        }],
        documents,
        end: End::Outcome(outcome),
    }
}

fn outcome(books: &mut Books) -> &mut Value {
    match &mut books.end {
        End::Outcome(outcome) => outcome,
        other => panic!("{other:?}"),
    }
}

/// Compares the books of an operation that had to complete.
#[track_caller]
fn assert_unexplained(books: &Books, operation: &Operation, expected: &[&str]) {
    let differences = books.differences(operation, &Expected::Completed);
    let found: Vec<&str> = differences.iter().map(|it| it.what).collect();
    assert_eq!(found, expected, "{differences:?}");
    assert!(differences.iter().all(|it| it.reason.is_none()));
}

#[test]
fn where_all_went_well_nothing_differs() {
    for operation in [payment(), reversal()] {
        assert_unexplained(&books(&operation), &operation, &[]);
    }
}

#[test]
fn money_that_moved_twice_or_not_at_all_is_told() {
    let mut books = books(&reversal());
    books.ledger.push(books.ledger[0].clone());
    assert_unexplained(&books, &reversal(), &["moved twice"]);
    books.ledger.clear();
    assert_unexplained(&books, &reversal(), &["completed, and nothing moved"]);
}

#[test]
fn another_amount_kind_or_name_is_told() {
    let mut books = books(&reversal());
    books.ledger[0].amount = "125.5".to_owned();
    books.ledger[0].kind = "PAYMENT".to_owned();
    let expected = ["another movement", "another amount moved"];
    assert_unexplained(&books, &reversal(), &expected);
    books = self::books(&reversal());
    books.ledger[0].partner_payment_id = "pp-2".to_owned();
    assert_unexplained(&books, &reversal(), &["another word in the outcome"]);
}

#[test]
fn a_movement_behind_a_decline_is_told() {
    let mut books = books(&reversal());
    outcome(&mut books)["outcome"] = json!("declined");
    outcome(&mut books)["decline_code"] = json!("insufficient_funds");
    let differences = |books: &Books, code| {
        let found = books.differences(&reversal(), &Expected::Declined(Some(code)));
        found.iter().map(|it| it.what).collect::<Vec<_>>()
    };
    let moved = differences(&books, "insufficient_funds");
    assert_eq!(moved, ["moved, and not completed"]);
    books.ledger.clear();
    assert_eq!(differences(&books, "insufficient_funds"), [""; 0]);
    let told = differences(&books, "card_expired");
    assert_eq!(told, ["another word in the outcome"]);
}

#[test]
fn what_billing_should_not_hold_is_told() {
    let mut twice = books(&payment());
    twice.documents.push(twice.documents[0].clone());
    assert_unexplained(&twice, &payment(), &["billed twice"]);
    let mut billed = books(&reversal());
    billed.documents = books(&payment()).documents;
    outcome(&mut billed)["billing_document_id"] = json!("bd-1");
    assert_unexplained(&billed, &reversal(), &["a reversal was billed"]);
}

#[test]
fn a_completed_payment_that_billing_does_not_know_is_told() {
    let mut books = books(&payment());
    books.documents[0].amount = "1.00".to_owned();
    assert_unexplained(&books, &payment(), &["something else was billed"]);
    books.documents.clear();
    let expected = ["another word in the outcome", "completed, and not billed"];
    assert_unexplained(&books, &payment(), &expected);
}

#[test]
fn an_operation_that_waits_is_told_with_what_it_moved() {
    let mut books = books(&reversal());
    for (phase, what) in [
        ("verifying", "waits unseen"),
        ("needs_attention", "still open"),
    ] {
        books.end = End::Open(phase.to_owned());
        assert_unexplained(&books, &reversal(), &[what, "moved, and not completed"]);
    }
}

#[test]
fn another_amount_that_an_operator_gave_up_is_explained() {
    let mut books = books(&payment());
    outcome(&mut books)["outcome"] = json!("abandoned");
    outcome(&mut books)["billing_document_id"] = Value::Null;
    books.documents.clear();
    books.ledger[0].amount = "130.00".to_owned();
    let after = Expected::AbandonedAfter("130.00".to_owned());
    let differences = books.differences(&payment(), &after);
    assert_eq!(differences.len(), 2);
    assert!(differences.iter().all(|it| it.reason.is_some()));
    books.ledger[0].amount = "131.00".to_owned();
    let differences = books.differences(&payment(), &after);
    assert!(differences.iter().all(|it| it.reason.is_none()));
}

#[test]
fn a_cancellation_is_explained_where_one_was_asked_for_and_nothing_moved() {
    let mut books = books(&reversal());
    books.end = End::Failed("error: r-1: cancelled before anything".to_owned());
    let asked = books.differences(&reversal(), &Expected::CompletedOrCancelled);
    assert_eq!(asked[1].what, "moved, and not completed");
    assert_eq!(asked[1].reason, None);
    books.ledger.clear();
    assert_unexplained(&books, &reversal(), &["failed"]);
    let asked = books.differences(&reversal(), &Expected::CompletedOrCancelled);
    let [only] = asked.try_into().unwrap();
    assert!(only.reason.is_some());
}

#[test]
fn a_payment_that_was_cancelled_in_doubt_is_explained_where_no_money_moved() {
    let mut books = books(&payment());
    let expected = Expected::CompletedOrCancelledInDoubt;
    assert_eq!(books.differences(&payment(), &expected), []);
    *outcome(&mut books) = json!({ "outcome": "declined", "decline_code": "canceled" });
    let unexplained = |books: &Books| {
        let mut found = books.differences(&payment(), &expected);
        found.retain(|it| it.reason.is_none());
        found.iter().map(|it| it.what).collect::<Vec<_>>()
    };
    let moved = ["moved, and not completed", "billed, and not completed"];
    assert_eq!(unexplained(&books), moved);
    books.ledger.clear();
    books.documents.clear();
    assert_eq!(unexplained(&books), Vec::<&str>::new());
    *outcome(&mut books) = json!({ "outcome": "declined", "decline_code": "lost_card" });
    assert_eq!(unexplained(&books), ["another outcome"]);
}
