//! `POST /v1/on_card_saved`: starts a workflow that hands the card over to procaas. It exists only
//! if it is configured.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use callback_token::{SAVED_CARDS_PATH, verify_for_saved_cards};
use strict_json::JsonObject;
use tracing::Span;
use utoipa::ToSchema;
use workflows::contract::saved_card::{SavedCard, SavedCardError};

use super::check;
use crate::answer::Answer;
use crate::gateway::Gateway;
use crate::peer::Peer;

/// What the partner says about a card that it saved. Other fields are ignored and not stored.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CardSaved {
    /// The order whose payment the card was saved with.
    #[schema(pattern = "^[!-~]{1,64}$", example = "ride-7")]
    order_id: String,
    /// The partner's id of the card.
    #[schema(pattern = "^[!-~]{1,64}$", example = "cb-7f3a")]
    card_binding_id: String,
    /// The card's number with its middle hidden: at most the first eight and the last four digits.
    #[schema(
        max_length = 32,
        pattern = "^[ -]*([0-9][ -]*){0,8}([*xX#\u{2022}][ -]*){4,}([0-9][ -]*){0,4}$",
        example = "400000******0002"
    )]
    masked_pan: String,
    /// When the card expires.
    #[schema(pattern = "^[!-~]{1,32}$", example = "2029-04")]
    expires_at: Option<String>,
}

impl CardSaved {
    /// Parses a body; refuses one that may contain a complete card number.
    pub fn parse(body: &[u8]) -> Result<SavedCard, Answer> {
        let mut object = JsonObject::parse(body)?;
        let told = CardSaved {
            order_id: object.required("orderId")?,
            card_binding_id: object.required("cardBindingId")?,
            masked_pan: object.required("maskedPan")?,
            expires_at: object.optional("expiresAt")?,
        };
        let card = SavedCard::parse(
            &told.order_id,
            &told.card_binding_id,
            &told.masked_pan,
            told.expires_at.as_deref(),
        );
        card.map_err(|error| match error {
            SavedCardError::Rule(_) => Answer::Malformed,
            SavedCardError::CardNumber(_) => Answer::CardNumber,
        })
    }
}

/// A card was saved: hand it over.
#[utoipa::path(
    post,
    path = SAVED_CARDS_PATH,
    params((
        "token" = String,
        Query,
        description = "From the address that was registered for saved cards.",
        example = "main.1790000000.x9Yq0m1cVbC0rS2Qkz2mH0s6cV5xk9m2h1J8b3W4n6E",
    )),
    request_body(content = CardSaved, description = "At most 4 KiB."),
    responses(Answer),
)]
pub(crate) async fn on_card_saved(
    State(gateway): State<Arc<Gateway>>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Result<Answer, Answer> {
    // Without it there is no route to this function.
    let queue = gateway.saved_cards_queue.as_ref();
    let queue = queue.ok_or(Answer::NotFound)?;
    let verify = |token: &str, _: &SavedCard| verify_for_saved_cards(&gateway.secrets, token);
    let (card, _) = check(&gateway, peer, request, CardSaved::parse, verify).await?;
    Span::current().record("saved_card", card.key());
    Ok(gateway.temporal.record_saved_card(&card, queue).await)
}
