//! What a file says wrongly is refused with the field and the fix, before anything starts.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use activities::partner::sky::key_pair;
use tempfile::TempDir;

use super::*;
use crate::views::assert_view;
use crate::{good, warned};

const SOUND: &str = r#"
[callback]
url = "https://callbacks.example.com/v1/on_payment_completed"
secrets = [{ id = "a", file = "callback-secret" }]

[accounts.kg]
partner = "sky"
partner_url = "https://partner.example.com"
merchant_id = "m-1001"
payment_key = { id = "pay-1", file = "pay-1.pem" }
reversal_key = { id = "rev-1", file = "rev-1.pem" }

[accounts.osh]
partner = "stripe"
partner_url = "https://api.stripe.com"
payment_key = { file = "stripe-payment-key" }
reversal_key = { file = "stripe-reversal-key" }

[[routes]]
country = "KG"
account = "kg"

[billing]
url = "https://billing.example.com"
token_file = "billing-token"
"#;

/// The line before the settings of the account at Stripe.
const OSH: &str = "[accounts.osh]\n";
const KG: &str = "[accounts.kg]\n";
const URL: &str = "https://callbacks.example.com/v1/on_payment_completed";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for id in ["pay-1", "rev-1"] {
        key_pair::make(folder.path(), id).unwrap();
    }
    for (name, secret) in [
        (
            "callback-secret",
            "a-secret-of-more-than-32-bytes-for-tests",
        ),
        ("stripe-live-key", "rk_live_refunds"),
        ("stripe-payment-key", "rk_test_payments"),
        ("stripe-reversal-key", "rk_test_refunds"),
        ("billing-token", "a-token"),
    ] {
        let mut options = OpenOptions::new();
        let options = options.write(true).create_new(true).mode(0o600);
        let mut file = options.open(folder.path().join(name)).unwrap();
        file.write_all(secret.as_bytes()).unwrap();
    }
    folder
}

/// The problem with the sound file after `old` was replaced in it; none if it is still sound.
fn problem(folder: &TempDir, old: &str, new: &str) -> Option<String> {
    assert_eq!(SOUND.matches(old).count(), 1, "{old}");
    let file = folder.path().join("worker.toml");
    fs::write(&file, SOUND.replace(old, new)).unwrap();
    let error = Configuration::load(&file).err()?.to_string();
    assert!(error.starts_with(&file.display().to_string()), "{error}");
    Some(error)
}

fn must_tell(mistakes: &[(&str, &str, &str, &str)]) {
    let folder = folder();
    for (old, new, field, fix) in mistakes {
        let error = problem(&folder, old, new).unwrap_or_else(|| panic!("{new} is taken"));
        assert!(
            error.contains(field) && error.contains(fix),
            "{new}: {error}"
        );
    }
}

#[test]
fn each_wrong_setting_is_named_with_its_fix() {
    let secret = r#"{ id = "a", file = "callback-secret" }"#;
    let twice = format!("{secret}, {secret}");
    let thrice = format!("{twice}, {secret}");
    must_tell(&[
        (
            r#"partner = "sky""#,
            r#"partner = "adyen""#,
            r#"accounts.kg.partner = "adyen": "#,
            "must be `sky` or `stripe`",
        ),
        (
            r#"account = "kg""#,
            r#"account = "bishkek""#,
            r#"routes[0].account: the merchant account "bishkek""#,
            "which has kg, osh",
        ),
        (
            "[billing]",
            "[[routes]]\ncountry = \"KG\"\naccount = \"osh\"\n\n[billing]",
            "routes[1]: leads from the same place as routes[0] (KG)",
            "remove one",
        ),
        (
            secret,
            &twice,
            r#"callback.secrets: two have the id "a""#,
            "give each its own",
        ),
        (
            secret,
            &thrice,
            "callback.secrets: there are 3, and the gateway takes 2",
            "keep the one that signs and the one before it",
        ),
        (
            "[callback]\n",
            "[http]\nca_file = \"billing-token\"\n\n[callback]\n",
            "http.ca_file contains no certificate",
            "it must be PEM",
        ),
        (
            "[billing]",
            "[schedule]\nfirst_check = \"5m\"\nneeds_attention_after = \"1m\"\n\n[billing]",
            "schedule.needs_attention_after",
            "must not be shorter than first_check",
        ),
        (
            "https://partner.example.com",
            "http://partner.example.com",
            "accounts.kg.partner_url: ",
            "must begin with https://",
        ),
        (
            "https://billing.example.com",
            "http://billing.example.com",
            "billing.url: ",
            "must begin with https://",
        ),
        (
            URL,
            "https://callbacks.example.com/v1/on_payment_complete",
            "callback.url: must end in /v1/on_payment_completed",
            &format!("like {URL}"),
        ),
        (
            "[callback]\n",
            "[callback]\nallowed_origins = [\"https://callbacks-2.example.com/cb\"]\n",
            "callback.allowed_origins: https://callbacks-2.example.com/cb must have no path",
            "write https://callbacks-2.example.com,",
        ),
        (
            "[billing]",
            "[http]\nca_file = \"authorities.pem\"\n\n[billing]",
            "http.ca_file: can't read ",
            "name a PEM file that the worker may read",
        ),
        (
            "https://api.stripe.com",
            "https://api.stripe.com/v1/",
            "accounts.osh.partner_url: must not end in /v1",
            "remove it",
        ),
        (
            "stripe-reversal-key",
            "stripe-live-key",
            "accounts.osh.payment_key, reversal_key: some are of live mode and some are not",
            "take all of one mode",
        ),
        (
            OSH,
            &format!("{OSH}account_id = \"acct 1\"\n"),
            "accounts.osh.account_id: ",
            "must be like \"acct_1Abc\"",
        ),
        (
            "stripe-reversal-key",
            "stripe-payment-key",
            "accounts.osh.reversal_key: key \"stripe-payment-key\": file: holds the same key as \
             accounts.osh.payment_key",
            "make another one",
        ),
    ]);
}

