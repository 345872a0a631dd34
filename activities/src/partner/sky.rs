//! Sky's HTTP API (`docs/api/partner.yaml`), signed and translated. Only this folder knows its
//! names, fields and paths.

pub mod key_pair;
pub mod signature;

mod answer;
mod client;
mod key_format;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::HeaderValue;
use url::Url;
use workflows::contract::kind::Kind;
use workflows::contract::promises::Promises;
use workflows::contract::request::{InvalidRequest, PaymentRequest};
use workflows::contract::units::Units;
use workflows::operation::activity_input::PartnerCall;
use workflows::operation::partner_report::{StatusReport, SubmissionReport};

use self::answer::Answer;
use self::client::Client;
use self::key_pair::{Payment, Purpose, Reversal, SigningKey};
use super::{Partner, Submission, question};
use crate::http::Clients;
use crate::key_ring::KeyRing;
use crate::key_ring::facts::KeyFacts;

/// Sky's API for one merchant: a client for each purpose, with the only keys that may sign there.
pub struct Sky {
    payments: Client<Payment>,
    reversals: Client<Reversal>,
    guarantees: Guarantees,
}

/// How late Sky may accept and show a submission (`docs/api/partner.yaml`, "What is guaranteed, and
/// what is not").
#[derive(Clone, Copy)]
pub struct Guarantees {
    /// How long after its last byte a submission is accepted, or never.
    pub accepts_within: Duration,
    /// How long after that each answer shows it.
    pub shows_within: Duration,
}

/// What a merchant account at Sky is made of.
pub struct Settings {
    /// The account's name in the configuration.
    pub account: String,
    /// The address of the API.
    pub url: Url,
    /// The partner's id of the merchant.
    pub merchant_id: String,
    /// Sign extra payments.
    pub payment_keys: Arc<KeyRing<SigningKey<Payment>>>,
    /// Sign reversals.
    pub reversal_keys: Arc<KeyRing<SigningKey<Reversal>>>,
    /// How late it may accept and show.
    pub guarantees: Guarantees,
}

impl Default for Guarantees {
    fn default() -> Guarantees {
        Guarantees {
            accepts_within: Duration::from_secs(15),
            shows_within: Duration::from_secs(30),
        }
    }
}

impl Sky {
    /// Creates the client. The error names the setting that is wrong.
    pub fn new(settings: Settings, http: &Arc<Clients>) -> Result<Sky, String> {
        let Settings {
            account,
            url,
            merchant_id,
            payment_keys,
            reversal_keys,
            guarantees,
        } = settings;
        let fits =
            !merchant_id.is_empty() && merchant_id.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits || HeaderValue::from_str(&merchant_id).is_err() {
            return Err("merchant_id: must be visible ASCII characters".to_owned());
        }
        let merchant = client::Merchant {
            account,
            http: Arc::clone(http),
            base: url,
            merchant_id,
        };
        Ok(Sky {
            payments: Client::new(merchant.clone(), payment_keys),
            reversals: Client::new(merchant, reversal_keys),
            guarantees,
        })
    }
}

#[async_trait]
impl Partner for Sky {
    fn promises(&self, kind: Kind, _: &PaymentRequest) -> Result<Promises, InvalidRequest> {
        Ok(self.promised(kind))
    }

    fn promised(&self, _: Kind) -> Promises {
        Promises {
            accepts_within: Some(self.guarantees.accepts_within),
            shows_within: Some(self.guarantees.shows_within),
            ..Promises::default()
        }
    }

    fn units(&self, currency: &str) -> Option<Units> {
        Units::of_iso_4217(currency)
    }

    async fn submit(&self, submission: &Submission<'_>) -> SubmissionReport {
        match submission.call().kind {
            Kind::ExtraPayment => ask_then_submit(&self.payments, submission).await,
            Kind::PaymentReversal => ask_then_submit(&self.reversals, submission).await,
        }
    }

    async fn status(&self, call: &PartnerCall) -> StatusReport {
        match call.kind {
            Kind::ExtraPayment => ask(&self.payments, call).await,
            Kind::PaymentReversal => ask(&self.reversals, call).await,
        }
    }

    fn calls(&self) -> &'static [&'static str] {
        &client::CALLS
    }

    fn denials(&self) -> &'static [&'static str] {
        &answer::DENIALS
    }

    fn keys(&self) -> Vec<KeyFacts> {
        let keys = self.payments.keys().into_iter();
        keys.chain(self.reversals.keys()).collect()
    }

    async fn try_key(
        &self,
        kind: Kind,
        key_id: Option<&str>,
        timeout: Duration,
    ) -> Result<String, String> {
        match kind {
            Kind::ExtraPayment => self.payments.try_key(key_id, timeout).await,
            Kind::PaymentReversal => self.reversals.try_key(key_id, timeout).await,
        }
    }
}

/// The question before the submission is asked in the same session, each time. It keeps a run that
/// was started again from moving money twice.
async fn ask_then_submit<P: Purpose>(
    client: &Client<P>,
    submission: &Submission<'_>,
) -> SubmissionReport {
    let call = submission.call();
    let session = match client.init_session(call).await {
        Answer::Got(_, session) => session,
        other => return answer::no_session_to_submit(other),
    };
    match answer::status(client.payment_status(&session, call).await) {
        StatusReport::NotFound => {}
        other => return question::not_submitted(other),
    }
    if let Some(report) = submission.is_too_late() {
        return report;
    }
    answer::submission(client.submit(&session, submission).await)
}

async fn ask<P: Purpose>(client: &Client<P>, call: &PartnerCall) -> StatusReport {
    match client.init_session(call).await {
        Answer::Got(_, session) => answer::status(client.payment_status(&session, call).await),
        other => answer::no_status(other),
    }
}
