//! Why a step does not get to the account at the partner.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a step does not get to the account at the partner. Nothing was done; an operator is needed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Denial {
    /// What denies it.
    pub by: DeniedBy,
    /// The partner's code, or what is wrong here.
    pub reason: String,
}

/// What denies access to an account.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeniedBy {
    /// The partner: its 401 and 403.
    Partner,
    /// The configuration here: the account is not in it, or is another one than was agreed on.
    Configuration,
}

impl Denial {
    /// The partner does not let us in.
    pub fn by_partner(reason: impl Into<String>) -> Denial {
        let (by, reason) = (DeniedBy::Partner, reason.into());
        Denial { by, reason }
    }

    /// The account that was agreed on is not configured here.
    pub fn by_configuration(reason: impl Into<String>) -> Denial {
        let (by, reason) = (DeniedBy::Configuration, reason.into());
        Denial { by, reason }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}
