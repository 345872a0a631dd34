//! The four calls, each signed over the exact bytes that are sent.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use reqwest::Body;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::Url;
use workflows::contract::ids::{OrderId, RequestId};
use workflows::contract::money::Money;
use workflows::operation::partner_report::OperationState;

use super::answer::Answer;
use super::key_pair::{Purpose, SigningKey};
use super::{signature, wire};
use crate::http::timed_body::TimedBody;
use crate::http::{self, Clients, HttpAnswer, NoAnswer};
use crate::metrics;

/// The partner's API for one merchant and one purpose, with the only key that may sign there.
pub struct PartnerClient<P: Purpose> {
    account: String,
    http: Arc<Clients>,
    base: Url,
    merchant_id: String,
    key: SigningKey<P>,
}

/// A session: a bearer secret. It exists only inside one activity and is never shown.
pub(crate) struct Session(SecretString);

/// The content of a submission.
pub(crate) struct Submission<'a> {
    pub(crate) request_id: &'a RequestId,
    pub(crate) money: Money,
    /// Includes the token.
    pub(crate) callback_url: &'a str,
}

impl<P: Purpose> PartnerClient<P> {
    /// A client for the API at `base`; `account` is its name in the configuration.
    pub(crate) fn new(
        account: String,
        http: Arc<Clients>,
        base: Url,
        merchant_id: String,
        key: SigningKey<P>,
    ) -> PartnerClient<P> {
        PartnerClient {
            account,
            http,
            base,
            merchant_id,
            key,
        }
    }

    /// Opens a session for an order and this purpose.
    pub(crate) async fn init_session(&self, order: &OrderId, timeout: Duration) -> Answer<Session> {
        let body = wire::InitSessionRequest {
            order_id: order.as_str(),
            operation: P::WORD,
        };
        let read =
            |body: &[u8]| wire::session(body).map(|session| Session(session.session_id.into()));
        let path = "/v1/initSession";
        self.call(path, &body, Body::from, timeout, read).await
    }

    /// Asks for the status of an operation.
    pub(crate) async fn payment_status(
        &self,
        session: &Session,
        request_id: &RequestId,
        timeout: Duration,
    ) -> Answer<OperationState> {
        let session_id = session.0.expose_secret();
        let body = wire::StatusRequest {
            session_id,
            request_id: request_id.as_str(),
        };
        let read = wire::operation_state;
        let path = "/v1/paymentStatus";
        self.call(path, &body, Body::from, timeout, read).await
    }

    /// Moves money: charges or refunds, depending on the purpose. After `last_moment` nothing is
    /// sent.
    pub(crate) async fn submit(
        &self,
        session: &Session,
        submission: &Submission<'_>,
        timeout: Duration,
        last_moment: Timestamp,
    ) -> Answer<OperationState> {
        let body = wire::SubmitRequest {
            session_id: session.0.expose_secret(),
            request_id: submission.request_id.as_str(),
            amount: &submission.money.amount(),
            currency: submission.money.currency(),
            payment_completed_callback_url: submission.callback_url,
        };
        let until = |body: Vec<u8>| Body::wrap(TimedBody::new(body, last_moment));
        let read = wire::operation_state;
        self.call(P::SUBMISSION, &body, until, timeout, read).await
    }

    async fn call<T>(
        &self,
        path: &str,
        body: &impl Serialize,
        wrap: impl FnOnce(Vec<u8>) -> Body,
        timeout: Duration,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Answer<T> {
        let begun = Instant::now();
        let answer = self.post(path, body, wrap, timeout).await;
        let took = begun.elapsed();
        if let Ok(HttpAnswer {
            date: Some(date), ..
        }) = &answer
        {
            metrics::partner_clock_seen(&self.account, *date);
        }
        let answer = Answer::read(answer, read);
        metrics::partner_answered(&self.account, path, &answer, took);
        answer
    }

    async fn post(
        &self,
        path: &str,
        body: &impl Serialize,
        wrap: impl FnOnce(Vec<u8>) -> Body,
        timeout: Duration,
    ) -> Result<HttpAnswer, NoAnswer> {
        let unsendable = |what: &str| NoAnswer::NotConnected(what.to_owned());
        // Serialized once, so that exactly the hashed bytes are sent.
        let body = serde_json::to_vec(body).map_err(|_| unsendable("the body has no JSON"))?;
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        let timestamp = since_epoch
            .map_err(|_| unsendable("the clock is before 1970"))?
            .as_secs();
        let signed = signature::string_to_sign(
            url.path(),
            &self.merchant_id,
            self.key.id(),
            timestamp,
            &body,
        );
        let request = self
            .http
            .within(timeout)?
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("X-Merchant-Id", &self.merchant_id)
            .header("X-Key-Id", self.key.id())
            .header("X-Timestamp", timestamp)
            .header("X-Signature", signature::sign(&self.key, &signed))
            .body(wrap(body));
        http::send(request).await
    }
}
