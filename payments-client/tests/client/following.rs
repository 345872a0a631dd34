//! The real workflows, carried out by a worker: their state, their ends, and the updates they
//! accept.

use std::time::Duration;

use payments_client::{Error, NoOutcome, OperationHandle, Payments, PaymentsClient};
use workflows::contract::cause::Cause;
use workflows::contract::outcome::Ending;
use workflows::contract::request::PaymentRequest;
use workflows::contract::resolution::{Resolution, ResolveAs};
use workflows::contract::state::{Phase, State};

use crate::request;
use crate::server::Server;
use crate::stubs::with_worker;

#[tokio::test]
async fn operations_end_as_the_partner_says() {
    let server = Server::shared().await;
    with_worker(&server, "ends", async |payments| {
        let handle = start(&payments, "end-1", "completes").await;
        let outcome = handle.result().await.unwrap();
        assert_eq!(outcome.outcome, Ending::Completed);
        assert_eq!(outcome.merchant, "bishkek");
        assert_eq!(outcome.partner_payment_id.as_deref(), Some("pp-end-1"));
        assert_eq!(outcome.billing_document_id.as_deref(), Some("bill-end-1"));
        assert_eq!(handle.state().await.unwrap().phase, Phase::Closed);
        assert!(matches!(handle.check_now().await, Err(Error::Closed(_))));
        let described = handle.describe().await.unwrap();
        assert_eq!(described.outcome.as_deref(), Some("completed"));
        assert_eq!(described.phase.as_deref(), Some("closed"));

        let declines = request("end-2", "declines");
        payments.start_payment_reversal(&declines).await.unwrap();
        let outcome = payments.result(&declines.request_id).await.unwrap();
        assert_eq!(outcome.outcome, Ending::Declined);
        assert_eq!(outcome.decline_code.as_deref(), Some("unspecified"));

        let unknown = PaymentRequest {
            merchant: Some("unknown".to_owned()),
            ..request("end-3", "completes")
        };
        payments.start_extra_payment(&unknown).await.unwrap();
        match payments.result(&unknown.request_id).await {
            Err(Error::NoOutcome {
                end: NoOutcome::InvalidRequest(invalid),
                ..
            }) => assert_eq!(invalid.field, "merchant"),
            end => panic!("{end:?}"),
        }
    })
    .await;
}

#[tokio::test]
async fn an_operation_that_waits_is_asked_about_at_once() {
    let server = Server::shared().await;
    with_worker(&server, "waits", async |payments| {
        let handle = start(&payments, "wait-1", "stays").await;
        let state = until(&handle, Phase::AwaitingCompletion).await;
        assert!(state.submitted && state.next_check_at.is_some());
        let checked = handle.check_now().await.unwrap();
        assert!(checked.status_checks > state.status_checks);
        assert_refused(&handle, ResolveAs::Abandoned, "awaiting_completion").await;

        // Money may be on its way, so a cancellation does not end it.
        handle.cancel().await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let state = handle.check_now().await.unwrap();
        assert_eq!(state.phase, Phase::AwaitingCompletion);
    })
    .await;
}

#[tokio::test]
async fn an_operation_that_needs_attention_is_resolved_by_the_partners_word_first() {
    let server = Server::shared().await;
    with_worker(&server, "attention", async |payments| {
        let handle = start(&payments, "attention-1", "differs").await;
        let state = until(&handle, Phase::NeedsAttention).await;
        assert_eq!(state.cause(), Some(Cause::OtherAmount), "{state:?}");
        assert_refused(&handle, ResolveAs::Completed, "partner_payment_id").await;
        assert_refused(&handle, ResolveAs::Declined, "the partner says otherwise").await;
        let abandoned = resolution(ResolveAs::Abandoned);
        let resolved = handle.resolve(&abandoned).await.unwrap();
        assert_eq!(resolved.phase, Phase::Closed);
        let outcome = handle.result().await.unwrap();
        assert_eq!(outcome.outcome, Ending::Abandoned);
        let by_hand = outcome.by_hand.unwrap();
        assert_eq!(by_hand.resolved_by, "aida");
        assert_eq!(by_hand.approved_by, None);
        assert_eq!(by_hand.ticket.as_deref(), Some("OPS-7"));
    })
    .await;
}

#[tokio::test]
async fn a_cancellation_before_anything_was_submitted_ends_it() {
    let server = Server::shared().await;
    let payments = PaymentsClient::new(server.client().await, "cancels");
    let handle = start(&payments, "cancel-1", "completes").await;
    handle.cancel().await.unwrap();
    with_worker(&server, "cancels", async |_| match handle.result().await {
        Err(Error::NoOutcome { end, .. }) => assert_eq!(end, NoOutcome::Cancelled),
        end => panic!("{end:?}"),
    })
    .await;
}

async fn start(payments: &PaymentsClient, request_id: &str, order_id: &str) -> OperationHandle {
    let asked = request(request_id, order_id);
    payments.start_extra_payment(&asked).await.unwrap();
    payments.operation(&asked.request_id)
}

async fn until(handle: &OperationHandle, phase: Phase) -> State {
    for _ in 0..300 {
        // A busy worker may have done nothing about it yet.
        if let Ok(state) = handle.state().await
            && state.phase == phase
        {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never came to be {}", phase.as_str());
}

async fn assert_refused(handle: &OperationHandle, verdict: ResolveAs, why: &str) {
    match handle.resolve(&resolution(verdict)).await {
        Err(Error::Refused(message)) => assert!(message.contains(why), "{message}"),
        answer => panic!("{answer:?}"),
    }
}

fn resolution(resolve_as: ResolveAs) -> Resolution {
    Resolution {
        resolve_as,
        operator: "aida".to_owned(),
        reason: "the partner's amount is wrong".to_owned(),
        ticket: Some("OPS-7".to_owned()),
        partner_payment_id: None,
        billing_document_id: None,
    }
}
