//! All keys of two partners are rotated under a hundred open payments and reversals of each.

use futures::future::join_all;
use harness::{Books, End, Expected, Operation, OperationKind, Stack, Timings};
use payments_client::{Payments, PaymentsClient};
use serde_json::json;
use workflows::contract::ids::{RequestId, TASK_QUEUE};

use super::{OLD, knows};
use crate::books::{QUICK, builder, client, start_all, until};
use crate::keys::change_worker_file;
use crate::metrics::{scrape, value};
use crate::upgrades::count;

/// How many are open at each partner: most are waiting for a callback.
const WAITING: usize = 90;

/// The others are being submitted: their money has moved, and the answer is on its way.
const SUBMITTING: usize = 10;

const OLD_REVERSAL: &str = r#"{ id = "rev-1", file = "keys/rev-1.pem" }"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_open_payments_of_each_partner_outlast_the_rotation_of_all_keys() {
    let timings = Timings {
        request_timeout: "30s",
        first_check: "4s",
        longest_pause: "4s",
        needs_attention_after: "5m",
        ..QUICK
    };
    let builder = builder().timings(timings).with_stripe();
    let stack = builder.start().await.unwrap();
    let payments = PaymentsClient::new(client(&stack).await, TASK_QUEUE);
    let (sky, stripe) = (stack.partner(), stack.stripe().unwrap());
    let pending = json!({ "refunds_settle_after": "1h" });
    stripe.set_settings(&pending).await.unwrap();

    let waiting = both(WAITING, async |n| {
        let id = format!("sky-waiting-{n}");
        let never = json!({ "never_completes": true, "callback": { "when": "never" } });
        sky.set_custom_scenario(&id, never).await.unwrap();
        let at_stripe = at_stripe(&stack, n, "waiting", "pm_usBankAccount_processing");
        [Operation::new(kind(n), &id), at_stripe.await]
    });
    let waiting = waiting.await;
    start_all(&payments, &waiting).await;
    are_accepted(&stack).await;
    let submitting = both(SUBMITTING, async |n| {
        let id = format!("sky-submitting-{n}");
        let slow = json!({ "faults": [{ "on": "submit", "kind": { "slow": "15s" } }] });
        sky.set_custom_scenario(&id, slow).await.unwrap();
        let at_stripe = at_stripe(&stack, n, "submitting", "pm_card_visa").await;
        for on in ["confirm_payment_intent", "create_refund"] {
            let id = &at_stripe.request_id;
            let slow = json!({ "on": on, "request_id": id, "kind": { "slow": "15s" } });
            stripe.add_fault(&slow).await.unwrap();
        }
        [Operation::new(kind(n), &id), at_stripe]
    });
    let submitting = submitting.await;
    start_all(&payments, &submitting).await;
    until("the money of those has moved", async || {
        let moved = stripe.whole_ledger().await.unwrap();
        let moved = moved.iter().filter_map(|it| it.request_id.as_ref());
        let moved = moved.filter(|id| id.contains("submitting")).count();
        (moved == SUBMITTING && sky.whole_ledger().await.unwrap().len() == SUBMITTING).then_some(())
    })
    .await;

    rotate(&stack).await;

    let after = both(2, async |n| {
        let operation = Operation::new(kind(n), &format!("sky-after-{n}"));
        [
            operation,
            at_stripe(&stack, n, "after", "pm_card_visa").await,
        ]
    });
    let after = after.await;
    start_all(&payments, &after).await;
    for operation in &waiting {
        let id = &operation.request_id;
        match (operation.city.is_some(), operation.kind) {
            (false, _) => sky.finish(id).await.unwrap(),
            (true, OperationKind::ExtraPayment) => stripe.settle_payment(id, true).await.unwrap(),
            (true, OperationKind::Reversal) => {
                stripe.set_refund_status(id, "succeeded").await.unwrap()
            }
        }
    }
    let all: Vec<Operation> = [waiting, submitting, after].concat();
    are_completed(&stack, all.len().try_into().unwrap()).await;
    for operation in &all {
        completes(&stack, &payments, operation).await;
    }

    let metrics = scrape(&stack).await;
    assert_eq!(value(&metrics, "sky_partner_access_denials_total{", &[]), 0);
    assert_eq!(value(&metrics, "sky_key_refused{", &[]), 0);
    let calls = "sky_partner_requests_total{";
    assert_eq!(value(&metrics, calls, &["key_not_known"]), 0);
    let journals = [
        sky.journal().await.unwrap(),
        stripe.journal().await.unwrap(),
    ]
    .concat();
    let refused: Vec<_> = journals.iter().filter(|it| it["status"] == 401).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

