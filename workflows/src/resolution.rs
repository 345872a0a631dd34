//! Closing an operation by hand: what an operator may say, and when it is refused (contract,
//! update `resolve`). The partner is asked once more first, and its word goes before theirs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::json_object::{JsonObject, JsonObjectError};
use crate::partner_word::{Confirmation, Word};
use crate::schedule::Schedule;
use crate::submission::{Settled, Submission};

/// What an operator proposes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resolution {
    /// The end that the operation is to have.
    #[serde(rename = "as")]
    pub verdict: Verdict,
    /// Who says so.
    pub operator: String,
    /// Why.
    pub reason: String,
    /// Where more is written about it, such as an incident's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// The partner's name of the operation, where only the operator knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_payment_id: Option<String>,
}

/// By whom an operation was closed by hand, and why: a part of the result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ByHand {
    /// The operator who resolved it, or proposed the resolution.
    pub resolved_by: String,
    /// The other operator, who approved it, where it took two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Why. Absent only where a worker of before this field resolved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_reason: Option<String>,
    /// Where more is written about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// The ends that an operator may give an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The money moved. An extra payment still goes through billing.
    Completed,
    /// The partner declined; nothing moved.
    Declined,
    /// It is given up by hand.
    Abandoned,
}

/// Why a resolution is refused, for the operator to read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ResolutionError {
    /// The update's argument is not what the contract says.
    #[error("{0}")]
    Input(String),
    /// The operation does not need attention.
    #[error("only an operation in phase needs_attention is resolved by hand; this one is {0}")]
    Phase(&'static str),
    /// Nothing is proposed.
    #[error(
        "no resolution is proposed, or it has lapsed; ask for the state, then propose with resolve"
    )]
    NoProposal,
    /// The proposal is another one than the one approved.
    #[error(
        "what is proposed is {verdict}, by {operator} at {proposed_at}: look at it, then approve that"
    )]
    OtherProposal {
        /// The end that is proposed.
        verdict: &'static str,
        /// Who proposes it.
        operator: String,
        /// When.
        proposed_at: Timestamp,
    },
    /// One person does not do both.
    #[error("{0} proposed it, so another operator must approve it")]
    SameOperator(String),
    /// Another operator's resolution is being decided.
    #[error("another resolution is under way; ask for the state and try again")]
    UnderWay,
    /// Nobody knows the partner's name of the payment.
    #[error("to resolve as completed, give the partner_payment_id: the partner has named none")]
    NoPaymentId,
    /// The partner has named another operation than the operator.
    #[error("the partner's name of the operation is {known}, not {given}")]
    OtherPaymentId {
        /// The partner's.
        known: String,
        /// The operator's.
        given: String,
    },
    /// The partner's word is another one.
    #[error("the partner says otherwise: {0}")]
    PartnerDiffers(String),
    /// A submission is open that the partner may not yet show.
    #[error("a submission is open that the partner may not show before {0}; try again after that")]
    MayBeHidden(Timestamp),
    /// One answer of "not found" is not enough.
    #[error("the partner said request_not_found once; it takes two in a row. Try again")]
    NotProvenAbsent,
    /// Nothing was ever sent.
    #[error("nothing was submitted, so nothing can have completed")]
    NothingSent,
    /// Billing did not take the payment.
    #[error("the payment stands completed, and billing has not recorded it: {0}")]
    NotBilled(String),
}

impl Resolution {
    /// Reads the argument of the update.
    pub fn parse(json: &[u8]) -> Result<Resolution, ResolutionError> {
        let mut object = JsonObject::parse(json)?;
        let resolution = Resolution {
            verdict: Verdict::parse(&object.required("as")?)?,
            operator: object.required("operator")?,
            reason: object.required("reason")?,
            ticket: object.optional("ticket")?,
            partner_payment_id: object.optional("partner_payment_id")?,
        };
        for (field, text) in [
            ("operator", Some(&resolution.operator)),
            ("reason", Some(&resolution.reason)),
            ("ticket", resolution.ticket.as_ref()),
            ("partner_payment_id", resolution.partner_payment_id.as_ref()),
        ] {
            if let Some(text) = text {
                is_text(field, text)?;
            }
        }
        is_read(&object)?;
        Ok(resolution)
    }

    /// What the result says of it, once it has taken effect.
    pub fn by_hand(self, approved_by: Option<String>) -> ByHand {
        ByHand {
            resolved_by: self.operator,
            approved_by,
            resolution_reason: Some(self.reason),
            ticket: self.ticket,
        }
    }

    /// Whether it may be proposed at all, before the partner is asked.
    pub fn check_payment_id(&self, submission: &Submission) -> Result<(), ResolutionError> {
        match (
            submission.partner_payment_id(),
            self.partner_payment_id.as_deref(),
        ) {
            (Some(known), Some(given)) if known != given => Err(ResolutionError::OtherPaymentId {
                known: known.to_owned(),
                given: given.to_owned(),
            }),
            (None, None) if self.verdict == Verdict::Completed => Err(ResolutionError::NoPaymentId),
            _ => Ok(()),
        }
    }

