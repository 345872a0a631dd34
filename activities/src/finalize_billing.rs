//! Billing's one call (`docs/api/billing.yaml`): record a completed extra payment, once per request id.

#![expect(missing_docs, reason = "the macro makes constants that carry no docs")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::Body;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use url::Url;
use workflows::activity_definitions::FinalizeBilling;
use workflows::contract::money::Money;
use workflows::operation::activity_input::BillingInput;
use workflows::operation::partner_report::BillingReport;

use crate::breaker::Breaker;
use crate::deadline::deadline;
use crate::http::timed_body::TimedBody;
use crate::http::{self, Clients, HttpAnswer, NoAnswer};
use crate::metrics;
use crate::token_file::TokenFile;

/// The activities that call billing.
pub struct BillingActivities {
    http: Arc<Clients>,
    url: Url,
    token: TokenFile,
    short_way: Breaker,
}

/// How long the request may take on the short way: it has to end before the step's deadline.
const SOON: Duration = Duration::from_secs(1);

#[derive(Serialize)]
struct WirePayment<'a> {
    order_id: &'a str,
    request_id: &'a str,
    partner_payment_id: &'a str,
    merchant: &'a str,
    amount: String,
    currency: &'a str,
    completed_at: Timestamp,
}

/// Billing's answer. Only the id is guaranteed; if the answer names the payment too, that must be
/// ours.
#[derive(Deserialize)]
struct WireRecord {
    billing_document_id: String,
    request_id: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
}

#[activities]
impl BillingActivities {
    /// Records a completed extra payment.
    #[activity(definition = FinalizeBilling)]
    pub async fn finalize_billing(
        self: Arc<Self>,
        ctx: ActivityContext,
        mut input: BillingInput,
    ) -> Result<BillingReport, ActivityError> {
        if !ctx.info().is_local {
            return self.record(&input, deadline(&ctx)).await;
        }
        let step = self.short_way.enter()?;
        input.request_timeout = input.request_timeout.min(SOON);
        let report = self.record(&input, deadline(&ctx)).await?;
        step.end();
        match report {
            // The long way asks again.
            BillingReport::NoAnswer { reason, .. } => Err(anyhow::anyhow!(reason).into()),
            report => Ok(report),
        }
    }
}

impl BillingActivities {
    /// Billing at `base`.
    pub fn new(http: Arc<Clients>, base: &Url, token: TokenFile) -> BillingActivities {
        let mut url = base.clone();
        url.set_path(&format!(
            "{}/v1/extra-payments",
            base.path().trim_end_matches('/')
        ));
        BillingActivities {
            http,
            url,
            token,
            short_way: Breaker::default(),
        }
    }

    async fn record(
        &self,
        input: &BillingInput,
        deadline: Option<Timestamp>,
    ) -> Result<BillingReport, ActivityError> {
        let token = match self.token.read() {
            Ok(token) => token,
            Err(reason) => return Ok(BillingReport::Refused { reason }),
        };
        let payment = WirePayment {
            order_id: input.order_id.as_str(),
            request_id: input.request_id.as_str(),
            partner_payment_id: &input.partner_payment_id,
            merchant: &input.merchant,
            amount: input.money.amount(),
            currency: input.money.currency(),
            completed_at: input.completed_at,
        };
        let body = serde_json::to_vec(&payment).map_err(ActivityError::from)?;
        let begun = Instant::now();
        let last_moment = last_moment(deadline, input.request_timeout);
        let report = match self.post(input, &token, body, last_moment).await {
            Ok(answer) => read(answer, input),
            Err(error) => BillingReport::no_answer(error.into_text()),
        };
        metrics::billing_answered(&report, begun.elapsed());
        Ok(report)
    }

    async fn post(
        &self,
        input: &BillingInput,
        token: &SecretString,
        body: Vec<u8>,
        last_moment: Timestamp,
    ) -> Result<HttpAnswer, NoAnswer> {
        let client = self.http.within(input.request_timeout)?;
        let request = client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", input.request_id.as_str())
            .bearer_auth(token.expose_secret())
            .body(Body::wrap(TimedBody::new(body, last_moment)));
        http::send(request).await
    }
}

/// The last time at which a request may start and still end before the step's `deadline`. After
/// that the workflow continues: an operator may close the payment with a document made by hand, and
/// then billing must not be told as well.
fn last_moment(deadline: Option<Timestamp>, request_timeout: Duration) -> Timestamp {
    let begun = deadline.map(|deadline| deadline.checked_sub(request_timeout));
    begun.map_or(Timestamp::MAX, |begun| begun.unwrap_or(Timestamp::MIN))
}

fn read(answer: HttpAnswer, input: &BillingInput) -> BillingReport {
    let HttpAnswer {
        status,
        retry_after,
        body,
        ..
    } = answer;
    match status {
        200 => match http::object::<WireRecord>(&body) {
            Some(record) if is_name(&record.billing_document_id) => recorded(record, input),
            _ => BillingReport::no_answer("HTTP 200 with an unreadable body"),
        },
        400 => refused("400: the request's body is wrong"),
        401 | 403 => refused("401 or 403: the token is refused"),
        409 => refused("409: the key was used with another body"),
        status => BillingReport::NoAnswer {
            reason: format!("HTTP {status}"),
            retry_after,
        },
    }
}

fn recorded(record: WireRecord, input: &BillingInput) -> BillingReport {
    let request_id = record
        .request_id
        .as_deref()
        .unwrap_or(input.request_id.as_str());
    let amount = record.amount.unwrap_or_else(|| input.money.amount());
    let currency = record.currency.as_deref().unwrap_or(input.money.currency());
    let same_money = Money::parse(&amount, currency) == Ok(input.money);
    if same_money && request_id == input.request_id.as_str() {
        BillingReport::Recorded {
            billing_document_id: record.billing_document_id,
        }
    } else {
        let said: String = format!("{amount} {currency} for {request_id}")
            .chars()
            .take(200)
            .collect();
        let asked = format!("{} for {}", input.money, input.request_id);
        BillingReport::Refused {
            reason: format!("asked {asked}, billing says {said}"),
        }
    }
}

/// A document's id goes into histories and results unchanged.
fn is_name(text: &str) -> bool {
    (1..=256).contains(&text.len()) && !text.contains(char::is_control)
}

fn refused(reason: &str) -> BillingReport {
    BillingReport::Refused {
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_by_a_short_text_without_control_characters() {
        for name in ["bd-1", "Rechnung 5/2026", &"x".repeat(256)] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "bd\n1", "\u{1b}[2J", "bd\u{85}", &"x".repeat(257)] {
            assert!(!is_name(name), "{name:?}");
        }
    }

    #[test]
    fn a_request_begins_only_if_it_is_over_before_the_steps_deadline() {
        let at = |second: i64| Timestamp::from_second(1_790_000_000 + second).unwrap();
        let timeout = Duration::from_secs(10);
        assert_eq!(last_moment(Some(at(15)), timeout), at(5));
        assert_eq!(last_moment(None, timeout), Timestamp::MAX);
    }
}
