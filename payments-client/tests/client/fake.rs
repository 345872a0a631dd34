//! The fake answers as the real client does: the same calls, on both.

use payments_client::fake::{FakePayments, Plan};
use payments_client::{Error, NoOutcome, Payments};
use workflows::contract::kind::Kind;
use workflows::contract::outcome::Ending;
use workflows::contract::request::{InvalidRequest, PaymentRequest};

use crate::server::Server;
use crate::stubs::with_worker;
use crate::{id, request};

#[tokio::test]
async fn the_fake_answers_as_the_real_client_does() {
    let fake = FakePayments::new();
    fake.plan(&id("fake-2"), Plan::Declines("unspecified".to_owned()));
    fake.plan(&id("fake-3"), refused());
    fake.plan(&id("fake-4"), Plan::StaysOpen);
    use_payments(&fake, || fake.plan(&id("fake-3"), Plan::Completes)).await;
    assert_eq!(fake.started().len(), 5);

    let server = Server::shared().await;
    with_worker(&server, "fake", async |payments| {
        use_payments(&payments, || {}).await;
    })
    .await;
}

fn refused() -> Plan {
    let invalid = InvalidRequest::new("merchant", "is not configured");
    Plan::Ends(NoOutcome::InvalidRequest(invalid))
}

/// What the stubs of the real client's worker do with an order is in its name.
async fn use_payments(payments: &impl Payments, route_is_added: impl FnOnce()) {
    let missing = payments.result(&id("fake-0")).await;
    assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
    let missing = payments.cancel(&id("fake-0")).await;
    assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
    let wrong = PaymentRequest {
        merchant: Some(String::new()),
        ..request("fake-0", "completes")
    };
    let refused = payments.start_extra_payment(&wrong).await;
    assert!(
        matches!(refused, Err(Error::InvalidRequest(_))),
        "{refused:?}"
    );

    let asked = request("fake-1", "completes");
    let started = payments.start_extra_payment(&asked).await.unwrap();
    assert_eq!(started.repeat, None);
    let outcome = payments.result(&asked.request_id).await.unwrap();
    assert_eq!(outcome.outcome, Ending::Completed);
    assert_eq!(outcome.billing_document_id.as_deref(), Some("bill-fake-1"));
    let again = payments.start_extra_payment(&asked).await.unwrap();
    assert_eq!(again.run_id, started.run_id);
    assert_eq!(again.repeat.unwrap().outcome, Some(outcome));
    // It has nothing to start again.
    let again = payments.start_again(Kind::ExtraPayment, &asked).await;
    assert!(again.unwrap().repeat.is_some());
    let other = payments.start_payment_reversal(&asked).await;
    assert!(
        matches!(&other, Err(Error::OtherRequest { differs, .. }) if differs[0].field == "kind")
    );
    let closed = payments.cancel(&asked.request_id).await;
    assert!(matches!(closed, Err(Error::Closed(_))), "{closed:?}");

    let asked = request("fake-2", "declines");
    payments.start_payment_reversal(&asked).await.unwrap();
    let outcome = payments.result(&asked.request_id).await.unwrap();
    assert_eq!(outcome.outcome, Ending::Declined);
    assert_eq!(outcome.decline_code.as_deref(), Some("unspecified"));

    let asked = PaymentRequest {
        merchant: Some("unknown".to_owned()),
        ..request("fake-3", "completes")
    };
    payments.start_extra_payment(&asked).await.unwrap();
    let end = payments.result(&asked.request_id).await;
    assert!(sent_nothing(&end), "{end:?}");
    let again = payments.start_extra_payment(&asked).await;
    assert!(sent_nothing(&again), "{again:?}");
    route_is_added();
    let corrected = request("fake-3", "completes");
    let other = payments.start_extra_payment(&corrected).await;
    assert!(
        matches!(&other, Err(Error::OtherRequest { differs, .. }) if differs[0].field == "merchant"),
        "{other:?}"
    );
    let again = payments.start_again(Kind::ExtraPayment, &corrected).await;
    assert_eq!(again.unwrap().repeat, None);
    let outcome = payments.result(&asked.request_id).await.unwrap();
    assert_eq!(outcome.outcome, Ending::Completed);

    let asked = request("fake-4", "stays");
    payments.start_extra_payment(&asked).await.unwrap();
    let again = payments.start_extra_payment(&asked).await.unwrap();
    assert_eq!(again.repeat.unwrap().outcome, None);
}

fn sent_nothing<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::NoOutcome { end, .. }) if end.sent_nothing())
}
