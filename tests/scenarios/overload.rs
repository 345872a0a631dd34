//! A partner that does not answer uses no more than its share of a worker.

use futures::future::join_all;
use harness::{Operation, OperationKind, Timings};
use payments_client::PaymentsClient;
use serde_json::json;
use workflows::contract::ids::TASK_QUEUE;

use crate::books::{
    QUICK, builder, charge, client, ends, ends_of, give_back, reaches, split, start_all, until,
};
use crate::keys::change_worker_file;
use crate::upgrades::count;

/// More than one account may have running in one worker.
const HANGING: u64 = 260;

#[tokio::test]
async fn beside_a_partner_that_hangs_deadlines_are_kept_resolutions_are_answered_and_billing_goes_on()
 {
    let timings = Timings {
        request_timeout: "10s",
        needs_attention_after: "10s",
        attention_check: "3s",
        ..QUICK
    };
    let builder = builder().timings(timings);
    let stack = builder.start().await.unwrap();
    // It is paid, and billing is away until the others hang.
    let away = json!({ "kind": { "status": 503 }, "times": 0, "request_id": "paid" });
    stack.billing().set_faults(json!([away])).await.unwrap();
    charge(&stack, "paid").await;
    reaches(&stack, "paid", "finalizing").await;
    let hangs = json!({ "faults": [{ "on": "init_session", "kind": "silence", "times": 0 }] });
    stack.partner().set_default_scenario(&hangs).await.unwrap();
    let ids: Vec<String> = (0..HANGING).map(|n| format!("hangs-{n}")).collect();
    for ids in ids.chunks(20) {
        join_all(ids.iter().map(|id| give_back(&stack, id))).await;
    }
    stack.billing().set_faults(json!([])).await.unwrap();
    ends(&stack, "paid", "completed").await;

    until("all of them need attention", async || {
        let waiting = count(&stack, r#"SkyPhase = "needs_attention""#).await;
        (waiting == HANGING).then_some(())
    })
    .await;

    // Against advice: a submission may be under way just now, and is waited for.
    let resolve = "resolve hangs-0 --as abandoned --operator ann --reason x --against-advice";
    stack.payments(&split(resolve)).await.unwrap();
    ends(&stack, "hangs-0", "abandoned").await;
}

/// More than a worker has slots for what all accounts share.
const SILENT: usize = 60;

#[tokio::test]
async fn beside_an_account_whose_partner_is_silent_another_ones_payments_are_made_and_billed() {
    let timings = Timings {
        request_timeout: "60s",
        needs_attention_after: "10m",
        ..QUICK
    };
    let builder = builder().timings(timings).with_stripe().workers(0);
    let mut stack = builder.start().await.unwrap();
    // Also where all that is done is done by one thread.
    let few = "[worker]\nslots = 20\nthreads = 1";
    change_worker_file(&stack, "[worker]", few);
    stack.start_worker().await.unwrap();
    let silence = json!({ "faults": [{ "on": "init_session", "kind": "silence", "times": 0 }] });
    let silent = stack.partner();
    silent.set_default_scenario(&silence).await.unwrap();
    let kind = |n: usize| [OperationKind::ExtraPayment, OperationKind::Reversal][n % 2];
    let operations = (0..SILENT).map(|n| Operation::new(kind(n), &format!("silent-{n}")));
    let payments = PaymentsClient::new(client(&stack).await, TASK_QUEUE);
    start_all(&payments, &operations.collect::<Vec<_>>()).await;
    let calls = async || stack.partner().journal().await.unwrap().len();
    until("all are in their first call", async || {
        (calls().await == SILENT).then_some(())
    })
    .await;

    let others = join_all((0..10).map(async |n| {
        let operation = Operation::new(kind(n), &format!("other-{n}")).in_city("KG", "Osh");
        let paid = stack.stripe().unwrap().paid(operation, "840.00").await;
        paid.unwrap()
    }));
    let others = others.await;
    start_all(&payments, &others).await;
    join_all(others.iter().map(|it| ends_of(&stack, it, "completed"))).await;
    assert_eq!(calls().await, SILENT, "all are still in their first call");
}
