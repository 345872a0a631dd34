//! `payment_key` and `reversal_key` of an account: one key, or a list of them, the newest by
//! `not_before` first in use.

mod uniqueness;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use activities::key_ring::{Key, KeyRing, Validity};
use activities::partner::sky::key_pair::{Payment, Purpose, Reversal, SigningKey};
use activities::partner::stripe::SecretKey;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use workflows::contract::kind::Kind;
use workflows::operation::terms::AccountIdentity;

pub(super) use uniqueness::Known;

/// One key, or several.
pub(super) struct KeySections(Vec<KeySection>);

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct KeySection {
    /// The partner's name for it. At Stripe, which has none, the file's name if it is absent.
    id: Option<String>,
    /// Sky: a P-521 private key in PKCS#8 PEM. Stripe: one line, `rk_...`. Mode 0600.
    file: PathBuf,
    /// The first day on which it is used, in UTC, like "2027-06-30".
    #[serde(default, deserialize_with = "day")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    not_before: Option<Date>,
    /// The last day on which the partner accepts it, in UTC.
    #[serde(default, deserialize_with = "day")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    not_after: Option<Date>,
}

/// The keys of all accounts that are served, and the files that they come from.
#[derive(Default)]
pub(crate) struct Keys {
    pub(super) rings: BTreeMap<String, (AccountIdentity, AccountKeys)>,
    pub(super) files: Vec<PathBuf>,
    /// What stops nobody, and should be corrected.
    pub(super) warnings: Vec<String>,
}

/// The keys of an account for both purposes.
pub(super) enum AccountKeys {
    Sky(
        Arc<KeyRing<SigningKey<Payment>>>,
        Arc<KeyRing<SigningKey<Reversal>>>,
    ),
    Stripe(Arc<KeyRing<SecretKey>>, Arc<KeyRing<SecretKey>>),
}

/// Where keys are read for, and what was read before.
pub(super) struct Reader<'a> {
    /// The folder of the configuration.
    pub(super) folder: &'a Path,
    /// The account's name.
    pub(super) account: &'a str,
    /// Whether the account is served here; otherwise no file is read.
    pub(super) is_served: bool,
    /// Keys and names that are taken.
    pub(super) known: &'a mut Known,
    pub(super) files: &'a mut Vec<PathBuf>,
    pub(super) warnings: &'a mut Vec<String>,
}

impl Keys {
    /// The files that keys were read from.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Takes newer keys of the same accounts. The error names what is missing; then nothing changed.
    pub(crate) fn renew(&mut self, newer: Keys) -> Result<(), String> {
        let restart = "restart the worker to change its accounts";
        let mut pairs = Vec::new();
        for (name, (identity, keys)) in &self.rings {
            match newer.rings.get(name) {
                Some((same, newer)) if same == identity => pairs.push((keys, newer)),
                // Its keys would be refused by the one that payments go on with until then.
                Some((other, _)) => {
                    return Err(format!(
                        "accounts.{name}: is {identity} here, and in the file {other}; {restart}"
                    ));
                }
                None => return Err(format!("accounts.{name}: is gone; {restart}")),
            }
        }
        for (keys, newer) in pairs {
            keys.take_keys_of(newer);
        }
        self.files = newer.files;
        Ok(())
    }
}

impl AccountKeys {
    /// Takes the keys of the same partner. The last arm names every partner, so that a new one can't
    /// be forgotten here.
    fn take_keys_of(&self, newer: &AccountKeys) {
        match (self, newer) {
            (AccountKeys::Sky(payment, reversal), AccountKeys::Sky(p, r)) => {
                payment.take_keys_of(p);
                reversal.take_keys_of(r);
            }
            (AccountKeys::Stripe(payment, reversal), AccountKeys::Stripe(p, r)) => {
                payment.take_keys_of(p);
                reversal.take_keys_of(r);
            }
            (AccountKeys::Sky(..) | AccountKeys::Stripe(..), _) => {}
        }
    }
}

