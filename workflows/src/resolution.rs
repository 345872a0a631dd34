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
    /// The partner's name of the operation, where only the operator knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_payment_id: Option<String>,
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
        let verdict = match object.required("as")?.as_str() {
            "completed" => Verdict::Completed,
            "declined" => Verdict::Declined,
            "abandoned" => Verdict::Abandoned,
            _ => return input("as must be \"completed\", \"declined\" or \"abandoned\""),
        };
        let resolution = Resolution {
            verdict,
            operator: object.required("operator")?,
            reason: object.required("reason")?,
            partner_payment_id: object.optional("partner_payment_id")?,
        };
        for (field, text) in [
            ("operator", Some(&resolution.operator)),
            ("reason", Some(&resolution.reason)),
            ("partner_payment_id", resolution.partner_payment_id.as_ref()),
        ] {
            if text.is_some_and(|text| text.trim().is_empty() || text.len() > 1000) {
                return input(&format!(
                    "{field} must not be empty, nor longer than 1000 bytes"
                ));
            }
        }
        match object.left_over() {
            None => Ok(resolution),
            Some(field) => input(&format!("{field} is not a field of this update")),
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
        let at = at.to_string();
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

impl From<JsonObjectError> for ResolutionError {
    fn from(error: JsonObjectError) -> ResolutionError {
        ResolutionError::Input(error.to_string())
    }
}

fn input(message: &str) -> Result<Resolution, ResolutionError> {
    Err(ResolutionError::Input(message.to_owned()))
}

fn differs(word: &str) -> Result<Settled, ResolutionError> {
    Err(ResolutionError::PartnerDiffers(word.to_owned()))
}
