//! The only call to procaas: hand over a saved card, once per key. The call fails until procaas has
//! accepted it, and Temporal repeats it. A failure contains the status, and nothing of the request
//! or the response.

#![expect(missing_docs, reason = "the macro makes constants that carry no docs")]

use std::sync::Arc;

use anyhow::anyhow;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use temporalio_macros::activities;
use temporalio_sdk::ApplicationFailure;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use url::Url;
use workflows::activity_definitions::HandOverSavedCard;
use workflows::operation::activity_input::SavedCardInput;

use crate::http::{self, Clients, HttpAnswer, NoAnswer};
use crate::metrics;
use crate::token_file::TokenFile;

/// The activities that call procaas.
pub struct ProcaasActivities {
    saved_cards: Option<SavedCardsAddress>,
}

/// Where procaas accepts saved cards.
pub struct SavedCardsAddress {
    /// How it is called.
    pub http: Arc<Clients>,
    /// The address.
    pub url: Url,
    /// The file of the token that is sent along.
    pub token: TokenFile,
}

#[activities]
impl ProcaasActivities {
    /// Hands a saved card over.
    #[activity(definition = HandOverSavedCard)]
    pub async fn hand_over_saved_card(
        self: Arc<Self>,
        _: ActivityContext,
        input: SavedCardInput,
    ) -> Result<(), ActivityError> {
        let Some(procaas) = &self.saved_cards else {
            let fix = "set saved_cards.url in the worker's configuration";
            return Err(not_taken("not_configured", fix.to_owned()));
        };
        let token = procaas
            .token
            .read()
            .map_err(|fault| not_taken("not_configured", fault))?;
        let body = serde_json::to_vec(&input.card).map_err(ActivityError::from)?;
        match procaas.post(&input, &token, body).await {
            Ok(answer) if (200..300).contains(&answer.status) => {
                metrics::procaas_answered("taken");
                Ok(())
            }
            Ok(answer) => {
                let status = answer.status;
                Err(not_taken("refused", format!("procaas answered {status}")))
            }
            Err(error) => {
                let words = error.into_text();
                Err(not_taken("no_answer", format!("procaas: {words}")))
            }
        }
    }
}

impl ProcaasActivities {
    /// procaas at this address, or the error that no address is configured.
    pub fn new(saved_cards: Option<SavedCardsAddress>) -> ProcaasActivities {
        ProcaasActivities { saved_cards }
    }
}

impl SavedCardsAddress {
    async fn post(
        &self,
        input: &SavedCardInput,
        token: &SecretString,
        body: Vec<u8>,
    ) -> Result<HttpAnswer, NoAnswer> {
        let client = self.http.within(input.request_timeout)?;
        let request = client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", input.card.key())
            .bearer_auth(token.expose_secret())
            .body(body);
        http::send(request).await
    }
}

fn not_taken(result: &'static str, words: String) -> ActivityError {
    metrics::procaas_answered(result);
    let failure = ApplicationFailure::builder(anyhow!(words))
        .type_name(result.to_owned())
        .build();
    ActivityError::application(failure)
}
