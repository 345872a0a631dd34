//! Closing an operation by hand: what an operator may say, and when it is refused
//! (`docs/contract.md`, update `resolve`). The partner is asked once more first, and its answer
//! takes precedence.

mod error;

use serde::{Deserialize, Serialize};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use strict_json::JsonObject;

pub use error::ResolutionError;

/// What an operator proposes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resolution {
    /// The end to give the operation.
    #[serde(rename = "as")]
    pub resolve_as: ResolveAs,
    /// The operator.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"\S"), length(max = 1000))
    )]
    pub operator: String,
    /// The reason.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"\S"), length(max = 1000))
    )]
    pub reason: String,
    /// Where to read more about it, such as an incident's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"\S"), length(max = 1000))
    )]
    pub ticket: Option<String>,
    /// The partner's id of the operation, if only the operator knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"\S"), length(max = 1000))
    )]
    pub partner_payment_id: Option<String>,
    /// The id of billing's record of the payment, if somebody created it there by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 256)))]
    pub billing_document_id: Option<String>,
}

/// Who closed an operation by hand, and why: a part of the result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ByHand {
    /// The operator who resolved it, or proposed the resolution.
    pub resolved_by: String,
    /// The other operator, who approved it, if two were needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// The reason. Absent only if a worker from before this field existed resolved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_reason: Option<String>,
    /// Where to read more about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// The ends that an operator can give an operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResolveAs {
    /// The money moved. An extra payment is still sent to billing.
    Completed,
    /// The partner declined; no money moved.
    Declined,
    /// The operation is given up.
    Abandoned,
}

impl Resolution {
    /// Parses the argument of the update.
    pub fn parse(json: &[u8]) -> Result<Resolution, ResolutionError> {
        let mut object = JsonObject::parse(json)?;
        let resolution = Resolution {
            resolve_as: ResolveAs::parse(&object.required("as")?)?,
            operator: object.required("operator")?,
            reason: object.required("reason")?,
            ticket: object.optional("ticket")?,
            partner_payment_id: object.optional("partner_payment_id")?,
            billing_document_id: object.optional("billing_document_id")?,
        };
        for (field, text) in [
            ("operator", Some(&resolution.operator)),
            ("reason", Some(&resolution.reason)),
            ("ticket", resolution.ticket.as_ref()),
            ("partner_payment_id", resolution.partner_payment_id.as_ref()),
        ] {
            if let Some(text) = text {
                check_text(field, text)?;
            }
        }
        if let Some(document_id) = &resolution.billing_document_id {
            check_document_id(document_id)?;
            if resolution.resolve_as != ResolveAs::Completed {
                let rule = "billing_document_id goes with as \"completed\" alone";
                return Err(ResolutionError::Input(rule.to_owned()));
            }
        }
        check_nothing_left_over(&object)?;
        Ok(resolution)
    }

    /// What the result says about it, once it has taken effect.
    pub fn by_hand(self, approved_by: Option<String>) -> ByHand {
        ByHand {
            resolved_by: self.operator,
            approved_by,
            resolution_reason: Some(self.reason),
            ticket: self.ticket,
        }
    }

    /// Which end, by whom, with the ticket and the document.
    pub fn description(&self) -> String {
        let ticket = self.ticket.as_deref();
        let ticket = ticket.map_or(String::new(), |ticket| format!(" ({ticket})"));
        let document = self.billing_document_id.as_deref();
        let document = document.map_or(String::new(), |id| format!(", billed by hand as {id}"));
        let resolve_as = self.resolve_as.as_str();
        format!("{resolve_as} by {}{ticket}{document}", self.operator)
    }
}

impl ResolveAs {
    /// All of them, giving up last.
    pub const ALL: [ResolveAs; 3] = [
        ResolveAs::Completed,
        ResolveAs::Declined,
        ResolveAs::Abandoned,
    ];

    /// The name in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            ResolveAs::Completed => "completed",
            ResolveAs::Declined => "declined",
            ResolveAs::Abandoned => "abandoned",
        }
    }

    pub(crate) fn parse(word: &str) -> Result<ResolveAs, ResolutionError> {
        let known = ResolveAs::ALL.into_iter().find(|it| it.as_str() == word);
        known.ok_or_else(|| {
            let rule = "as must be \"completed\", \"declined\" or \"abandoned\"";
            ResolutionError::Input(rule.to_owned())
        })
    }
}

/// Refuses a field that the update does not have.
pub(crate) fn check_nothing_left_over(object: &JsonObject) -> Result<(), ResolutionError> {
    match object.left_over() {
        None => Ok(()),
        Some(field) => Err(ResolutionError::Input(format!(
            "{field} is not a field of this update"
        ))),
    }
}

/// Checks an operator's text against the contract's rule.
pub(crate) fn check_text(field: &str, text: &str) -> Result<(), ResolutionError> {
    if text.trim().is_empty() || text.len() > 1000 {
        return Err(ResolutionError::Input(format!(
            "{field} must not be empty, nor longer than 1000 bytes"
        )));
    }
    Ok(())
}

/// Billing's own rule for its ids; also refuses characters that a terminal or a page would not
/// show.
fn check_document_id(text: &str) -> Result<(), ResolutionError> {
    let length = text.chars().count();
    if !(1..=256).contains(&length) || !text.chars().all(is_visible) {
        return Err(ResolutionError::Input(
            "billing_document_id must be 1 to 256 visible characters".to_owned(),
        ));
    }
    Ok(())
}

fn is_visible(character: char) -> bool {
    !matches!(
        character.general_category_group(),
        GeneralCategoryGroup::Other | GeneralCategoryGroup::Separator
    )
}