    /// Decides, after the partner gave `word` to the question put at `asked_at`. `submission` has
    /// already learnt that word.
    pub fn decide(
        &self,
        submission: &Submission,
        word: &Word,
        asked_at: Timestamp,
        schedule: &Schedule,
    ) -> Result<Settled, ResolutionError> {
        self.check_payment_id(submission)?;
        if let Some(settled) = submission.settled() {
            return match (settled, self.verdict) {
                (Settled::Completed(_), Verdict::Completed)
                | (Settled::Declined { .. }, Verdict::Declined) => Ok(settled.clone()),
                (Settled::Completed(_), _) => differs("COMPLETED"),
                (Settled::Declined { .. }, _) => differs("DECLINED"),
                (Settled::Rejected { .. } | Settled::Abandoned { .. }, _) => differs("refused"),
            };
        }
        match word {
            Word::Completed(_) | Word::Declined { .. } => differs("a final word"),
            // Neither end is the partner's word, so an operator may give up the wait, knowingly.
            Word::Pending { .. } | Word::Contradicts(_) if self.verdict == Verdict::Abandoned => {
                Ok(self.settled(submission, asked_at))
            }
            Word::Pending { .. } => differs("PENDING"),
            Word::Contradicts(mismatch) => differs(&mismatch.to_string()),
            Word::Absent if self.verdict == Verdict::Completed => differs("request_not_found"),
            Word::Absent | Word::Silent(_) | Word::Barred(_) => {
                let hidden_until = submission.may_be_hidden_until(schedule);
                match hidden_until {
                    Some(until) if asked_at < until => Err(ResolutionError::MayBeHidden(until)),
                    // One more "not found" would clear it; until then it is open.
                    Some(_) if *word == Word::Absent && !submission.was_shown() => {
                        Err(ResolutionError::NotProvenAbsent)
                    }
                    None if self.verdict == Verdict::Completed => Err(ResolutionError::NothingSent),
                    _ => Ok(self.settled(submission, asked_at)),
                }
            }
        }
    }

    fn settled(&self, submission: &Submission, at: Timestamp) -> Settled {
        let known = submission.partner_payment_id().map(str::to_owned);
        let partner_payment_id = known.or_else(|| self.partner_payment_id.clone());
        match self.verdict {
            Verdict::Completed => Settled::Completed(Confirmation {
                partner_payment_id: partner_payment_id.unwrap_or_default(),
                at,
            }),
            Verdict::Declined => Settled::Declined {
                code: "unspecified".to_owned(),
                partner_payment_id,
                at,
            },
            Verdict::Abandoned => Settled::Abandoned {
                partner_payment_id,
                at,
            },
        }
    }
}

impl Resolution {
    /// Which end, by whom, with the ticket.
    pub fn words(&self) -> String {
        let ticket = self.ticket.as_deref();
        let ticket = ticket.map_or(String::new(), |ticket| format!(" ({ticket})"));
        format!("{} by {}{ticket}", self.verdict.as_str(), self.operator)
    }
}

impl Verdict {
    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Completed => "completed",
            Verdict::Declined => "declined",
            Verdict::Abandoned => "abandoned",
        }
    }

    pub(crate) fn parse(word: &str) -> Result<Verdict, ResolutionError> {
        match word {
            "completed" => Ok(Verdict::Completed),
            "declined" => Ok(Verdict::Declined),
            "abandoned" => Ok(Verdict::Abandoned),
            _ => Err(ResolutionError::Input(
                "as must be \"completed\", \"declined\" or \"abandoned\"".to_owned(),
            )),
        }
    }
}

impl From<JsonObjectError> for ResolutionError {
    fn from(error: JsonObjectError) -> ResolutionError {
        ResolutionError::Input(error.to_string())
    }
}

/// Refuses a field that the update does not have.
pub(crate) fn is_read(object: &JsonObject) -> Result<(), ResolutionError> {
    match object.left_over() {
        None => Ok(()),
        Some(field) => Err(ResolutionError::Input(format!(
            "{field} is not a field of this update"
        ))),
    }
}

/// Holds a text of an operator's to the contract's rule.
pub(crate) fn is_text(field: &str, text: &str) -> Result<(), ResolutionError> {
    match text.trim().is_empty() || text.len() > 1000 {
        true => Err(ResolutionError::Input(format!(
            "{field} must not be empty, nor longer than 1000 bytes"
        ))),
        false => Ok(()),
    }
}

fn differs(word: &str) -> Result<Settled, ResolutionError> {
    Err(ResolutionError::PartnerDiffers(word.to_owned()))
}

#[cfg(test)]
mod tests;
