//! The four calls, each signed over the exact bytes that are sent.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use reqwest::Body;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::Url;
use workflows::operation::activity_input::PartnerCall;
use workflows::operation::partner_report::OperationState;

use super::answer::{self, Answer};
use super::key_pair::{Purpose, SigningKey};
use super::{signature, wire};
use crate::http::timed_body::TimedBody;
use crate::http::{Clients, HttpAnswer, NoAnswer};
use crate::key_ring::facts::KeyFacts;
use crate::key_ring::{Key, KeyRing};
use crate::metrics::{self, CallResult};
use crate::partner::Submission;

/// The operations by their names in the API, which are the last parts of their paths.
pub(super) const CALLS: [&str; 4] = [
    INIT_SESSION,
    PAYMENT_STATUS,
    "completeMerchantAcquiring",
    "processPaymentReversal",
];

const INIT_SESSION: &str = "initSession";
const PAYMENT_STATUS: &str = "paymentStatus";

/// The API for one merchant and one purpose, with the only keys that may sign there.
pub(super) struct Client<P: Purpose> {
    merchant: Merchant,
    keys: Arc<KeyRing<SigningKey<P>>>,
}

/// A merchant, and how to reach the API.
#[derive(Clone)]
pub(super) struct Merchant {
    /// The account's name in the configuration.
    pub(super) account: String,
    pub(super) http: Arc<Clients>,
    pub(super) base: Url,
    pub(super) merchant_id: String,
}

/// A session: a bearer secret. It exists only inside one activity and is never shown. What belongs to
/// it is signed with the key that opened it.
pub(super) struct Session<P: Purpose> {
    id: SecretString,
    key: Arc<Key<SigningKey<P>>>,
}

/// The order that a key is tried with. There is none of this name.
const NO_ORDER: &str = "sky-key-check";

impl<P: Purpose> Client<P> {
    pub(super) fn new(merchant: Merchant, keys: Arc<KeyRing<SigningKey<P>>>) -> Client<P> {
        Client { merchant, keys }
    }

    /// Its keys, without their secrets.
    pub(super) fn keys(&self) -> Vec<KeyFacts> {
        self.keys.facts()
    }

    /// Opens a session for the operation's order and this purpose. A key that the partner does not
    /// know gives way to the next one: nothing hangs on the key yet.
    pub(super) async fn init_session(&self, call: &PartnerCall) -> Answer<Session<P>> {
        let Some(mut key) = self.keys.serving() else {
            return Answer::Unanswered(NoAnswer::Withheld(
                "this worker has no key for the account".to_owned(),
            ));
        };
        loop {
            let (order_id, timeout) = (call.order_id.as_str(), call.request_timeout);
            let answer = self.open_session(&key, order_id, timeout).await;
            if !answer.is_key_unknown() {
                return answer;
            }
            match self.keys.refused(&key) {
                Some(other) => key = other,
                None => return answer,
            }
        }
    }

    /// Opens a session with a key, the serving one if none is named, for an order that there is not.
    pub(super) async fn try_key(
        &self,
        key_id: Option<&str>,
        timeout: Duration,
    ) -> Result<String, String> {
        let key = self.keys.to_try(key_id)?;
        answer::of_trial(self.open_session(&key, NO_ORDER, timeout).await)
            .map(|answer| format!("key {}: {answer}", key.id()))
            .map_err(|problem| format!("key {}: {problem}", key.id()))
    }

    async fn open_session(
        &self,
        key: &Arc<Key<SigningKey<P>>>,
        order_id: &str,
        timeout: Duration,
    ) -> Answer<Session<P>> {
        let body = wire::InitSessionRequest {
            order_id,
            operation: P::WORD,
        };
        let read = |body: &[u8]| {
            wire::session(body).map(|session| Session {
                id: session.session_id.into(),
                key: Arc::clone(key),
            })
        };
        self.call(INIT_SESSION, key, &body, Body::from, timeout, read)
            .await
    }

    /// Asks for the status of an operation.
    pub(super) async fn payment_status(
        &self,
        session: &Session<P>,
        call: &PartnerCall,
    ) -> Answer<OperationState> {
        let body = wire::StatusRequest {
            session_id: session.id.expose_secret(),
            request_id: call.request_id.as_str(),
        };
        let (read, timeout) = (wire::operation_state, call.request_timeout);
        self.call(
            PAYMENT_STATUS,
            &session.key,
            &body,
            Body::from,
            timeout,
            read,
        )
        .await
    }

    /// Moves money: charges or refunds, depending on the purpose. After the step's last moment
    /// nothing is sent.
    pub(super) async fn submit(
        &self,
        session: &Session<P>,
        submission: &Submission<'_>,
    ) -> Answer<OperationState> {
        let PartnerCall {
            request_id,
            money,
            request_timeout,
            ..
        } = submission.call();
        let body = wire::SubmitRequest {
            session_id: session.id.expose_secret(),
            request_id: request_id.as_str(),
            amount: &money.amount(),
            currency: money.currency(),
            payment_completed_callback_url: &submission.callback_url,
        };
        let last_moment = submission.last_moment();
        let until = |body: Vec<u8>| Body::wrap(TimedBody::new(body, last_moment));
        let (read, timeout) = (wire::operation_state, *request_timeout);
        self.call(P::SUBMISSION, &session.key, &body, until, timeout, read)
            .await
    }

    async fn call<T>(
        &self,
        name: &'static str,
        key: &Arc<Key<SigningKey<P>>>,
        body: &impl Serialize,
        wrap: impl FnOnce(Vec<u8>) -> Body,
        timeout: Duration,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Answer<T> {
        let begun = Instant::now();
        let answer = self.post(name, key, body, wrap, timeout).await;
        let took = begun.elapsed();
        if let Ok(HttpAnswer {
            date: Some(date), ..
        }) = &answer
        {
            metrics::partner_clock_seen(&self.merchant.account, *date);
        }
        let answer = Answer::read(answer, read);
        if answer.is_let_in() {
            self.keys.accepted(key);
        }
        let falls_back = answer.is_key_unknown() && name == INIT_SESSION;
        let counted = match self.keys.instead_of(key) {
            Some(_) if falls_back => CallResult::KeyNotKnown,
            _ => answer.counted(),
        };
        metrics::partner_answered(&self.merchant.account, name, counted, took);
        answer
    }

    async fn post(
        &self,
        name: &str,
        key: &Key<SigningKey<P>>,
        body: &impl Serialize,
        wrap: impl FnOnce(Vec<u8>) -> Body,
        timeout: Duration,
    ) -> Result<HttpAnswer, NoAnswer> {
        let unsendable = |what: &str| NoAnswer::Withheld(what.to_owned());
        // Serialized once, so that exactly the hashed bytes are sent.
        let body = serde_json::to_vec(body).map_err(|_| unsendable("the body has no JSON"))?;
        let Merchant {
            http,
            base,
            merchant_id,
            ..
        } = &self.merchant;
        let mut url = base.clone();
        url.set_path(&format!("{}/v1/{name}", base.path().trim_end_matches('/')));
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        let timestamp = since_epoch
            .map_err(|_| unsendable("the clock is before 1970"))?
            .as_secs();
        let signed = signature::string_to_sign(url.path(), merchant_id, key.id(), timestamp, &body);
        let request = http
            .within(timeout)?
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("X-Merchant-Id", merchant_id)
            .header("X-Key-Id", key.id())
            .header("X-Timestamp", timestamp)
            .header("X-Signature", signature::sign(key.secret(), &signed))
            .body(wrap(body));
        crate::http::send(request).await
    }
}