impl Reader<'_> {
    /// Signing keys of an account at Sky. The error names the field and the key.
    pub(super) fn sky<P: Purpose>(
        &mut self,
        field: &str,
        sections: &KeySections,
    ) -> Result<Arc<KeyRing<SigningKey<P>>>, String> {
        let name = |section: &KeySection| {
            let id = section.id.clone();
            let id = id.ok_or("id: is absent; it is the partner's name for the key")?;
            if id.is_empty() || id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(format!(
                    "id: {id:?} must be 1 to 64 visible ASCII characters"
                ));
            }
            Ok(id)
        };
        self.ring(
            field,
            P::KIND,
            "Sky",
            sections,
            name,
            SigningKey::read,
            SigningKey::fingerprint,
        )
    }

    /// API keys of an account at Stripe, which acts for `account_id`.
    pub(super) fn stripe(
        &mut self,
        field: &str,
        kind: Kind,
        account_id: &str,
        sections: &KeySections,
    ) -> Result<Arc<KeyRing<SecretKey>>, String> {
        let name = |section: &KeySection| {
            let file = section.file.file_name().unwrap_or_default();
            let id = section.id.clone();
            Ok(id.unwrap_or_else(|| file.to_string_lossy().into_owned()))
        };
        // A platform's key may act for several connected accounts.
        let partner = format!("Stripe {account_id}");
        self.ring(
            field,
            kind,
            &partner,
            sections,
            name,
            SecretKey::read,
            SecretKey::fingerprint,
        )
    }

    #[expect(clippy::too_many_arguments, reason = "the differences of two partners")]
    fn ring<K>(
        &mut self,
        field: &str,
        kind: Kind,
        partner: &str,
        sections: &KeySections,
        name: impl Fn(&KeySection) -> Result<String, String>,
        read: impl Fn(&Path) -> Result<K, String>,
        fingerprint: impl Fn(&K) -> String,
    ) -> Result<Arc<KeyRing<K>>, String> {
        let mut keys = Vec::new();
        let in_field = |problem: String| format!("{field}: {problem}");
        let sections = if self.is_served { &sections.0[..] } else { &[] };
        for section in sections {
            let id = name(section).map_err(in_field)?;
            let in_key = |problem: String| format!("{field}: key {id:?}: {problem}");
            let validity = Validity::new(section.not_before, section.not_after).map_err(in_key)?;
            let file = self.folder.join(&section.file);
            self.files.push(file.clone());
            let secret = read(&file).map_err(in_key)?;
            self.known
                .add(partner, self.account, field, &id, fingerprint(&secret))
                .map_err(in_key)?;
            keys.push(Key::new(id, validity, secret));
        }
        let now = Timestamp::now();
        if self.is_served && !keys.iter().any(|key| key.validity().covers(now)) {
            return Err(in_field(
                "no key is valid today; add one that is".to_owned(),
            ));
        }
        // The others serve, and a worker that starts must not be stopped by the passing of a day.
        let over = keys.iter().filter(|key| key.validity().is_over(now));
        self.warnings.extend(over.map(|key| {
            format!(
                "accounts.{}.{field}: key {:?}: not_after is past, and the partner does not accept \
                 it any more; remove the key",
                self.account,
                key.id()
            )
        }));
        Ok(Arc::new(KeyRing::new(self.account, kind, keys)))
    }
}

impl<'de> Deserialize<'de> for KeySections {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeySections, D::Error> {
        struct OneOrSeveral;
        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = KeySections;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a table like { id, file, not_before, not_after }, or a list of such tables",
                )
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<KeySections, A::Error> {
                let key = KeySection::deserialize(MapAccessDeserializer::new(map))?;
                Ok(KeySections(vec![key]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<KeySections, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(KeySections)
            }
        }
        deserializer.deserialize_any(OneOrSeveral)
    }
}

/// Jiff also accepts a date with a time and a zone, and drops them: that could be another day.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let day: Option<Date> = text.parse().ok();
    match day.filter(|day| day.to_string() == text) {
        Some(day) => Ok(Some(day)),
        None => Err(D::Error::custom("must be a day like \"2027-06-30\"")),
    }
}

#[cfg(test)]
mod tests;
