//! All workers and gateways are replaced one after the other while payments are made, and nobody
//! outside notices.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::try_join_all;
use harness::{Balancer, Operation, OperationKind};
use payments_client::{Payments, PaymentsClient};
use tokio::time::sleep;
use workflows::contract::ids::{RequestId, TASK_QUEUE};

use crate::books::{builder, client, ends_of, restart_worker, start_all, until};
use crate::keys::change_worker_file;

/// Several payments at once, so that several callbacks come at once, over several connections.
const AT_ONCE: usize = 10;

const PAUSE: Duration = Duration::from_millis(750);

#[tokio::test]
async fn a_rolling_restart_of_two_workers_and_two_gateways_costs_no_payment_and_no_callback() {
    let unstarted = builder().workers(0);
    let mut stack = unstarted.start().await.unwrap();
    let mut balancer = Balancer::start(stack.http()).await.unwrap();
    change_worker_file(&stack, stack.gateway_url(), balancer.url());
    let mut gateways = Vec::new();
    for name in ["gateway-1", "gateway-2"] {
        let gateway = stack.start_another_gateway(name).await.unwrap();
        balancer.add(&gateway);
        gateways.push(gateway);
    }
    stack.kill_gateway();
    stack.start_worker().await.unwrap();
    stack.start_worker().await.unwrap();
    let is_over = Cell::new(false);
    let payments = PaymentsClient::new(client(&stack).await, TASK_QUEUE);
    let (made, ()) = tokio::join!(pay_until(&payments, &is_over), async {
        has_carried(&balancer, 2).await;
        for name in ["gateway-3", "gateway-4"] {
            gateways.remove(0).stop().await.unwrap();
            let gateway = stack.start_another_gateway(name).await.unwrap();
            balancer.add(&gateway);
            gateways.push(gateway);
            has_carried(&balancer, balancer.carried().len()).await;
        }
        for _ in 0..2 {
            restart_worker(&mut stack).await;
        }
        sleep(PAUSE).await;
        is_over.set(true);
    });
    for operation in &made {
        ends_of(&stack, operation, "completed").await;
    }
    let callbacks = stack.partner().callbacks().await.unwrap();
    let refused: Vec<_> = callbacks.iter().filter(|it| it["status"] != 200).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    // None was sent a second time, and none is missing.
    let told: BTreeSet<_> = callbacks
        .iter()
        .map(|it| it["request_id"].as_str())
        .collect();
    let asked: BTreeSet<_> = made.iter().map(|it| Some(it.request_id.as_str())).collect();
    assert_eq!(told, asked);
    assert_eq!(callbacks.len(), made.len());
    let carried = balancer.carried();
    println!(
        "{} payments; connections of the gateways: {carried:?}",
        made.len()
    );
}

/// Makes payments until it is over, and returns them. The next ones start after the end of those
/// before: a slow machine makes fewer, and is not overloaded.
async fn pay_until(payments: &PaymentsClient, is_over: &Cell<bool>) -> Vec<Operation> {
    let mut made = Vec::new();
    while !is_over.get() {
        let ids = (0..AT_ONCE).map(|n| format!("rolling-{}", made.len() + n));
        let operations: Vec<_> = ids
            .map(|id| Operation::new(OperationKind::ExtraPayment, &id))
            .collect();
        start_all(payments, &operations).await;
        let request_ids: Vec<_> = operations.iter().map(request_id).collect();
        let ends = request_ids.iter().map(|id| payments.result(id));
        try_join_all(ends).await.unwrap();
        made.extend(operations);
        sleep(PAUSE).await;
    }
    made
}

fn request_id(operation: &Operation) -> RequestId {
    RequestId::parse(&operation.request_id).unwrap()
}

/// Waits until each of this many gateways has been given a connection.
async fn has_carried(balancer: &Balancer, gateways: usize) {
    until("each gateway takes callbacks", async || {
        let carried = balancer.carried();
        let used = carried.iter().filter(|connections| **connections > 0);
        (used.count() == gateways).then_some(())
    })
    .await;
}
