//! `[accounts.NAME]`: merchant accounts as they are configured, with their keys' files.

mod currencies;
mod section;

use std::collections::BTreeMap;
use std::mem;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use activities::accounts::{AccountSettings, Accounts, Load, MerchantAccount};
use activities::partner::Partner;
use activities::partner::sky::{self, Guarantees, Sky};
use activities::partner::stripe::{self, SecretKey, Stripe};
use activities::{Clients, address};
use url::Url;
use workflows::contract::kind::Kind;
use workflows::contract::request::LONGEST_NAME;
use workflows::operation::schedule::Schedule;
use workflows::operation::terms::AccountIdentity;

use super::keys::{AccountKeys, Keys, Known, Reader};

pub(super) use section::AccountSection;

use section::PartnerName;

/// Reads each account, and the keys of those that are served; the error names the field. All are
/// served if `served` is absent.
pub(super) fn read(
    sections: BTreeMap<String, AccountSection>,
    served: Option<&[String]>,
    schedule: &Schedule,
    folder: &Path,
    clients: &Arc<Clients>,
) -> Result<(Accounts, Keys), String> {
    if sections.is_empty() {
        return Err("accounts: there must be at least one".to_owned());
    }
    for name in served.unwrap_or_default() {
        if !sections.contains_key(name) {
            let there: Vec<&str> = sections.keys().map(String::as_str).collect();
            let there = there.join(", ");
            return Err(format!(
                "worker.accounts: there is no account {name:?}; there are {there}"
            ));
        }
    }
    let (mut known, mut keys, mut accounts) = (Known::default(), Keys::default(), BTreeMap::new());
    for (name, section) in sections {
        check_name(&name)?;
        let is_served = served.is_none_or(|served| served.contains(&name));
        let mut reader = Reader {
            folder,
            account: &name,
            is_served,
            known: &mut known,
            files: &mut keys.files,
            warnings: &mut keys.warnings,
        };
        let (account, ring) = account(&mut reader, section, schedule, clients)
            .map_err(|problem| format!("accounts.{name}.{problem}"))?;
        if is_served {
            let identity = account.identity().clone();
            keys.rings.insert(name.clone(), (identity, ring));
        }
        accounts.insert(name, account);
    }
    Ok((Accounts::new(accounts), keys))
}

/// A request names it too, and its task queue is named for it.
fn check_name(name: &str) -> Result<(), String> {
    if (1..=LONGEST_NAME).contains(&name.len()) {
        return Ok(());
    }
    Err(format!(
        "accounts: {name:.20?} is {} bytes long, and a name must be 1 to {LONGEST_NAME}",
        name.len()
    ))
}

fn account(
    keys: &mut Reader<'_>,
    mut section: AccountSection,
    schedule: &Schedule,
    clients: &Arc<Clients>,
) -> Result<(MerchantAccount, AccountKeys), String> {
    let load = load(&section);
    let url = address::configured(&section.partner_url)
        .map_err(|problem| format!("partner_url: {problem}"))?;
    let amounts = currencies::read(&section.currencies)?;
    let partner_in_words = section.partner;
    let schedule = own_schedule(schedule, mem::take(&mut section.schedule))?;
    let is_served = keys.is_served;
    let (partner_name, id, partner, rings): (_, _, Box<dyn Partner>, _) = match section.partner {
        PartnerName::Sky => {
            let settings = sky(keys, url.clone(), section)?;
            let id = settings.merchant_id.clone();
            let rings = AccountKeys::Sky(
                Arc::clone(&settings.payment_keys),
                Arc::clone(&settings.reversal_keys),
            );
            ("sky", id, Box::new(Sky::new(settings, clients)?), rings)
        }
        PartnerName::Stripe => {
            let settings = stripe(keys, url.clone(), section)?;
            let id = settings.account_id.clone().unwrap_or_default();
            let rings = AccountKeys::Stripe(
                Arc::clone(&settings.payment_keys),
                Arc::clone(&settings.reversal_keys),
            );
            let partner = Box::new(Stripe::new(settings, clients)?);
            ("stripe", id, partner, rings)
        }
    };
    currencies::check(&amounts, &*partner, partner_in_words)?;
    let account = MerchantAccount::new(AccountSettings {
        identity: AccountIdentity {
            partner: partner_name.to_owned(),
            partner_url: url.to_string(),
            merchant_id: id,
        },
        partner,
        amounts,
        schedule,
        load,
        is_served,
    });
    Ok((account, rings))
}

