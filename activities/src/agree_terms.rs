//! What the configuration decides for a request: the account, the callback's address, the schedule.
//! It is asked once per operation, and the answer is recorded with the run.

#![expect(missing_docs, reason = "the macro makes constants that carry no docs")]

use std::sync::Arc;

use callback_token::{LONGEST_TOKEN, QUERY_PARAMETER};
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use url::{Origin, Url};
use workflows::activity_definitions::{AgreeSchedule, AgreeTerms};
use workflows::contract::request::{InvalidRequest, PaymentRequest};
use workflows::operation::schedule::Schedule;
use workflows::operation::terms::{Terms, TermsDecision, TermsInput};

use crate::accounts::Accounts;
use crate::address;
use crate::recorded_terms::recorded_decision;
use crate::routes::Routes;

/// The longest address that the partner accepts (`paymentCompletedCallbackUrl` in its API).
const LONGEST_ADDRESS: usize = 512;

/// The parts of the configuration that decide something for a request.
pub struct ConfigurationActivities {
    /// The merchant accounts by name.
    pub accounts: Arc<Accounts>,
    /// Which account serves which place.
    pub routes: Routes,
    /// The gateway's address, and the origins that a request may name instead.
    pub callback: CallbackAddresses,
    /// The timings of operations that start now.
    pub schedule: Schedule,
    /// Whether resolving such an operation by hand needs two operators.
    pub two_operators: bool,
}

/// The addresses that the partner may be told to call.
pub struct CallbackAddresses {
    gateway: Url,
    allowed_origins: Vec<Origin>,
}

#[activities]
impl ConfigurationActivities {
    /// Decides the terms, or names the field that the configuration does not have or allow.
    #[activity(definition = AgreeTerms)]
    pub async fn agree_terms(
        self: Arc<Self>,
        ctx: ActivityContext,
        input: TermsInput,
    ) -> Result<TermsDecision, ActivityError> {
        if input.was_reset
            && let Some(decision) = recorded_decision(&ctx).await
        {
            return Ok(decision);
        }
        Ok(match self.decide(&input.request) {
            Ok(terms) => TermsDecision::Agreed(terms),
            Err(invalid) => TermsDecision::Refused(invalid),
        })
    }

    /// Returns the schedule, for a workflow that has no account and no callback.
    #[activity(definition = AgreeSchedule)]
    pub async fn agree_schedule(
        self: Arc<Self>,
        _: ActivityContext,
    ) -> Result<Schedule, ActivityError> {
        Ok(self.schedule.clone())
    }
}

impl ConfigurationActivities {
    /// The terms for a request.
    pub fn decide(&self, request: &PaymentRequest) -> Result<Terms, InvalidRequest> {
        let merchant = match &request.merchant {
            Some(name) => name,
            None => {
                let (country, city) = (request.country.as_deref(), request.city.as_deref());
                self.routes.account(country, city).ok_or_else(|| {
                    let message = "is absent, and no route leads from the country and city to one";
                    InvalidRequest::new("merchant", message)
                })?
            }
        };
        let account = self
            .accounts
            .named(merchant)
            .map_err(|_| InvalidRequest::new("merchant", "is not a configured merchant account"))?;
        Ok(Terms {
            merchant: merchant.to_owned(),
            identity: account.identity().clone(),
            callback_url: self.callback.for_request(request)?.to_string(),
            schedule: self.schedule.clone(),
            two_operators: self.two_operators,
        })
    }
}

impl CallbackAddresses {
    /// Parses the gateway's address and the allow-list (`scheme://host:port` each).
    pub fn new(gateway: &str, allowed_origins: &[String]) -> Result<CallbackAddresses, String> {
        let gateway = address::configured(gateway).map_err(|problem| format!("url {problem}"))?;
        fits(gateway.as_str()).map_err(|problem| format!("url {problem}"))?;
        let allowed_origins = allowed_origins
            .iter()
            .map(|text| match address::configured(text) {
                Ok(url) if url.path() == "/" => Ok(url.origin()),
                Ok(_) => Err(format!("allowed_origins: {text} must have no path")),
                Err(problem) => Err(format!("allowed_origins: {text} {problem}")),
            })
            .collect::<Result<_, _>>()?;
        Ok(CallbackAddresses {
            gateway,
            allowed_origins,
        })
    }

    /// The gateway's address for saved cards, without a token. It is next to the one for payments.
    pub fn for_saved_cards(&self) -> Url {
        let mut url = self.gateway.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop().push("on_card_saved");
        }
        url
    }

    fn for_request(&self, request: &PaymentRequest) -> Result<Url, InvalidRequest> {
        let Some(text) = &request.payment_completed_callback_url else {
            return Ok(self.gateway.clone());
        };
        let refused =
            |message: String| InvalidRequest::new("payment_completed_callback_url", message);
        fits(text).map_err(refused)?;
        let url = address::exact(text).map_err(refused)?;
        if !self.allowed_origins.contains(&url.origin()) {
            return Err(refused(
                "is not at a configured place for callbacks".to_owned(),
            ));
        }
        Ok(url)
    }
}

/// An address must leave room for its token.
fn fits(address: &str) -> Result<(), String> {
    let longest = LONGEST_ADDRESS - LONGEST_TOKEN - QUERY_PARAMETER.len() - 2;
    if address.len() > longest {
        Err(format!(
            "must be at most {longest} characters long, so that a token fits on"
        ))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> PaymentRequest {
        let json = format!(
            r#"{{"request_id":"r","order_id":"o","amount":"1","currency":"KGS",
                "payment_completed_callback_url":"{url}"}}"#
        );
        PaymentRequest::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn a_requests_own_callback_address_must_be_at_an_allowed_place() {
        let allowed = ["https://other.example:8443".to_owned()];
        let callback = CallbackAddresses::new("https://gateway.example/cb", &allowed).unwrap();
        let long = format!("https://other.example:8443/{}", "x".repeat(480));
        for (url, allowed) in [
            ("https://other.example:8443/cb", true),
            ("https://other.example:8443/", true),
            ("https://other.example:8443", false),
            (r"https://other.example:8443\\@evil.example/", false),
            (r"https://other.example:8443/cb\t", false),
            ("https://Other.example:8443/cb", false),
            ("https://other.example:8443/a/../cb", false),
            ("https://other.example:8443/%63b", false),
            ("https://other.example/cb", false),
            ("http://other.example:8443/cb", false),
            ("https://other.example:8443@evil.example/", false),
            ("https://other.example:8443/cb?a=b", false),
            ("https://other.example:8443/cb#a", false),
            ("https://evil.example:8443/cb", false),
            ("https://gateway.example/cb", false),
            ("", false),
            (long.as_str(), false),
        ] {
            let decision = callback.for_request(&request(url));
            assert_eq!(decision.is_ok(), allowed, "{url}: {decision:?}");
            if let Err(invalid) = decision {
                assert_eq!(invalid.field, "payment_completed_callback_url");
            }
        }
    }
}
