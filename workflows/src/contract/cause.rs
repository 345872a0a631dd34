//! What holds an operation up: a cause for grouping and filtering, and a text for people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What holds an operation up. Operations with the same cause need the same action.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The input breaks a rule. The operation is closed, and nothing was sent.
    InvalidRequest,
    /// The last submission failed without any effect: nothing of it was executed.
    NotSent,
    /// A submission was sent, or may have been, and its outcome is unknown.
    OutcomeOpen,
    /// The partner refused a later submission, while an earlier one may have been executed.
    Refused,
    /// The partner was asked and gave no usable answer.
    NoAnswer,
    /// The partner says that it does not know the request.
    NotFound,
    /// The partner had the operation and now says that it does not know it.
    Vanished,
    /// The partner shows a different amount or currency from the requested one.
    OtherAmount,
    /// The partner shows a different request, kind or payment from the requested one.
    OtherOperation,
    /// The partner denies us access (401 or 403).
    AccessDenied,
    /// The account is not configured here any more, or has a different identity from the agreed
    /// one.
    AccountChanged,
    /// Billing refuses to record the payment.
    BillingRefuses,
    /// Billing gives no answer.
    BillingAway,
    /// It is not final after its deadline, although its last step succeeded.
    Overdue,
}

/// What went wrong last, or why it needs attention. The text never comes without its cause.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LastError {
    /// What holds it up.
    pub cause: Cause,
    /// What went wrong last, or why it needs attention; for people.
    #[serde(rename = "last_error")]
    pub words: String,
}

impl Cause {
    /// All of them.
    pub const ALL: [Cause; 14] = [
        Cause::InvalidRequest,
        Cause::NotSent,
        Cause::OutcomeOpen,
        Cause::Refused,
        Cause::NoAnswer,
        Cause::NotFound,
        Cause::Vanished,
        Cause::OtherAmount,
        Cause::OtherOperation,
        Cause::AccessDenied,
        Cause::AccountChanged,
        Cause::BillingRefuses,
        Cause::BillingAway,
        Cause::Overdue,
    ];

    /// The name in the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cause::InvalidRequest => "invalid_request",
            Cause::NotSent => "not_sent",
            Cause::OutcomeOpen => "outcome_open",
            Cause::Refused => "refused",
            Cause::NoAnswer => "no_answer",
            Cause::NotFound => "not_found",
            Cause::Vanished => "vanished",
            Cause::OtherAmount => "other_amount",
            Cause::OtherOperation => "other_operation",
            Cause::AccessDenied => "access_denied",
            Cause::AccountChanged => "account_changed",
            Cause::BillingRefuses => "billing_refuses",
            Cause::BillingAway => "billing_away",
            Cause::Overdue => "overdue",
        }
    }
}

impl LastError {
    pub(crate) fn new(cause: Cause, words: impl Into<String>) -> LastError {
        let words = words.into();
        LastError { cause, words }
    }
}

impl fmt::Display for LastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_written_as_it_is_named() {
        for cause in Cause::ALL {
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.as_str());
        }
    }
}