fn load(section: &AccountSection) -> Load {
    Load {
        steps_at_once: section
            .steps_at_once
            .unwrap_or(Load::default().steps_at_once),
        steps_per_second: section.steps_per_second,
    }
}

fn sky(keys: &mut Reader<'_>, url: Url, section: AccountSection) -> Result<sky::Settings, String> {
    not_for("Sky", "account_id", section.account_id.is_some())?;
    not_for("Sky", "off_session", section.off_session.is_some())?;
    let least = Duration::from_secs(1);
    let most = Duration::from_secs(24 * 60 * 60);
    let known = Guarantees::default();
    let guarantees = Guarantees {
        accepts_within: section.accepts_within.unwrap_or(known.accepts_within),
        shows_within: section.shows_within.unwrap_or(known.shows_within),
    };
    for (name, duration) in [
        ("accepts_within", guarantees.accepts_within),
        ("shows_within", guarantees.shows_within),
    ] {
        if !(least..=most).contains(&duration) {
            return Err(format!("{name}: must be between 1s and 24h"));
        }
    }
    Ok(sky::Settings {
        account: keys.account.to_owned(),
        url,
        merchant_id: section
            .merchant_id
            .ok_or("merchant_id: is absent, and Sky needs it")?,
        payment_keys: keys.sky("payment_key", &section.payment_key)?,
        reversal_keys: keys.sky("reversal_key", &section.reversal_key)?,
        guarantees,
    })
}

fn stripe(
    keys: &mut Reader<'_>,
    url: Url,
    section: AccountSection,
) -> Result<stripe::Settings, String> {
    not_for("Stripe", "merchant_id", section.merchant_id.is_some())?;
    not_for("Stripe", "accepts_within", section.accepts_within.is_some())?;
    not_for("Stripe", "shows_within", section.shows_within.is_some())?;
    if url.path().trim_end_matches('/').ends_with("/v1") {
        return Err("partner_url: must not end in /v1, which each call adds; remove it".to_owned());
    }
    let acts_for = section.account_id.clone().unwrap_or_default();
    let mut ring = |field: &str, kind, sections| keys.stripe(field, kind, &acts_for, sections);
    let payment_keys = ring("payment_key", Kind::ExtraPayment, &section.payment_key)?;
    let reversal_keys = ring("reversal_key", Kind::PaymentReversal, &section.reversal_key)?;
    let has_mode = |is_live| {
        let has = |key: &SecretKey| key.is_live() == is_live;
        payment_keys.any(has) || reversal_keys.any(has)
    };
    // What was made in one mode, Stripe does not know in the other.
    if has_mode(true) && has_mode(false) {
        return Err(
            "payment_key, reversal_key: some are of live mode and some are not; take all of one mode"
                .to_owned(),
        );
    }
    Ok(stripe::Settings {
        account: keys.account.to_owned(),
        url,
        payment_keys,
        reversal_keys,
        account_id: section.account_id,
        off_session: section.off_session.unwrap_or(true),
    })
}

fn not_for(partner: &str, field: &str, is_set: bool) -> Result<(), String> {
    if is_set {
        Err(format!("{field}: {partner} has no such setting; remove it"))
    } else {
        Ok(())
    }
}

/// The common timings, with those of the account in their place.
fn own_schedule(common: &Schedule, own: toml::Table) -> Result<Schedule, String> {
    let wrong = |problem: String| format!("schedule.{problem}");
    let mut merged = toml::Table::try_from(common).map_err(|error| wrong(error.to_string()))?;
    merged.extend(own);
    let schedule: Schedule = strict_toml::read(merged).map_err(wrong)?;
    schedule.check().map_err(wrong)?;
    Ok(schedule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_request_can_have_is_refused() {
        assert_eq!(check_name("kg-main"), Ok(()));
        let empty = check_name("").unwrap_err();
        assert_eq!(
            empty,
            "accounts: \"\" is 0 bytes long, and a name must be 1 to 200"
        );
        let long = check_name(&"k".repeat(201)).unwrap_err();
        assert!(long.contains("is 201 bytes long"), "{long}");
    }
}
