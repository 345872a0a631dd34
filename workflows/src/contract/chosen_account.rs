//! The merchant account of an operation, as operators see it.

use serde::{Deserialize, Serialize};

/// Which account an operation is carried out over, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChosenAccount {
    /// Its name in the configuration.
    pub merchant: String,
    /// The partner that it is at.
    pub partner: String,
    /// Why it was chosen: the request named it, or a route did ("KG/Bishkek: route 3").
    pub chosen_by: String,
}

impl ChosenAccount {
    /// As a sentence.
    pub fn in_words(&self) -> String {
        let ChosenAccount {
            merchant,
            partner,
            chosen_by,
        } = self;
        format!(
            "it goes over the account {merchant} at the partner {partner}, chosen by {chosen_by}"
        )
    }
}
