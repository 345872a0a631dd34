use proptest::prelude::*;

use super::*;

fn card(binding: &str, expires_at: Option<&str>) -> SavedCard {
    SavedCard::parse("o-1", binding, "400000******0002", expires_at).unwrap()
}

#[test]
fn a_masked_number_is_taken_and_a_whole_one_is_not() {
    for masked in [
        "400000******0002",
        "40000000****0002",
        "4000 00** **** 0002",
        "400000XXXXXX0002",
        "\u{2022}\u{2022}\u{2022}\u{2022} 0002",
        "************0002",
        "####",
    ] {
        assert!(MaskedPan::parse(masked).is_ok(), "{masked}");
    }
    for whole in [
        "4000000000000002",
        "4000 0000 0000 0002",
        "4000-0000-0000-0002",
        "400000000000000*",
        "*4000000000000002",
        "400000000****0002",
        "40000000****00002",
        "40000000***00002",
        "4000**0000**0000**02",
        "378282246310005",
        "4000000000000",
    ] {
        let error = MaskedPan::parse(whole).unwrap_err();
        assert!(matches!(error, SavedCardError::CardNumber(_)), "{whole}");
    }
    let long = "*".repeat(29) + "0002";
    for nonsense in [
        "",
        "0002",
        "***0002",
        "VISA ****0002",
        "****٤٠٠٠",
        "****0002\n",
        "**4**0002",
        long.as_str(),
    ] {
        let error = MaskedPan::parse(nonsense).unwrap_err();
        assert!(matches!(error, SavedCardError::Rule(_)), "{nonsense}");
    }
}

#[test]
fn a_card_number_is_found_wherever_it_stands() {
    for text in [
        "4000000000000002",
        "card-4000000000000002",
        "4000-0000-0000-0002",
        "b_378282246310005_1",
        "cb-4000-0000-0000-0002",
        "4000.0000.0000.0002",
        "x_3782_822463_10005_y",
        "a4000/0000/0000/0002b",
    ] {
        assert!(holds_card_number(text), "{text}");
        assert!(CardBindingId::parse(text).is_err(), "{text}");
    }
    for text in [
        "cb-7f3a",
        "4000000000000003",
        "2029-04",
        "2029-04-30T00:00:00Z",
        "12345678901",
        "ride-20261124-000128",
        "2026-11-24-000003",
    ] {
        assert!(!holds_card_number(text), "{text}");
        assert!(CardBindingId::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn a_repeat_has_the_same_key_and_nothing_else_has() {
    let first = card("cb-1", None);
    assert_eq!(first.key(), card("cb-1", None).key());
    assert_ne!(first.key(), card("cb-2", None).key());
    assert_ne!(first.key(), card("cb-1", Some("2029-04")).key());
    assert_eq!(first.key().len(), 24);
    assert_eq!(
        first.workflow_id(),
        format!("sky-saved-card-{}", first.key())
    );
}

#[test]
fn what_is_printed_tells_nothing() {
    let printed = format!("{:?}", card("cb-1", Some("2029-04")));
    for text in ["cb-1", "0002", "2029"] {
        assert!(!printed.contains(text), "{printed}");
    }
}

proptest! {
    #[test]
    fn no_whole_number_is_ever_taken(number in "[0-9]{13,19}", spaces in any::<bool>()) {
        let text = if spaces {
            number.chars().map(|digit| format!("{digit} ")).collect()
        } else {
            number
        };
        prop_assert!(MaskedPan::parse(&text).is_err());
    }
}
