//! Why a step has no access to the account at the partner.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a step has no access to the account at the partner. Nothing was done; an operator is needed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Denial {
    /// Who or what denies it.
    pub by: DeniedBy,
    /// The partner's code, or what is wrong here.
    pub reason: String,
}

/// Who or what denies access to an account.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeniedBy {
    /// The partner (401 or 403).
    Partner,
    /// The configuration here: it does not have the account, or gives it a different identity.
    Configuration,
}

impl Denial {
    /// The partner denies us access.
    pub fn by_partner(reason: impl Into<String>) -> Denial {
        let (by, reason) = (DeniedBy::Partner, reason.into());
        Denial { by, reason }
    }

    /// The agreed account is not configured here.
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
