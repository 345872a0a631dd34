//! Calls to Stripe: forms over HTTPS, with a bearer key and a pinned version.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Body, RequestBuilder};
use url::{Url, form_urlencoded};

use super::answer::Answer;
use super::call::Call;
use super::secret_key::SecretKey;
use crate::http::timed_body::TimedBody;
use crate::http::{self, Clients, HttpAnswer, NoAnswer};
use crate::key_ring::{Key, KeyRing};
use crate::metrics::{self, CallResult};

/// The version of the API that the wire types are written for.
const VERSION: &str = "2026-08-26.dahlia";

/// Stripe's API for one account, with the keys of one purpose.
pub(super) struct Client {
    account: String,
    http: Arc<Clients>,
    base: Url,
    headers: HeaderMap,
    keys: Arc<KeyRing<SecretKey>>,
}

impl Client {
    /// A client for the API at `base`; `account` is its name in the configuration.
    pub(super) fn new(
        account: String,
        http: Arc<Clients>,
        base: Url,
        account_id: Option<&str>,
        keys: Arc<KeyRing<SecretKey>>,
    ) -> Result<Client, String> {
        let mut headers = HeaderMap::new();
        headers.insert("Stripe-Version", HeaderValue::from_static(VERSION));
        if let Some(id) = account_id {
            let number = id.strip_prefix("acct_").unwrap_or_default();
            let is_id = !number.is_empty() && number.bytes().all(|it| it.is_ascii_alphanumeric());
            let id = HeaderValue::try_from(id).ok().filter(|_| is_id);
            let id = id.ok_or("account_id: must be like \"acct_1Abc\"")?;
            headers.insert("Stripe-Account", id);
        }
        Ok(Client {
            account,
            http,
            base,
            headers,
            keys,
        })
    }

    /// Its keys, without their secrets.
    pub(super) fn keys(&self) -> &KeyRing<SecretKey> {
        &self.keys
    }

    /// Whether the next key was not accepted in this process yet, and another one could serve instead.
    /// Then the first call with it should not be one that moves money.
    pub(super) fn should_ask_first(&self) -> bool {
        let untried = self.keys.serving().is_some_and(|key| !key.is_proven());
        untried && self.keys.has_several()
    }

    /// Reads something.
    pub(super) async fn get<T>(
        &self,
        call: Call<'_>,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Answer<T> {
        let request = self.reading(&call);
        self.with_a_known_key(&call, request, read).await
    }

    /// Reads something with a key, the serving one if none is named, and says what that says of it.
    pub(super) async fn try_key<T>(
        &self,
        key_id: Option<&str>,
        call: Call<'_>,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<String, String> {
        let key = self.keys.to_try(key_id)?;
        let answer = self.call(&key, &call, self.reading(&call), read).await;
        let of_key = |words: String| format!("key {}: {words}", key.id());
        answer.of_trial().map(of_key).map_err(of_key)
    }

    /// Changes something that moves no money by itself.
    pub(super) async fn post<T>(
        &self,
        call: Call<'_>,
        idempotency_key: Option<&str>,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Answer<T> {
        let request = |client: reqwest::Client| {
            self.posting(
                client,
                &call,
                idempotency_key,
                Body::from(form(call.fields)),
            )
        };
        self.with_a_known_key(&call, request, read).await
    }

    /// Moves money. After `last_moment` nothing is sent. Where Stripe does not know the key, only the
    /// next step uses another one.
    pub(super) async fn post_until<T>(
        &self,
        call: Call<'_>,
        idempotency_key: &str,
        last_moment: Timestamp,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Answer<T> {
        let Some(key) = self.keys.serving() else {
            return no_key();
        };
        let request = |client: reqwest::Client| {
            let body = TimedBody::new(form(call.fields).into_bytes(), last_moment);
            self.posting(client, &call, Some(idempotency_key), Body::wrap(body))
        };
        let answer = self.call(&key, &call, request, read).await;
        if matches!(answer, Answer::KeyUnknown(_)) {
            self.keys.refused(&key);
        }
        answer
    }

    /// A key that Stripe does not know gives way to the next one: nothing was done.
    async fn with_a_known_key<T>(
        &self,
        call: &Call<'_>,
        request: impl Fn(reqwest::Client) -> RequestBuilder,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Answer<T> {
        let Some(mut key) = self.keys.serving() else {
            return no_key();
        };
        loop {
            let answer = self.call(&key, call, &request, &read).await;
            if !matches!(answer, Answer::KeyUnknown(_)) {
                return answer;
            }
            match self.keys.refused(&key) {
                Some(other) => key = other,
                None => return answer,
            }
        }
    }

    fn reading(&self, call: &Call<'_>) -> impl Fn(reqwest::Client) -> RequestBuilder + use<> {
        let mut url = self.url(call.path);
        if !call.fields.is_empty() {
            url.set_query(Some(&form(call.fields)));
        }
        move |client| client.get(url.clone())
    }

    fn posting(
        &self,
        client: reqwest::Client,
        call: &Call<'_>,
        idempotency_key: Option<&str>,
        body: Body,
    ) -> RequestBuilder {
        let request = client
            .post(self.url(call.path))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        match idempotency_key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        }
    }

    async fn call<T>(
        &self,
        key: &Arc<Key<SecretKey>>,
        call: &Call<'_>,
        request: impl Fn(reqwest::Client) -> RequestBuilder,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Answer<T> {
        let begun = Instant::now();
        let answer = self.send(key, call.timeout, request).await;
        let took = begun.elapsed();
        if let Ok(HttpAnswer {
            date: Some(date), ..
        }) = &answer
        {
            metrics::partner_clock_seen(&self.account, *date);
        }
        let answer = Answer::read(answer, read);
        if answer.is_let_in() {
            self.keys.accepted(key);
        }
        let counted = match (&answer, self.keys.instead_of(key)) {
            (Answer::KeyUnknown(_), Some(_)) => CallResult::KeyNotKnown,
            _ => answer.counted(),
        };
        metrics::partner_answered(&self.account, call.name, counted, took);
        answer
    }

    async fn send(
        &self,
        key: &Key<SecretKey>,
        timeout: Duration,
        request: impl Fn(reqwest::Client) -> RequestBuilder,
    ) -> Result<HttpAnswer, NoAnswer> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", key.secret().expose()))
            .map_err(|_| NoAnswer::Withheld("the key is no text for a header".to_owned()))?;
        bearer.set_sensitive(true);
        let request = request(self.http.within(timeout)?)
            .headers(self.headers.clone())
            .header(AUTHORIZATION, bearer);
        http::send(request).await
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path);
        }
        url
    }
}

fn no_key<T>() -> Answer<T> {
    Answer::Unanswered(NoAnswer::Withheld(
        "this worker has no key for the account".to_owned(),
    ))
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