#[test]
fn what_check_says_of_mistakes_fits_the_terminal() {
    let folder = folder();
    let mistakes = [
        ("billing-token", "no-token"),
        (r#"account = "kg""#, r#"account = "bishkek""#),
        ("[billing]", "[bill]"),
        ("[billing]", "[billing"),
    ];
    let told = mistakes.map(|(old, new)| {
        let error = problem(&folder, old, new).unwrap();
        let error = error.replace(&folder.path().display().to_string(), "/etc/sky-worker");
        format!("sky-worker: {error}")
    });
    assert_view("check", &told.join("\n"));
}

#[test]
fn what_check_says_of_a_good_file_fits_the_terminal() {
    let folder = folder();
    key_pair::make(folder.path(), "pay-0").unwrap();
    let key = r#"{ id = "pay-1", file = "pay-1.pem" }"#;
    let old = r#"{ id = "pay-0", file = "pay-0.pem", not_after = "2020-01-01" }"#;
    let text = SOUND.replace(key, &format!("[{key}, {old}]"));
    let file = folder.path().join("worker.toml");
    fs::write(&file, text.replace("\"KG\"", "\"kg\"")).unwrap();
    let warnings = Configuration::load(&file).ok().unwrap().warnings;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    let file = Path::new("/etc/sky-worker/worker.toml");
    let told = warnings.iter().map(|warning| warned(file, warning));
    let told: Vec<String> = told.chain([good(file)]).collect();
    assert_view("check-good", &told.join("\n"));
}

#[test]
fn a_value_of_another_type_or_out_of_bounds_is_shown_with_what_can_be_written() {
    let folder = folder();
    let tells = |old: &str, new: &str, fault: &str| {
        let told = problem(&folder, old, new).unwrap_or_else(|| panic!("{new} is taken"));
        assert!(told.contains(fault), "{told}");
    };
    let duration = r#": must be a duration with its unit, such as "90s""#;
    for (setting, fault) in [
        ("threads = 0", ": must be a whole number from 1 to 512"),
        ("pollers = 1", ": must be a whole number from 2 to 1000"),
        (
            "account_pollers = -1",
            ": must be a whole number from 1 to 1000",
        ),
        ("slots = 19.5", ": must be a whole number from 20 to 10000"),
        (
            "cached_workflows = \"all\"",
            ": must be a whole number from 1 to 1000000",
        ),
        ("workflows = \"yes\"", ": must be true or false"),
        (
            "private_listen = 9464",
            ": must be an address and a port in quotes",
        ),
        ("shutdown_grace = 30", duration),
    ] {
        let section = format!("[worker]\n{setting}\n\n[callback]\n");
        tells(
            "[callback]\n",
            &section,
            &format!("worker.{setting}{fault}"),
        );
    }
    for (setting, fault) in [
        (
            "steps_at_once = 0",
            ": must be a whole number from 1 to 10000",
        ),
        (
            "steps_per_second = 10001",
            ": must be a whole number from 1 to 10000",
        ),
        ("accepts_within = \"soon\"", duration),
    ] {
        let section = format!("{KG}{setting}\n");
        tells(KG, &section, &format!("accounts.kg.{setting}{fault}"));
    }
    let pause = format!("longest_pause = 600{duration}");
    for (setting, fault) in [
        ("longest_pause = 600", pause.as_str()),
        ("growth = 0.5", "growth = 0.5: must be a whole number"),
        ("growth = 11", "growth must be between 1 and 10"),
        ("pause = \"1m\"", "pause is no setting"),
    ] {
        let section = format!("{KG}schedule = {{ {setting} }}\n");
        tells(KG, &section, &format!("accounts.kg.schedule.{fault}"));
    }
    tells(
        "[billing]\n",
        "[schedule]\nfirst_check = 15\n\n[billing]\n",
        &format!("schedule.first_check = 15{duration}"),
    );
    tells(
        "payment_key = { id = \"pay-1\", file = \"pay-1.pem\" }",
        "payment_key = \"rk_live_1\"",
        "accounts.kg.payment_key: must be a table like { id, file",
    );
    tells(
        "secrets = [{ id = \"a\", file = \"callback-secret\" }]",
        "secrets = [{ id = \"a\" }]",
        "callback.secrets[0].file is missing",
    );
}

#[test]
fn an_account_has_only_currencies_that_its_partner_takes() {
    let at_stripe = |currencies: &str| format!("{OSH}currencies = {{ {currencies} }}\n");
    must_tell(&[(
        OSH,
        &at_stripe("KGS = {}, IQD = {}"),
        "accounts.osh.currencies.IQD: Stripe does not take this currency",
        "remove it",
    )]);
    let folder = folder();
    let possible = at_stripe(r#"KWD = { smallest = "1.230", largest = "50" }, UGX = {}"#);
    assert_eq!(problem(&folder, OSH, &possible), None);
    let at_sky = format!("{KG}currencies = {{ IQD = {{}}, KWD = {{ smallest = \"1.234\" }} }}\n");
    assert_eq!(problem(&folder, KG, &at_sky), None);
}
