//! What the configuration decides for a request: the account, the callback's address, the schedule.
//! It is asked once per operation, and the answer is recorded with the run.

#![expect(missing_docs, reason = "the macro makes constants that carry no docs")]

mod callback_addresses;

use std::sync::Arc;

use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::activity_definitions::{AgreeSchedule, AgreeTerms};
use workflows::contract::kind::Kind;
use workflows::contract::request::{InvalidRequest, PaymentRequest};
use workflows::operation::schedule::Schedule;
use workflows::operation::terms::{Fallback, Terms, TermsDecision, TermsInput};

use crate::accounts::Accounts;
use crate::earlier_runs;
use crate::fallback_record::{self, FallbackRecord};
use crate::routes::{Choice, Routes};

pub use callback_addresses::CallbackAddresses;

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

#[activities]
impl ConfigurationActivities {
    /// Decides the terms, or names the field that the configuration does not have or allow.
    #[activity(definition = AgreeTerms)]
    pub async fn agree_terms(
        self: Arc<Self>,
        ctx: ActivityContext,
        input: TermsInput,
    ) -> Result<TermsDecision, ActivityError> {
        let at = input.now;
        let agreed = match self.agreed_before(&ctx, &input).await {
            Ok(Some(agreed)) => agreed,
            Ok(None) => self.decide(input.kind, &input.request).map(|terms| {
                Box::new(Terms {
                    // A run that was reset can't be certain that nothing was sent.
                    fallback: terms.fallback.filter(|_| !input.was_reset),
                    ..terms
                })
            }),
            Err(reason) => return Ok(TermsDecision::Unreadable(reason)),
        };
        Ok(match agreed {
            Ok(terms) => TermsDecision::Agreed { terms, at },
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
    /// The terms that stay in force whatever the configuration says now: money may have moved on them
    /// in another start of the request, or in the run that this one was reset from. The request is
    /// invalid if it does not suit them. The error says why they can't be read.
    async fn agreed_before(
        &self,
        ctx: &ActivityContext,
        input: &TermsInput,
    ) -> Result<Option<Result<Box<Terms>, InvalidRequest>>, String> {
        // Even one whose route has none: the request may have had another one before.
        if self.routes.have_a_fallback()
            && let Some(record) =
                fallback_record::kept(ctx, input.kind, &input.request.request_id).await?
        {
            let suits = self.suits(&record, input);
            return Ok(Some(suits.map(|()| record.terms)));
        }
        if input.was_reset {
            let terms = earlier_runs::agreed_terms(ctx).await?;
            return Ok(terms.map(Ok));
        }
        Ok(None)
    }

    /// Whether the account that has taken a request over can carry out this one, which may ask for
    /// something else. An account that is gone says so itself, at the first step. A run that was reset
    /// must not be refused: it may have sent something.
    fn suits(&self, record: &FallbackRecord, input: &TermsInput) -> Result<(), InvalidRequest> {
        let TermsInput { kind, request, .. } = input;
        if input.was_reset {
            return Ok(());
        }
        match self.accounts.named(&record.terms.merchant) {
            Ok(account) if request.money == record.money => account.can(*kind, request),
            Ok(account) => account.promises(*kind, request).map(|_| ()),
            Err(_) => Ok(()),
        }
    }

    /// The terms for a request.
    pub fn decide(&self, kind: Kind, request: &PaymentRequest) -> Result<Terms, InvalidRequest> {
        let Choice {
            account: merchant,
            fallback,
            reason: chosen_by,
        } = self.choice(request)?;
        let account = self
            .accounts
            .named(merchant)
            .map_err(|_| InvalidRequest::new("merchant", "is not a configured merchant account"))?;
        // One that does not take the request is none for it.
        let fallback = fallback.and_then(|name| {
            let account = self.accounts.named(name).ok()?;
            Some(Box::new(Fallback {
                merchant: name.to_owned(),
                identity: account.identity().clone(),
                promises: account.promises(kind, request).ok()?,
                schedule: account.schedule().clone(),
            }))
        });
        Ok(Terms {
            merchant: merchant.to_owned(),
            identity: account.identity().clone(),
            chosen_by,
            promises: account.promises(kind, request)?,
            callback_url: self.callback.for_request(request)?.to_string(),
            schedule: account.schedule().clone(),
            fallback,
            has_fallen_back: false,
            two_operators: self.two_operators,
        })
    }

    /// The account that the request names, or that a route chooses.
    fn choice<'a>(&'a self, request: &'a PaymentRequest) -> Result<Choice<'a>, InvalidRequest> {
        if let Some(account) = &request.merchant {
            return Ok(Choice {
                account,
                fallback: None,
                reason: "the request".to_owned(),
            });
        }
        let (country, city) = (request.country.as_deref(), request.city.as_deref());
        self.routes.account(country, city).ok_or_else(|| {
            let place = match (country, city) {
                (Some(country), Some(city)) => format!("country {country:?}, city {city:?}"),
                (Some(country), None) => format!("country {country:?}"),
                (None, Some(city)) => format!("city {city:?}"),
                (None, None) => "a request without country and city".to_owned(),
            };
            let message = format!("is absent, and no route leads from {place} to one");
            InvalidRequest::new("merchant", message)
        })
    }
}