/// As the runbook says: both serve for a while, and then the old ones go, at the partners and here.
async fn rotate(stack: &Stack) {
    let stripe = stack.stripe().unwrap();
    stack.new_key("payment", "pay-2").await.unwrap();
    stack.new_key("reversal", "rev-2").await.unwrap();
    let at_stripe = |file: &std::path::Path| format!("{{ file = \"{}\" }}", file.display());
    let sky = |id: &str| format!("{{ id = \"{id}\", file = \"keys/{id}.pem\" }}");
    let new_payment = stripe.new_payment_key("payment-2").await.unwrap();
    let new_reversal = stripe.new_reversal_key("reversal-2").await.unwrap();
    let keys = [
        (OLD.to_owned(), sky("pay-2")),
        (OLD_REVERSAL.to_owned(), sky("rev-2")),
        (
            at_stripe(&stripe.payment_key_file()),
            at_stripe(&new_payment),
        ),
        (
            at_stripe(&stripe.reversal_key_file()),
            at_stripe(&new_reversal),
        ),
    ];
    let list = |old: &str, new: &str| format!("[{new}, {old}]");
    for (old, new) in &keys {
        change_worker_file(stack, old, &list(old, new));
    }
    for key in ["pay-2", "rev-2", "payment-2", "reversal-2"] {
        knows(stack, key).await;
    }
    // What was signed with the old keys arrives while they are known: each operation is asked about
    // twice meanwhile.
    let calls = async || {
        let sky = stack.partner().journal().await.unwrap().len();
        [sky, stripe.journal().await.unwrap().len()]
    };
    let before = calls().await;
    until("the new keys are in use", async || {
        let now = calls().await;
        let made = now.iter().zip(before).map(|(now, before)| now - before);
        made.min().filter(|made| *made >= 2 * WAITING)
    })
    .await;
    stack.partner_forgets_key("payment", "pay-1").await.unwrap();
    stack
        .partner_forgets_key("reversal", "rev-1")
        .await
        .unwrap();
    for file in [stripe.payment_key_file(), stripe.reversal_key_file()] {
        stripe.remove_key(&file).await.unwrap();
    }
    for (old, new) in &keys {
        change_worker_file(stack, &list(old, new), new);
    }
}

/// Makes so many operations of each partner.
async fn both(count: usize, one: impl AsyncFn(usize) -> [Operation; 2]) -> Vec<Operation> {
    join_all((0..count).map(|n| one(n))).await.concat()
}

/// Payments and reversals in turn.
fn kind(n: usize) -> OperationKind {
    if n.is_multiple_of(2) {
        OperationKind::ExtraPayment
    } else {
        OperationKind::Reversal
    }
}

/// An operation at Stripe, whose order is paid with this card.
async fn at_stripe(stack: &Stack, n: usize, name: &str, card: &str) -> Operation {
    let operation = Operation::new(kind(n), &format!("stripe-{name}-{n}")).in_city("KG", "Osh");
    let stripe = stack.stripe().unwrap();
    let order = stripe.pay_order(&operation.order_id, 84_000, "kgs", card);
    let order = order.await.unwrap();
    operation.paid_by(&order.payment_intent)
}

/// Waits until both partners have accepted those that wait.
async fn are_accepted(stack: &Stack) {
    until("they are accepted", async || {
        let calls = stack.stripe().unwrap().journal().await.unwrap();
        let moving = ["confirm_payment_intent", "create_refund"].map(|name| json!(name));
        let moving = calls.iter().filter(|it| moving.contains(&it["operation"]));
        let at_sky = stack.partner().operations().await.unwrap().len();
        (moving.count() >= WAITING && at_sky == WAITING).then_some(())
    })
    .await;
}

/// Waits until so many have ended as completed.
async fn are_completed(stack: &Stack, operations: u64) {
    until("they are completed", async || {
        let completed = count(stack, r#"SkyOutcome = "completed""#).await;
        (completed == operations).then_some(())
    })
    .await;
}

async fn completes(stack: &Stack, payments: &PaymentsClient, operation: &Operation) {
    let id = &operation.request_id;
    let outcome = payments
        .result(&RequestId::parse(id).unwrap())
        .await
        .unwrap();
    let end = End::Outcome(json!(outcome));
    let books = Books::read(stack, id, end).await.unwrap();
    let wrong = books.differences(operation, &Expected::Completed);
    assert!(wrong.is_empty(), "{id}: {wrong:#?}");
}
