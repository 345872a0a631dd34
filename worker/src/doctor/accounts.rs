//! The partners: whether each can be reached, whether the clocks agree, and whether it knows our keys.

use std::time::Duration;

use activities::reach::{self, Reached};
use doctor::Finding;
use jiff::{SignedDuration, Timestamp};
use url::Url;
use workflows::contract::account::{AccountFacts, AccountKey};
use workflows::contract::kind::Kind;

use super::reaching::{host, unreachable};
use crate::configuration::Configuration;

/// From 300 s on, Sky refuses us; the alert SkyClockOff fires at the same time as this.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(60);

/// As the alert SkyKeyExpires.
const EXPIRES_SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Looks at each account that is served here.
pub(super) async fn look(configuration: &Configuration, findings: &mut Vec<Finding>) {
    let accounts = &configuration.configuration.accounts;
    let within = configuration.configuration.schedule.request_timeout;
    for (name, _) in accounts.loads() {
        let Some(facts) = accounts.facts(name, Vec::new()) else {
            continue;
        };
        let is_reached = partner(name, &facts, configuration, within, findings).await;
        let keys = facts.keys.iter();
        findings.extend(keys.filter_map(|key| expiry(name, key, Timestamp::now())));
        if !is_reached {
            continue;
        }
        for kind in [Kind::ExtraPayment, Kind::PaymentReversal] {
            findings.push(accepted(name, kind, configuration).await);
        }
    }
}

async fn partner(
    name: &str,
    facts: &AccountFacts,
    configuration: &Configuration,
    within: Duration,
    findings: &mut Vec<Finding>,
) -> bool {
    let Ok(url) = Url::parse(&facts.partner_url) else {
        return false;
    };
    let about = format!("the partner of {name} at {}", host(&url));
    match reach::get(&configuration.clients, &url, within).await {
        Ok(reached) => {
            findings.push(clock(&about, &reached));
            true
        }
        Err(error) => {
            let setting = format!("accounts.{name}.partner_url");
            findings.push(unreachable(about, error, &setting));
            false
        }
    }
}

pub(super) fn clock(about: &str, reached: &Reached) -> Finding {
    let Some(ahead) = reached.ahead else {
        return Finding::ok(about, "answers, without its time");
    };
    let seconds = ahead.as_secs();
    let side = if seconds < 0 { "behind" } else { "ahead of" };
    let found = format!(
        "answers; its clock is {} s {side} ours",
        seconds.unsigned_abs()
    );
    if ahead.abs() < CLOCKS_DIFFER {
        return Finding::ok(about, "answers, and the clocks agree");
    }
    let fix = "see which clock is wrong (timedatectl), and have this machine's set by NTP; tell the \
               partner if it is theirs";
    Finding::wrong(about, found, fix)
}

pub(super) fn expiry(account: &str, key: &AccountKey, now: Timestamp) -> Option<Finding> {
    let about = format!("key {} of {account}", key.key_id);
    let last = key.not_after?;
    let end = last.tomorrow().ok()?.in_tz("UTC").ok()?.timestamp();
    let left = end.duration_since(now);
    // One that is over is warned of as a part of the configuration.
    if left < SignedDuration::ZERO {
        return None;
    }
    let found = format!("the partner accepts it until {last}");
    if left >= EXPIRES_SOON {
        return Some(Finding::ok(about, found));
    }
    let fix = "make the next key now, and add it to the list: see \"Rotating keys\" in \
               docs/settings.md";
    Some(Finding::warning(about, found, fix))
}

/// Makes a call that moves nothing.
async fn accepted(account: &str, kind: Kind, configuration: &Configuration) -> Finding {
    let (field, purpose) = match kind {
        Kind::ExtraPayment => ("payment_key", "payment"),
        Kind::PaymentReversal => ("reversal_key", "reversal"),
    };
    let about = format!("accounts.{account}.{field}");
    let named = configuration.configuration.accounts.named(account);
    let answer = match named {
        Ok(account) => account.try_key(kind, None).await,
        Err(problem) => Err(problem),
    };
    match answer {
        Ok(answer) => Finding::ok(about, answer),
        Err(problem) => {
            let fix = format!(
                "give the partner the key's public half for this merchant and for the purpose \
                 {purpose}, compare `sky-worker fingerprint`, and look at the clocks"
            );
            Finding::wrong(about, problem, fix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(ahead: Option<i64>) -> String {
        let reached = Reached {
            status: 404,
            ahead: ahead.map(SignedDuration::from_secs),
            has_gateways_id: false,
        };
        clock("the partner", &reached).to_string()
    }

    #[test]
    fn clocks_that_differ_by_a_minute_are_wrong_whichever_is_ahead() {
        assert!(found(None).starts_with("ok"));
        assert!(found(Some(59)).contains("the clocks agree"));
        assert!(found(Some(600)).contains("its clock is 600 s ahead of ours"));
        assert!(found(Some(-600)).contains("its clock is 600 s behind ours"));
        assert!(found(Some(-600)).starts_with("wrong"));
    }

    #[test]
    fn a_key_is_warned_of_in_its_last_two_weeks() {
        let key = |not_after: &str| AccountKey {
            kind: Kind::ExtraPayment,
            key_id: "pay-1".to_owned(),
            not_before: None,
            not_after: Some(not_after.parse().unwrap()),
        };
        let now: Timestamp = "2027-06-01T12:00:00Z".parse().unwrap();
        let told = |not_after| expiry("kg", &key(not_after), now).map(|it| it.to_string());
        assert!(told("2027-06-30").unwrap().starts_with("ok"));
        let soon = told("2027-06-14").unwrap();
        assert!(soon.starts_with("warning  key pay-1 of kg"), "{soon}");
        assert_eq!(told("2027-05-31"), None);
    }
}
