//! Payments in memory, for callers' own unit tests. No Temporal, no worker, no time: each operation
//! ends as planned, at once. It answers like the real client, which `tests/client/fake.rs` tests with
//! the same calls on both.

mod books;

use std::sync::Arc;

use tokio::sync::watch;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::outcome::Outcome;
use workflows::contract::request::PaymentRequest;

use crate::error::Error;
use crate::payments::Payments;
use crate::start::Started;

pub use books::Plan;

use books::{Books, place};

/// [`Payments`] in memory. Clones share their operations.
///
/// ```
/// use payments_client::fake::{FakePayments, Plan};
/// use payments_client::{Error, NoOutcome, Payments};
/// use workflows::contract::request::{InvalidRequest, PaymentRequest};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let request = PaymentRequest::parse(br#"{
///     "request_id": "refund-1", "order_id": "ride-7", "amount": "5", "currency": "KGS"
/// }"#)?;
/// let payments = FakePayments::new();
/// let no_route = InvalidRequest::new("merchant", "no route fits");
/// payments.plan(&request.request_id, Plan::Ends(NoOutcome::InvalidRequest(no_route)));
/// payments.start_payment_reversal(&request).await?;
/// let end = payments.result(&request.request_id).await;
/// assert!(matches!(end, Err(Error::NoOutcome { .. })));
///
/// // Somebody adds the route.
/// payments.plan(&request.request_id, Plan::Completes);
/// payments.start_again(workflows::contract::kind::Kind::PaymentReversal, &request).await?;
/// assert!(payments.result(&request.request_id).await.is_ok());
///
/// payments.unavailable(1);
/// let away = payments.result(&request.request_id).await;
/// assert!(matches!(away, Err(Error::Unavailable { .. })));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct FakePayments(Arc<watch::Sender<Books>>);

impl FakePayments {
    /// One in which every operation completes.
    pub fn new() -> FakePayments {
        FakePayments::default()
    }

    /// What becomes of the operation of this id, whether it was started or not. One that has ended
    /// stays as it is, until it is started again.
    pub fn plan(&self, request_id: &RequestId, plan: Plan) {
        self.0.send_modify(|books| {
            books.plans.insert(request_id.clone(), plan);
            books.settle(request_id);
        });
    }

    /// The next `calls` calls fail with [`Error::Unavailable`], and do nothing.
    pub fn unavailable(&self, calls: u32) {
        self.0.send_modify(|books| books.unavailable = calls);
    }

    /// What was started, in this order. A repeat starts nothing.
    pub fn started(&self) -> Vec<(Kind, PaymentRequest)> {
        let books = self.0.borrow();
        let started = books.started.iter();
        started.map(|run| (run.kind, run.request.clone())).collect()
    }

    /// Does something with the books, unless they are out of reach.
    fn open<T>(
        &self,
        request_id: &RequestId,
        act: impl FnOnce(&mut Books) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut answer = None;
        self.0.send_modify(|books| {
            answer = Some(match books.unavailable.checked_sub(1) {
                Some(fewer) => {
                    books.unavailable = fewer;
                    Err(Error::Unavailable {
                        place: place(request_id),
                        reason: "planned".to_owned(),
                    })
                }
                None => act(books),
            });
        });
        answer.unwrap_or_else(|| Err(Error::NotFound(place(request_id))))
    }
}

impl Payments for FakePayments {
    async fn start(&self, kind: Kind, request: &PaymentRequest) -> Result<Started, Error> {
        let request = PaymentRequest::parse(&serde_json::to_vec(request)?)?;
        self.open(&request.request_id, |books| books.start(kind, &request))
    }

    async fn start_again(&self, kind: Kind, request: &PaymentRequest) -> Result<Started, Error> {
        let request = PaymentRequest::parse(&serde_json::to_vec(request)?)?;
        self.open(&request.request_id, |books| {
            books.start_again(kind, &request)
        })
    }

    async fn result(&self, request_id: &RequestId) -> Result<Outcome, Error> {
        self.open(request_id, |books| books.latest(request_id).map(|_| ()))?;
        let mut changes = self.0.subscribe();
        let ended = changes.wait_for(|books| {
            let run = books.latest(request_id);
            run.is_ok_and(|run| run.end.is_some())
        });
        let books = ended
            .await
            .map_err(|_| Error::NotFound(place(request_id)))?;
        let outcome = books.latest(request_id)?.outcome()?;
        outcome.ok_or_else(|| Error::NotFound(place(request_id)))
    }

    async fn cancel(&self, request_id: &RequestId) -> Result<(), Error> {
        self.open(request_id, |books| match books.latest(request_id)?.end {
            Some(_) => Err(Error::Closed(request_id.clone())),
            // Nothing tells here whether it was submitted; count on the worst.
            None => Ok(()),
        })
    }
}
