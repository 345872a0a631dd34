use std::fs;

use activities::partner::sky::key_pair;

use super::*;

/// Reads the fields of two accounts at Sky in a folder with the keys pay-1, pay-2 and rev-1.
fn read(kg: (&str, &str), uz: Option<(&str, &str)>) -> Result<Keys, String> {
    let folder = tempfile::tempdir().unwrap();
    for id in ["pay-1", "pay-2", "rev-1"] {
        key_pair::make(folder.path(), id).unwrap();
    }
    fs::copy(
        folder.path().join("pay-1.pem"),
        folder.path().join("copy.pem"),
    )
    .unwrap();
    let (mut known, mut keys) = (Known::default(), Keys::default());
    for (account, (payment, reversal)) in [("kg", kg)].into_iter().chain(uz.map(|uz| ("uz", uz))) {
        let mut reader = Reader {
            folder: folder.path(),
            account,
            is_served: true,
            known: &mut known,
            files: &mut keys.files,
            warnings: &mut keys.warnings,
        };
        let payment = reader.sky("payment_key", &sections(payment).unwrap())?;
        let reversal = reader.sky("reversal_key", &sections(reversal).unwrap())?;
        let both = AccountKeys::Sky(payment, reversal);
        keys.rings
            .insert(account.to_owned(), (identity("m-1"), both));
    }
    Ok(keys)
}

fn identity(merchant_id: &str) -> AccountIdentity {
    AccountIdentity {
        partner: "sky".to_owned(),
        partner_url: "https://partner.example/".to_owned(),
        merchant_id: merchant_id.to_owned(),
    }
}

fn sections(value: &str) -> Result<KeySections, toml::de::Error> {
    #[derive(Deserialize)]
    struct Field {
        key: KeySections,
    }
    toml::from_str(&format!("key = {value}")).map(|field: Field| field.key)
}

/// A good key and another one.
fn of_two(other: &str) -> String {
    format!("[{PAYMENT}, {other}]")
}

const PAYMENT: &str = r#"{ id = "pay-1", file = "pay-1.pem" }"#;
const REVERSAL: &str = r#"{ id = "rev-1", file = "rev-1.pem" }"#;

#[test]
fn a_key_and_a_list_of_keys_are_read() {
    let one = read((PAYMENT, REVERSAL), None);
    assert_eq!(one.unwrap().files.len(), 2);
    let several = r#"[{ id = "pay-1", file = "pay-1.pem", not_after = "2126-01-31" },
        { id = "pay-2", file = "pay-2.pem", not_before = "2126-01-01" }]"#;
    assert_eq!(read((several, REVERSAL), None).unwrap().files.len(), 3);
}

#[test]
fn each_mistake_is_named_with_its_field_and_the_fix() {
    for (keys, field, fix) in [
        (
            r#"{ id = "pay-1", file = "pay-2.pem" }"#,
            "\"pay-1\": id",
            "its own",
        ),
        (
            r#"{ id = "pay-2", file = "copy.pem" }"#,
            "\"pay-2\": file",
            "make another one",
        ),
        (
            r#"{ id = "pay-2", file = "rev-1.pub.pem" }"#,
            "rev-1.pub.pem",
            "public key",
        ),
        (
            r#"{ id = "pay-2", file = "none.pem" }"#,
            "none.pem",
            "can't be read",
        ),
        (r#"{ file = "pay-2.pem" }"#, "payment_key: id", "is absent"),
        (
            r#"{ id = "p 2", file = "pay-2.pem" }"#,
            "payment_key: id",
            "visible ASCII",
        ),
        (
            r#"{ id = "pay-2", file = "pay-2.pem", not_before = "2126-02-01", not_after = "2126-01-01" }"#,
            "\"pay-2\": not_before (2126-02-01)",
            "correct one",
        ),
    ] {
        let error = read((&of_two(keys), REVERSAL), None).err().unwrap();
        assert!(
            error.contains(field) && error.contains(fix),
            "{keys}: {error}"
        );
    }
    for day in [
        r#"not_after = "2020-01-01""#,
        r#"not_before = "2126-01-01""#,
    ] {
        let key = format!(r#"{{ id = "pay-1", file = "pay-1.pem", {day} }}"#);
        let error = read((&key, REVERSAL), None).err().unwrap();
        assert!(error.contains("valid today"), "{error}");
    }
}

#[test]
fn a_key_whose_last_day_is_past_is_told_and_stops_nothing_while_another_serves() {
    let keys = of_two(r#"{ id = "pay-2", file = "pay-2.pem", not_after = "2020-01-01" }"#);
    let warnings = read((&keys, REVERSAL), None).unwrap().warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    for words in ["accounts.kg.payment_key: key \"pay-2\"", "remove the key"] {
        assert!(warnings[0].contains(words), "{warnings:?}");
    }
}

#[test]
fn a_key_serves_one_purpose_of_one_account() {
    let both = r#"{ id = "rev-1", file = "pay-1.pem" }"#;
    let error = read((PAYMENT, both), None).err().unwrap();
    assert!(error.starts_with("reversal_key: key \"rev-1\""), "{error}");
    assert!(
        error.contains("accounts.kg.payment_key, key \"pay-1\""),
        "{error}"
    );
    let other = r#"{ id = "pay-2", file = "pay-2.pem" }"#;
    let uz = (other, r#"{ id = "rev-2", file = "rev-1.pem" }"#);
    let error = read((PAYMENT, REVERSAL), Some(uz)).err().unwrap();
    assert!(error.contains("accounts.kg.reversal_key"), "{error}");
}

#[test]
fn a_keys_days_are_days_and_nothing_more() {
    for text in [
        "",
        "20270630",
        "2027-06-31",
        "2027-06-30T23:59:00+06:00",
        "2027-W26-3",
    ] {
        let key = format!("{{ id = \"k\", file = \"k.pem\", not_after = \"{text}\" }}");
        let error = sections(&key).err().unwrap().to_string();
        assert!(error.contains("must be a day"), "{text}: {error}");
    }
    let error = sections(r#""pay-1.pem""#).err().unwrap().to_string();
    assert!(error.contains("a list of such tables"), "{error}");
}

#[test]
fn keys_are_renewed_only_for_the_account_that_they_belong_to() {
    let ids = |keys: &Keys| {
        let (_, ring) = &keys.rings["kg"];
        let AccountKeys::Sky(payment, _) = ring else {
            panic!("it is at Sky");
        };
        payment.facts()[0].key_id.clone()
    };
    let mut keys = read((PAYMENT, REVERSAL), None).unwrap();
    let newer = r#"{ id = "pay-2", file = "pay-2.pem" }"#;

    let mut of_another = read((newer, REVERSAL), None).unwrap();
    of_another.rings.get_mut("kg").unwrap().0 = identity("m-2");
    let problem = keys.renew(of_another).unwrap_err();
    assert!(problem.contains("accounts.kg: is m-1 at sky"), "{problem}");
    assert!(problem.contains("restart the worker"), "{problem}");
    assert_eq!(ids(&keys), "pay-1");

    keys.renew(read((newer, REVERSAL), None).unwrap()).unwrap();
    assert_eq!(ids(&keys), "pay-2");
}
