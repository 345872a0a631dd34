//! A rider's card as the partner saved it: what the partner says about it, and never its number.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::contract::ids::OrderId;

/// The ids of the workflows that hand over a saved card begin with this.
pub const SAVED_CARD_ID_PREFIX: &str = "sky-saved-card-";

/// The number of digits of a card number (ISO/IEC 7812-1; some have 12).
const SHORTEST_NUMBER: usize = 12;
const LONGEST_NUMBER: usize = 19;

/// The format of a [`MaskedPan`], for JSON Schema.
#[cfg(feature = "schema")]
const MASKED: &str = "^[ -]*([0-9][ -]*){0,8}([*xX#\u{2022}][ -]*){4,}([0-9][ -]*){0,4}$";

/// A card that the partner saved with an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SavedCard {
    /// The order whose payment it was saved with.
    pub order_id: OrderId,
    /// The partner's id of the card.
    pub card_binding_id: CardBindingId,
    /// The part of its number that may be shown.
    pub masked_pan: MaskedPan,
    /// When it expires, in the partner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Expiry>,
}

/// The partner's id of a saved card. 1 to 64 visible ASCII characters, not a card number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[!-~]{1,64}$")))]
pub struct CardBindingId(String);

/// A card number with its middle hidden, such as `400000******0002`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", schemars(extend("maxLength" = 32, "pattern" = MASKED)))]
pub struct MaskedPan(String);

/// The expiry date on a card, such as `2029-04`. 1 to 32 visible ASCII characters, not a card
/// number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[!-~]{1,32}$")))]
pub struct Expiry(String);

/// Why a text of a card may not be stored. The error does not contain the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SavedCardError {
    /// The field breaks its rule.
    #[error("{0} breaks its rule")]
    Rule(&'static str),
    /// The field contains what may be a complete card number.
    #[error("{0} holds what may be a whole card number")]
    CardNumber(&'static str),
}

impl SavedCard {
    /// Accepts the four texts if each follows its rule and none contains a complete card number.
    pub fn parse(
        order_id: &str,
        card_binding_id: &str,
        masked_pan: &str,
        expires_at: Option<&str>,
    ) -> Result<SavedCard, SavedCardError> {
        if holds_card_number(order_id) {
            return Err(SavedCardError::CardNumber("order_id"));
        }
        Ok(SavedCard {
            order_id: OrderId::parse(order_id).map_err(|_| SavedCardError::Rule("order_id"))?,
            card_binding_id: CardBindingId::parse(card_binding_id)?,
            masked_pan: MaskedPan::parse(masked_pan)?,
            expires_at: expires_at.map(Expiry::parse).transpose()?,
        })
    }

    /// Identifies this card on this order, with all its details: repeats have the same key, and any
    /// difference gives another key. The key reveals nothing of what it was made from.
    pub fn key(&self) -> String {
        let SavedCard {
            order_id,
            card_binding_id,
            masked_pan,
            expires_at,
        } = self;
        let fields = [
            order_id.as_str(),
            &card_binding_id.0,
            &masked_pan.0,
            expires_at.as_ref().map_or("", |expiry| &expiry.0),
        ];
        // No field can contain a line feed.
        let hash = Sha256::digest(fields.join("\n"));
        URL_SAFE_NO_PAD.encode(&hash[..18])
    }

    /// The id of the one workflow that hands this card over.
    pub fn workflow_id(&self) -> String {
        format!("{SAVED_CARD_ID_PREFIX}{}", self.key())
    }
}

impl CardBindingId {
    /// Accepts the text if it follows the rule.
    pub fn parse(text: &str) -> Result<CardBindingId, SavedCardError> {
        plain("card_binding_id", text, 64).map(CardBindingId)
    }
}

impl Expiry {
    /// Accepts the text if it follows the rule.
    pub fn parse(text: &str) -> Result<Expiry, SavedCardError> {
        plain("expires_at", text, 32).map(Expiry)
    }
}

impl MaskedPan {
    /// Accepts the text if its number is really hidden: at most the first eight digits, then four
    /// or more masked ones, then at most the last four. Spaces and dashes may separate them.
    pub fn parse(text: &str) -> Result<MaskedPan, SavedCardError> {
        const FIELD: &str = "masked_pan";
        let plain: String = text.chars().filter(|c| !is_separator(*c)).collect();
        let masked = plain.trim_matches(|c: char| c.is_ascii_digit());
        let (first, last) = plain.split_once(masked).unwrap_or((&plain, ""));
        let is_mask = |c: char| matches!(c, '*' | 'x' | 'X' | '#' | '\u{2022}');
        let hidden = masked.chars().count() >= 4 && masked.chars().all(is_mask);
        if hidden && first.len() <= 8 && last.len() <= 4 && text.chars().count() <= 32 {
            return Ok(MaskedPan(text.to_owned()));
        }
        let digits = plain.chars().filter(char::is_ascii_digit).count();
        if digits >= SHORTEST_NUMBER {
            Err(SavedCardError::CardNumber(FIELD))
        } else {
            Err(SavedCardError::Rule(FIELD))
        }
    }
}

/// Whether the text may contain a complete card number: 12 to 19 digits with a valid check digit,
/// in one piece, in groups as printed on a card, or as the whole text.
pub fn holds_card_number(text: &str) -> bool {
    let is_mark = |c: char| matches!(c, ' ' | '-' | '.' | '_' | '/' | ':');
    text.split(|c: char| !c.is_ascii_digit() && !is_mark(c))
        .any(|run| {
            let groups = || run.split(is_mark).filter(|group| !group.is_empty());
            let on_a_card = groups().all(|group| (3..=6).contains(&group.len()));
            let together = groups().collect::<String>();
            let whole = run.len() == text.len()
                && text.chars().all(|c| c.is_ascii_digit() || is_separator(c));
            groups().any(is_card_number) || (on_a_card || whole) && is_card_number(&together)
        })
}

fn is_card_number(digits: &str) -> bool {
    (SHORTEST_NUMBER..=LONGEST_NUMBER).contains(&digits.len()) && passes_luhn(digits)
}

fn is_separator(character: char) -> bool {
    character == ' ' || character == '-'
}

/// ISO/IEC 7812-1, annex B.
fn passes_luhn(text: &str) -> bool {
    let mut sum = 0;
    for (at, byte) in text.bytes().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(byte - b'0');
        sum += match at % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        };
    }
    sum % 10 == 0
}

fn plain(field: &'static str, text: &str, longest: usize) -> Result<String, SavedCardError> {
    if !(1..=longest).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SavedCardError::Rule(field));
    }
    if holds_card_number(text) {
        return Err(SavedCardError::CardNumber(field));
    }
    Ok(text.to_owned())
}

macro_rules! text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = SavedCardError;

            fn try_from(text: String) -> Result<$name, SavedCardError> {
                $name::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }

        /// The content is only for procaas.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

text!(CardBindingId);
text!(MaskedPan);
text!(Expiry);

#[cfg(test)]
mod tests;
