//! What a caller needs to charge and to refund, whether Temporal carries it out or the fake.

use std::future::Future;

use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::outcome::Outcome;
use workflows::contract::request::PaymentRequest;

use crate::error::Error;
use crate::start::Started;

/// Starts operations and tells their ends. [`PaymentsClient`](crate::PaymentsClient) does it on
/// Temporal, [`FakePayments`](crate::fake::FakePayments) in a caller's own unit tests. Write what
/// charges against `&impl Payments`.
pub trait Payments: Send + Sync {
    /// Starts an operation.
    ///
    /// However often and from however many places it is called, there is one operation for one
    /// request id: the workflow id is derived from it. So simply repeat a call that failed with
    /// [`Error::Unavailable`], with the same request. If an earlier call had succeeded, the repeat
    /// succeeds too, and [`Started::repeat`] says how that operation has ended, if it has.
    ///
    /// A repeat with another request is [`Error::OtherRequest`]. A repeat of an operation that has
    /// ended without an outcome is [`Error::NoOutcome`].
    ///
    /// This holds for as long as Temporal keeps the closed workflow (the namespace's retention);
    /// after that the workflow itself asks the partner about the request id before it submits.
    fn start(
        &self,
        kind: Kind,
        request: &PaymentRequest,
    ) -> impl Future<Output = Result<Started, Error>> + Send;

    /// Starts an operation, also if earlier runs under its request id failed as
    /// [`InvalidRequest`](crate::NoOutcome::InvalidRequest) or were cancelled before anything was
    /// sent. The request may be a corrected one. In all other cases it does what
    /// [`Payments::start`] does: it never starts what may have sent something.
    ///
    /// Call it when the cause is gone, such as a route that was missing in the worker's
    /// configuration, and not in a loop.
    fn start_again(
        &self,
        kind: Kind,
        request: &PaymentRequest,
    ) -> impl Future<Output = Result<Started, Error>> + Send;

    /// Waits for the end of an operation, for as long as that takes, across every run that continues
    /// it. Can be called repeatedly, and long after the end. An end without an outcome is
    /// [`Error::NoOutcome`].
    fn result(&self, request_id: &RequestId)
    -> impl Future<Output = Result<Outcome, Error>> + Send;

    /// Requests a cancellation. The operation is cancelled if nothing was submitted yet. Once money
    /// may be on its way, it continues to its true outcome; [`Payments::result`] shows which.
    fn cancel(&self, request_id: &RequestId) -> impl Future<Output = Result<(), Error>> + Send;

    /// Charges an order's card once more: [`Payments::start`].
    fn start_extra_payment(
        &self,
        request: &PaymentRequest,
    ) -> impl Future<Output = Result<Started, Error>> + Send {
        self.start(Kind::ExtraPayment, request)
    }

    /// Refunds money of an order, in full or in part: [`Payments::start`].
    fn start_payment_reversal(
        &self,
        request: &PaymentRequest,
    ) -> impl Future<Output = Result<Started, Error>> + Send {
        self.start(Kind::PaymentReversal, request)
    }
}
