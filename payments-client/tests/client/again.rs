//! An id under which something may have been sent is not started again.

use payments_client::{Error, NoOutcome, Payments, PaymentsClient};
use temporalio_client::{UntypedWorkflow, WorkflowIdReusePolicy, WorkflowStartOptions};
use temporalio_common::data_converters::RawValue;
use temporalio_common::protos::coresdk::AsJsonPayloadExt;
use workflows::contract::kind::Kind;

use crate::server::Server;
use crate::stubs::with_worker;
use crate::{eventually, request};

/// A new run would not know what the one that was cut off has sent.
#[tokio::test]
async fn what_was_terminated_is_not_started_again_under_its_id() {
    let server = Server::shared().await;
    let payments = server.payments().await;
    let asked = request("start-8", "o-1");
    payments.start_extra_payment(&asked).await.unwrap();
    server.terminate("start-8").await;
    let terminated = |answer: &Result<_, Error>| match answer {
        Err(Error::NoOutcome { end, .. }) => {
            assert!(end.way_on().contains("reset"));
            *end == NoOutcome::Terminated
        }
        _ => false,
    };
    let answer = payments.start_extra_payment(&asked).await;
    assert!(terminated(&answer), "{answer:?}");
    let answer = payments.start_again(Kind::ExtraPayment, &asked).await;
    assert!(terminated(&answer), "{answer:?}");
    // Another request is told apart, however the first one ended, and starts nothing either.
    let other = request("start-8", "o-2");
    for answer in [
        payments.start_extra_payment(&other).await,
        payments.start_again(Kind::ExtraPayment, &other).await,
    ] {
        assert!(
            matches!(answer, Err(Error::OtherRequest { .. })),
            "{answer:?}"
        );
    }
    let answer = payments.result(&asked.request_id).await.map(|_| ());
    assert!(matches!(answer, Err(Error::NoOutcome { .. })), "{answer:?}");
    let cancelled = payments.cancel(&asked.request_id).await;
    assert!(matches!(cancelled, Err(Error::Closed(_))));
}

/// Temporal's own policy would start it: the newest run was cancelled.
#[tokio::test]
async fn an_earlier_run_that_may_have_sent_something_keeps_an_id_from_being_started_again() {
    let server = Server::shared().await;
    let payments = PaymentsClient::new(server.client().await, "again");
    let asked = request("start-9", "o-1");
    payments.start_extra_payment(&asked).await.unwrap();
    server.terminate("start-9").await;
    let raw = server.client().await;
    let options = WorkflowStartOptions::new("again", "sky-payment-start-9")
        .id_reuse_policy(WorkflowIdReusePolicy::AllowDuplicate)
        .build();
    let definition = UntypedWorkflow::new("process_extra_payment");
    let input = RawValue::new(vec![asked.as_json_payload().unwrap()]);
    let started = raw.start_workflow(definition, input, options).await;
    started.unwrap();
    payments.cancel(&asked.request_id).await.unwrap();
    with_worker(&server, "again", async |payments| {
        let end = payments.result(&asked.request_id).await;
        assert!(matches!(end, Err(Error::NoOutcome { .. })), "{end:?}");
        // Temporal's list lags behind.
        let query = r#"WorkflowId = "sky-payment-start-9""#;
        eventually(async || {
            let runs = payments.search(query, 10).await?;
            let closed = runs.iter().filter(|run| run.closed_at.is_some()).count();
            Ok(if closed == 2 { runs } else { vec![] })
        })
        .await;
        match payments.start_again(Kind::ExtraPayment, &asked).await {
            Err(Error::Refused(why)) => assert!(why.contains("TERMINATED"), "{why}"),
            answer => panic!("{answer:?}"),
        }
    })
    .await;
}
