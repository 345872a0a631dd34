//! What can happen to a submission: in every case, money moves at most once.

use harness::{Operation, OperationKind};
use serde_json::json;

use crate::books::{charge, ends, ends_of, set_custom_scenario, stack};

#[tokio::test]
async fn amounts_are_exact_with_0_2_3_and_4_decimals() {
    let stack = stack().await;
    for (id, amount, currency, exact) in [
        ("yen", "125", "JPY", "125"),
        ("som", "0.01", "KGS", "0.01"),
        ("dinar", "1.25", "KWD", "1.250"),
        ("nominal", "7.0001", "UYW", "7.0001"),
    ] {
        let operation = Operation::new(OperationKind::ExtraPayment, id);
        let asked = operation.clone().of(amount, currency);
        stack.payments(&asked.start_arguments()).await.unwrap();
        let operation = operation.of(exact, currency);
        let result = ends_of(&stack, &operation, "completed").await;
        assert_eq!(result["amount"], exact, "{currency}");
        assert_eq!(
            stack.billing().documents(id).await.unwrap()[0].amount,
            exact
        );
    }
}

#[tokio::test]
async fn a_declined_payment_moves_nothing_and_tells_the_partners_code() {
    let stack = stack().await;
    let codes = [
        ("no-1", "never_seen_before", "never_seen_before"),
        ("no-2", "Do not honor", "Do not honor"),
        ("no-3", "05: do_not_honor", "05: do_not_honor"),
        ("no-4", "", "unspecified"),
        ("no-5", "refus\u{e9}", "unspecified"),
    ];
    for (id, code, _) in codes {
        let declined = json!({ "decline": code, "completes_after": "0s" });
        set_custom_scenario(&stack, id, declined).await;
        charge(&stack, id).await;
    }
    for (id, _, told) in codes {
        assert_eq!(ends(&stack, id, "declined").await["decline_code"], told);
    }
}

#[tokio::test]
async fn a_submission_that_is_executed_late_is_not_repeated() {
    let stack = stack().await;
    // Within the visibility delay, as the partner promises.
    let late = json!({
        "executes_after": "1500ms", "status_lag": "500ms",
        "faults": [{ "on": "submit", "kind": { "status": 500 }, "executed": true }],
    });
    set_custom_scenario(&stack, "late", late).await;
    charge(&stack, "late").await;
    ends(&stack, "late", "completed").await;
}
