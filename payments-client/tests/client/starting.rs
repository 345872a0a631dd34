//! Starting an operation, and starting it again.

use payments_client::{Difference, Error, Filter, Payments, WorkflowExecutionStatus};
use temporalio_client::UntypedWorkflow;
use workflows::contract::ids::OrderId;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;
use workflows::contract::state::Phase;

use crate::server::Server;
use crate::{eventually, id, request};

#[tokio::test]
async fn a_start_is_described_before_any_worker_has_seen_it() {
    let server = Server::shared().await;
    let payments = server.payments().await;
    let asked = PaymentRequest {
        merchant: Some("osh".to_owned()),
        ..request("start-1", "o-1")
    };
    let started = payments.start_extra_payment(&asked).await.unwrap();
    assert_eq!(started.repeat, None);

    let described = payments.operation(&started.request_id);
    let described = described.describe().await.unwrap();
    assert_eq!(described.request_id, id("start-1"));
    assert_eq!(described.run_id, started.run_id);
    assert_eq!(described.kind, Kind::ExtraPayment);
    assert_eq!(described.status, WorkflowExecutionStatus::Running);
    assert_eq!(described.order_id.as_deref(), Some("o-1"));
    assert_eq!(described.merchant.as_deref(), Some("osh"));
    assert_eq!(described.phase.as_deref(), Some("submitting"));
    assert_eq!(described.money, Some(asked.money));
    assert_eq!(described.history_length, 2);
    assert!(described.started_at.is_some() && described.closed_at.is_none());

    let raw = server.client().await;
    let raw = raw.get_workflow_handle::<UntypedWorkflow>("sky-payment-start-1");
    let raw = raw.describe(Default::default()).await.unwrap();
    assert_eq!(
        raw.static_summary(),
        Some("extra payment 125.50 KGS, order o-1")
    );
    assert!(
        raw.static_details()
            .unwrap()
            .contains("extra payment for order `o-1`, account `osh`, request `start-1`")
    );
}

#[tokio::test]
async fn a_repeat_is_answered_with_the_first_operation_and_its_differences() {
    let server = Server::shared().await;
    let payments = server.payments().await;
    let same = request("start-2", "o-1");
    let first = payments.start_extra_payment(&same).await.unwrap();
    let again = payments.start_extra_payment(&same).await.unwrap();
    assert_eq!(again.run_id, first.run_id);
    assert_eq!(again.repeat.unwrap().outcome, None);
    let other = PaymentRequest {
        city: Some("Osh".to_owned()),
        ..request("start-2", "o-2")
    };
    for (kind, request, expected) in [
        (
            Kind::ExtraPayment,
            &other,
            vec![
                "city was absent, and now is Osh",
                "order_id was o-1, and now is o-2",
            ],
        ),
        (
            Kind::PaymentReversal,
            &same,
            vec!["kind was extra payment, and now is reversal"],
        ),
    ] {
        match payments.start(kind, request).await {
            Err(Error::OtherRequest {
                run_id, differs, ..
            }) => {
                assert_eq!(run_id, first.run_id);
                let words: Vec<String> = differs.iter().map(Difference::to_string).collect();
                assert_eq!(words, expected);
            }
            answer => panic!("{answer:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::shared().await;
    let missing = server.payments().await.operation(&id("start-3"));
    assert!(matches!(missing.describe().await, Err(Error::NotFound(_))));
    assert!(matches!(missing.state().await, Err(Error::NotFound(_))));
    assert!(matches!(missing.result().await, Err(Error::NotFound(_))));
    assert!(matches!(missing.cancel().await, Err(Error::NotFound(_))));
    assert!(matches!(missing.check_now().await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn without_a_worker_the_caller_is_told_so() {
    let server = Server::shared().await;
    let payments = server.payments().await;
    let asked = request("start-7", "o-1");
    payments.start_extra_payment(&asked).await.unwrap();
    let handle = payments.operation(&asked.request_id);
    let (state, checked) = tokio::join!(handle.state(), handle.check_now());
    assert!(matches!(state, Err(Error::NoWorker(_))), "{state:?}");
    assert!(matches!(checked, Err(Error::NoWorker(_))), "{checked:?}");
}

#[tokio::test]
async fn a_request_put_together_wrongly_is_not_sent() {
    let server = Server::shared().await;
    let payments = server.payments().await;
    let wrong = PaymentRequest {
        merchant: Some(String::new()),
        ..request("start-4", "o-1")
    };
    match payments.start_extra_payment(&wrong).await {
        Err(Error::InvalidRequest(invalid)) => assert_eq!(invalid.field, "merchant"),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("was started"),
    }
    let nothing = payments.operation(&id("start-4")).describe().await;
    assert!(matches!(nothing, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn operations_are_found_by_order_and_phase() {
    let server = Server::shared().await;
    let payments = server.payments().await;
    let order = "o'5(";
    let (asked, other) = (request("start-5", order), request("start-6", "o-6"));
    payments.start_payment_reversal(&asked).await.unwrap();
    payments.start_extra_payment(&other).await.unwrap();
    let filter = Filter {
        phase: Some(Phase::Submitting),
        order_id: Some(OrderId::parse(order).unwrap()),
        ..Filter::default()
    };
    let found = eventually(|| payments.list(&filter, 10)).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].request_id, id("start-5"));
    assert_eq!(found[0].kind, Kind::PaymentReversal);
    let unsearchable = Filter {
        order_id: Some(OrderId::parse("o\\").unwrap()),
        ..Filter::default()
    };
    let refused = payments.list(&unsearchable, 10).await;
    assert!(matches!(refused, Err(Error::InvalidRequest(_))));
    assert_eq!(payments.list(&Filter::default(), 1).await.unwrap().len(), 1);
}
