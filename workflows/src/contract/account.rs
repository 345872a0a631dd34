//! A merchant account as operators see it: what its workers publish of it, and whether somebody has
//! paused it. It is the memo of the account's workflow, so it can be read while no worker runs.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::contract::kind::Kind;
use crate::contract::promises::Promises;
use crate::contract::resolution::{ResolutionError, check_nothing_left_over, check_text};
use strict_json::JsonObject;

/// The key of the workflow's memo, and the type of the workflow.
pub const MERCHANT_ACCOUNT: &str = "merchant_account";

/// What is known of an account.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountRecord {
    /// What a worker that serves it has published last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<AccountFacts>,
    /// Present while it is paused: nothing new is submitted, and questions go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<AccountPause>,
}

/// An account as it is configured, without any secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccountFacts {
    /// The partner's name in the configuration.
    pub partner: String,
    /// The address of its API.
    pub partner_url: String,
    /// The partner's id of the merchant; empty where it is the key's own.
    pub merchant_id: String,
    /// The places whose routes lead to it, like "KG/Bishkek", or "KG/Osh (fallback)".
    pub routes: Vec<String>,
    /// What its partner promises about extra payments.
    pub extra_payment: Promises,
    /// What its partner promises about reversals.
    pub payment_reversal: Promises,
    /// Its keys, the newest first for each kind.
    pub keys: Vec<AccountKey>,
}

/// A key of an account, without its secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccountKey {
    /// The operations that it is for.
    pub kind: Kind,
    /// Its name.
    pub key_id: String,
    /// Its first day in UTC, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Date>,
    /// Its last day in UTC, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Date>,
}

/// Who paused an account, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccountPause {
    /// The operator.
    pub operator: String,
    /// The reason.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// The argument of the updates `pause` and `resume`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccountCommand {
    /// Who does it.
    pub operator: String,
    /// Why.
    pub reason: String,
}

impl AccountCommand {
    /// Parses the argument of the update.
    pub fn parse(json: &[u8]) -> Result<AccountCommand, ResolutionError> {
        let mut object = JsonObject::parse(json)?;
        let command = AccountCommand {
            operator: object.required("operator")?,
            reason: object.required("reason")?,
        };
        check_text("operator", &command.operator)?;
        check_text("reason", &command.reason)?;
        check_nothing_left_over(&object)?;
        Ok(command)
    }
}

impl AccountRecord {
    /// Why it can't be paused now, or resumed.
    pub fn refuses(&self, pauses: bool) -> Option<String> {
        match (&self.paused, pauses) {
            (Some(AccountPause { operator, .. }), true) => {
                Some(format!("{operator} has paused the account already"))
            }
            (None, false) => Some("the account is not paused".to_owned()),
            _ => None,
        }
    }
}

impl AccountPause {
    /// Why a submission is not made.
    pub fn description(&self) -> String {
        let AccountPause {
            operator,
            reason,
            since,
        } = self;
        format!("{operator} has paused the account at {since:.0}: {reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_who_and_why() {
        let sound = AccountCommand::parse(br#"{"operator":"aida","reason":"incident"}"#);
        assert_eq!(sound.unwrap().operator, "aida");
        for json in [
            r#"{"operator":"aida"}"#,
            r#"{"operator":" ","reason":"r"}"#,
            r#"{"operator":"aida","reason":"r","until":"tomorrow"}"#,
        ] {
            assert!(AccountCommand::parse(json.as_bytes()).is_err(), "{json}");
        }
    }

    #[test]
    fn only_what_is_not_paused_can_be_paused_and_the_other_way_round() {
        let free = AccountRecord::default();
        assert_eq!(free.refuses(true), None);
        assert!(free.refuses(false).unwrap().contains("not paused"));
        let paused = AccountRecord {
            paused: Some(AccountPause {
                operator: "aida".to_owned(),
                reason: "incident".to_owned(),
                since: Timestamp::UNIX_EPOCH,
            }),
            ..free
        };
        assert!(paused.refuses(true).unwrap().starts_with("aida"));
        assert_eq!(paused.refuses(false), None);
    }
}
