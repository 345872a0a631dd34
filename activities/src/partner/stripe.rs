//! Stripe's API v1: extra payments as PaymentIntents in two steps, create and confirm, and reversals
//! as Refunds (`docs/decisions/0018-stripe.md`). Only this folder knows its names, fields and paths.

mod answer;
mod call;
mod client;
mod currencies;
mod list;
mod payment;
mod preparation;
mod refund;
mod secret_key;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use url::Url;
use workflows::contract::kind::Kind;
use workflows::contract::promises::{AskedBy, Promises};
use workflows::contract::request::{InvalidRequest, PaymentRequest};
use workflows::contract::units::Units;
use workflows::operation::activity_input::PartnerCall;
use workflows::operation::partner_report::{StatusReport, SubmissionReport};

use self::call::Call;
use self::client::Client;
use super::{Partner, Submission};
use crate::http::Clients;
use crate::key_ring::KeyRing;
use crate::key_ring::facts::KeyFacts;

pub use secret_key::SecretKey;

/// For how long a refund's key is safe to repeat: Stripe keeps keys for 24 hours at least, and our
/// clock and Stripe's may differ.
const KEY_IS_KEPT_FOR: Duration = Duration::from_secs(23 * 60 * 60);

/// For how long a refund that succeeded may still fail.
const REFUND_MAY_FAIL_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Stripe's API for one account: a client for each purpose, with restricted keys of its own.
pub struct Stripe {
    payments: Client,
    refunds: Client,
    /// Whether a confirmation says that the rider is not there. Stripe wants it; some of its
    /// simulators don't know it.
    off_session: bool,
}

/// What an account at Stripe is made of.
pub struct Settings {
    /// The account's name in the configuration.
    pub account: String,
    /// The address of the API.
    pub url: Url,
    /// The connected account (`acct_…`) that is acted for, if it is not the key's own.
    pub account_id: Option<String>,
    /// May create, confirm, cancel and read PaymentIntents.
    pub payment_keys: Arc<KeyRing<SecretKey>>,
    /// May create and read Refunds.
    pub reversal_keys: Arc<KeyRing<SecretKey>>,
    /// Whether a confirmation says that the rider is not there.
    pub off_session: bool,
}

impl Stripe {
    /// Creates the client. The error names the setting that is wrong.
    pub fn new(settings: Settings, http: &Arc<Clients>) -> Result<Stripe, String> {
        let Settings {
            account,
            url,
            account_id,
            payment_keys,
            reversal_keys,
            off_session,
        } = settings;
        let client = |keys| {
            let (account, url, http) = (account.clone(), url.clone(), Arc::clone(http));
            Client::new(account, http, url, account_id.as_deref(), keys)
        };
        Ok(Stripe {
            payments: client(payment_keys)?,
            refunds: client(reversal_keys)?,
            off_session,
        })
    }
}

#[async_trait]
impl Partner for Stripe {
    fn promises(&self, kind: Kind, request: &PaymentRequest) -> Result<Promises, InvalidRequest> {
        check_reference(request.payment_reference.as_deref())?;
        let currency = request.money.currency();
        let Some(units) = self.units(currency) else {
            return Err(InvalidRequest::new(
                "currency",
                "is not one that Stripe takes",
            ));
        };
        if units.amount(request.money).is_none() {
            let rule = format!("has no exact form in Stripe's units of {currency}");
            return Err(InvalidRequest::new("amount", rule));
        }
        Ok(Promises {
            units: Some(units),
            ..self.promised(kind)
        })
    }

    fn promised(&self, kind: Kind) -> Promises {
        match kind {
            Kind::ExtraPayment => Promises {
                asked_by: AskedBy::PartnerPaymentId,
                ..Promises::default()
            },
            Kind::PaymentReversal => Promises {
                drops_repeats_for: Some(KEY_IS_KEPT_FOR),
                may_flip_for: Some(REFUND_MAY_FAIL_FOR),
                ..Promises::default()
            },
        }
    }

    fn units(&self, currency: &str) -> Option<Units> {
        currencies::units(currency)
    }

    async fn submit(&self, submission: &Submission<'_>) -> SubmissionReport {
        match (
            submission.call().kind,
            &submission.call().partner_payment_id,
        ) {
            (Kind::ExtraPayment, None) => preparation::prepare(&self.payments, submission).await,
            (Kind::ExtraPayment, Some(id)) => {
                payment::confirm(&self.payments, submission, id, self.off_session).await
            }
            (Kind::PaymentReversal, _) => refund::submit(&self.refunds, submission).await,
        }
    }

    async fn status(&self, call: &PartnerCall) -> StatusReport {
        match call.kind {
            Kind::ExtraPayment => payment::status(&self.payments, call).await,
            Kind::PaymentReversal => refund::status(&self.refunds, call).await,
        }
    }

    fn calls(&self) -> &'static [&'static str] {
        &call::CALLS
    }

    fn denials(&self) -> &'static [&'static str] {
        &answer::DENIALS
    }

    fn keys(&self) -> Vec<KeyFacts> {
        let keys = self.payments.keys().facts().into_iter();
        keys.chain(self.refunds.keys().facts()).collect()
    }

    async fn try_key(
        &self,
        kind: Kind,
        key_id: Option<&str>,
        timeout: Duration,
    ) -> Result<String, String> {
        let (client, name, path) = match kind {
            Kind::ExtraPayment => (&self.payments, call::LIST_PAYMENTS, payment::INTENTS),
            Kind::PaymentReversal => (&self.refunds, call::LIST_REFUNDS, refund::REFUNDS),
        };
        let newest = Call {
            name,
            path: &[path],
            fields: &[("limit", "1")],
            timeout,
        };
        client.try_key(key_id, newest, wire::is_page).await
    }
}

/// Stripe knows payments and not orders: the original payment has to be named, by its id.
fn check_reference(reference: Option<&str>) -> Result<(), InvalidRequest> {
    let refused = |rule: &str| Err(InvalidRequest::new("payment_reference", rule));
    match reference {
        None => refused("is absent, and the account's partner needs it: it does not know orders"),
        Some(id) if !wire::is_payment_intent(id) => {
            refused("must be the id of a PaymentIntent, like \"pi_3Abc\"")
        }
        Some(_) => Ok(()),
    }
}
