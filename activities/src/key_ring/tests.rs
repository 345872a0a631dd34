use jiff::civil::{Date, date};

use super::standing::REFUSAL_HOLDS;
use super::*;

const FIRST: Date = date(2027, 1, 1);
const LAST: Date = date(2027, 6, 30);

fn key(id: &str, not_before: Option<Date>, not_after: Option<Date>) -> Key<()> {
    Key::new(
        id.to_owned(),
        Validity::new(not_before, not_after).unwrap(),
        (),
    )
}

fn ring(keys: Vec<Key<()>>) -> KeyRing<()> {
    KeyRing::new("kg-main", Kind::ExtraPayment, keys)
}

fn serving(ring: &KeyRing<()>, now: &str, instant: Instant) -> String {
    let key = ring.serving_at(now.parse().unwrap(), instant).unwrap();
    key.id().to_owned()
}

#[test]
fn the_newest_key_that_is_valid_serves() {
    let keys = [key("old", None, Some(LAST)), key("new", Some(FIRST), None)];
    let ring = ring(keys.into());
    let now = Instant::now();
    assert_eq!(serving(&ring, "2026-12-31T23:59:59Z", now), "old");
    assert_eq!(serving(&ring, "2027-01-01T00:00:00Z", now), "new");
}

#[test]
fn of_equally_new_keys_the_first_in_the_file_serves() {
    let ring = ring(vec![key("a", None, None), key("b", None, None)]);
    assert_eq!(serving(&ring, "2027-01-01T00:00:00Z", Instant::now()), "a");
}

#[test]
fn a_key_that_the_partner_does_not_know_is_left_out_for_minutes() {
    let ring = ring(vec![key("new", None, None), key("old", None, None)]);
    let new = ring.serving().unwrap();
    let old = ring.refused(&new).unwrap();
    assert_eq!(old.id(), "old");
    let time = "2027-01-01T00:00:00Z";
    assert_eq!(serving(&ring, time, Instant::now()), "old");
    assert_eq!(serving(&ring, time, Instant::now() + REFUSAL_HOLDS), "new");
    assert!(ring.refused(&old).is_none(), "none is left");
    assert_eq!(serving(&ring, time, Instant::now()), "new");
    ring.accepted(&new);
    assert!(new.is_proven());
}

#[test]
fn if_none_is_valid_the_partner_decides() {
    let ring = ring(vec![key("old", None, Some(LAST))]);
    assert_eq!(
        serving(&ring, "2027-07-01T00:00:00Z", Instant::now()),
        "old"
    );
    assert!(self::ring(Vec::new()).serving().is_none());
}

#[test]
fn a_step_keeps_its_key_when_the_keys_are_replaced() {
    let ring = ring(vec![key("old", None, None)]);
    let old = ring.serving().unwrap();
    ring.take_keys_of(&self::ring(vec![key("new", None, None)]));
    assert_eq!(old.id(), "old");
    assert_eq!(ring.serving().unwrap().id(), "new");
}
