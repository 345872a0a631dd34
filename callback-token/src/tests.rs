use proptest::prelude::*;

use super::*;

fn secret(id: &str, fill: u8) -> CallbackSecret {
    CallbackSecret::new(id, &[fill; 32]).unwrap()
}

fn request(id: &str) -> RequestId {
    RequestId::parse(id).unwrap()
}

#[test]
fn a_token_is_good_for_its_request_alone() {
    let secrets = [secret("new", 1), secret("old", 2)];
    let at = Timestamp::from_second(1_790_000_000).unwrap();
    let traced = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assert!(traced.is_some());
    for (issuer, trace_parent) in secrets.iter().zip([None, traced]) {
        let token = issuer.issue_in_trace(&request("r-1"), at, trace_parent);
        assert!(token.len() <= LONGEST_TOKEN);
        let issued = IssuedToken {
            issued_at: at,
            trace_parent,
        };
        assert_eq!(verify(&secrets, &token, &request("r-1")), Some(issued));
        assert_eq!(verify(&secrets, &token, &request("r-2")), None);
    }
}

#[test]
fn a_token_under_a_withdrawn_or_another_secret_is_refused() {
    let token = secret("a", 1).issue(&request("r-1"), Timestamp::UNIX_EPOCH);
    assert_eq!(verify(&[secret("b", 1)], &token, &request("r-1")), None);
    assert_eq!(verify(&[secret("a", 2)], &token, &request("r-1")), None);
    assert_eq!(verify(&[], &token, &request("r-1")), None);
}

#[test]
fn a_token_is_good_for_its_purpose_alone() {
    let secrets = [secret("s", 1)];
    let at = Timestamp::from_second(1_790_000_000).unwrap();
    let for_cards = secrets[0].issue_for_saved_cards(at);
    let for_payment = secrets[0].issue(&request("r-1"), at);
    let issued = Some(IssuedToken {
        issued_at: at,
        trace_parent: None,
    });
    assert_eq!(verify_for_saved_cards(&secrets, &for_cards), issued);
    assert_eq!(verify_for_saved_cards(&secrets, &for_payment), None);
    assert_eq!(verify(&secrets, &for_cards, &request("r-1")), None);
}

#[test]
fn a_token_has_one_spelling() {
    let secrets = [secret("s", 1)];
    let token = secrets[0].issue(&request("r-1"), Timestamp::from_second(7).unwrap());
    let padded = token.replacen(".7.", ".07.", 1);
    assert_ne!(token, padded);
    assert_eq!(verify(&secrets, &padded, &request("r-1")), None);
}

#[test]
fn secrets_that_can_be_guessed_or_named_badly_are_refused() {
    assert_eq!(
        CallbackSecret::new("a", b"short\n").unwrap_err(),
        SecretError::TooShort("a".into())
    );
    assert!(CallbackSecret::new("a.b", &[7; 32]).is_err());
    assert!(!format!("{:?}", secret("a", b'x')).contains('x'));
}

proptest! {
    #[test]
    fn no_other_token_passes(
        forged in "[a-z0-9.]{0,80}|.*",
        traced in any::<Option<(u128, u64, u8)>>(),
        at in 0usize..130,
        with in "[!-~]",
    ) {
        let secrets = [secret("s", 3)];
        let traced = traced.map(|(trace_id, span_id, flags)| TraceParent {
            trace_id,
            span_id,
            flags,
        });
        let token = secrets[0].issue_in_trace(&request("r-1"), Timestamp::UNIX_EPOCH, traced);
        prop_assert_eq!(verify(&secrets, &forged, &request("r-1")), None);
        let at = at % token.len();
        let changed = format!("{}{with}{}", &token[..at], &token[at + 1..]);
        if changed != token {
            prop_assert_eq!(verify(&secrets, &changed, &request("r-1")), None);
        }
    }
}
