//! `[accounts.NAME]`, as it is written.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use workflows::contract::written_duration;

use crate::configuration::count::optional_count;
use crate::configuration::keys::KeySections;

/// `[accounts.NAME]`. Which fields an account has depends on its partner.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AccountSection {
    /// Who moves the money.
    pub(super) partner: PartnerName,
    /// The partner's API: https, or http on loopback.
    pub(super) partner_url: String,
    /// Sky: the key that signs extra payments. Stripe: a restricted key that may write
    /// PaymentIntents. One key, or a list of keys: [rotating keys](#rotating-keys).
    #[cfg_attr(test, schemars(with = "Vec<crate::configuration::keys::KeySection>"))]
    pub(super) payment_key: KeySections,
    /// Sky: the key that signs reversals. Stripe: a restricted key that may write Refunds and read
    /// PaymentIntents. No key may be used twice.
    #[cfg_attr(test, schemars(with = "Vec<crate::configuration::keys::KeySection>"))]
    pub(super) reversal_key: KeySections,
    /// The amounts that it takes, by currency, in main units: `KGS = { smallest = "1", largest =
    /// "50000" }`; all where this is absent.
    #[serde(default)]
    pub(super) currencies: BTreeMap<String, LimitsSection>,
    /// The settings of `schedule` that differ for this account.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub(super) schedule: toml::Table,
    /// How many steps of the account one worker makes at once, 1 to 10000; 200 by default.
    #[serde(default, deserialize_with = "optional_count::<1, 10_000, _, _>")]
    pub(super) steps_at_once: Option<usize>,
    /// How many steps of the account one worker begins in a second, 1 to 10000; no limit by default.
    #[serde(default, deserialize_with = "optional_count::<1, 10_000, _, _>")]
    pub(super) steps_per_second: Option<u32>,
    /// Sky: its id of the merchant.
    pub(super) merchant_id: Option<String>,
    /// Sky: how long after its last byte a submission is accepted, or never, from 1s to 24h; 15s by
    /// default.
    #[serde(default, deserialize_with = "written_duration::optional::deserialize")]
    #[cfg_attr(test, schemars(with = "Option<written_duration::WrittenDuration>"))]
    pub(super) accepts_within: Option<Duration>,
    /// Sky: how long after it has accepted a submission each answer shows it, from 1s to 24h; 30s by
    /// default. Until then "not found" proves nothing; the time of the kernel and of the request itself
    /// [are added](decisions/0015-how-late-a-byte-may-leave.md).
    #[serde(default, deserialize_with = "written_duration::optional::deserialize")]
    #[cfg_attr(test, schemars(with = "Option<written_duration::WrittenDuration>"))]
    pub(super) shows_within: Option<Duration>,
    /// Stripe: the connected account that is acted for, if it is not the key's own.
    pub(super) account_id: Option<String>,
    /// Stripe: whether a confirmation says that the rider is not there, `true` by default; `false`
    /// only for simulators that don't know it.
    pub(super) off_session: Option<bool>,
}

/// The partners that there are.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum PartnerName {
    Sky,
    Stripe,
}

/// As it is written in messages.
impl fmt::Display for PartnerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PartnerName::Sky => "Sky",
            PartnerName::Stripe => "Stripe",
        })
    }
}

/// The smallest and the largest amount of one currency, in main units.
#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LimitsSection {
    /// The smallest amount, such as "0.50".
    pub(super) smallest: Option<String>,
    /// The largest amount, such as "50000".
    pub(super) largest: Option<String>,
}
