//! The id under which a signal is sent, chosen so that repeats cost nothing.
//!
//! Temporal takes a second signal of the same id for the first one and writes nothing. Under a
//! random id each repeat by the partner, or by whoever learnt an address, would be a new event;
//! under one fixed id a callback after an early or forged one would be lost. So the id tells the
//! submission, by the second in which its token was issued, and one of a row of windows of that
//! token's age, each twice as long as the one before: 5 s, 10 s, 20 s and so on. A thousand
//! callbacks at once are one signal; callbacks over a month, however many, are some twenty. One
//! that is swallowed is answered 200 and costs nothing but time: the run asks by its own timer.

use jiff::Timestamp;
use workflows::callback_token::IssuedToken;

const FIRST_WINDOW_SECONDS: u64 = 5;

/// The id for a callback that comes at `now`.
pub fn signal_id(token: IssuedToken, now: Timestamp) -> String {
    let age = now.duration_since(token.issued_at).as_secs();
    // The worker's clock may be ahead of ours.
    let age = u64::try_from(age).unwrap_or(0);
    let window = (age / FIRST_WINDOW_SECONDS + 1).ilog2();
    format!("callback-{}-{window}", token.issued_at.as_second())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn id(issued_at: i64, now: i64) -> String {
        let issued_at = Timestamp::from_second(issued_at).unwrap();
        signal_id(
            IssuedToken { issued_at },
            Timestamp::from_second(now).unwrap(),
        )
    }

    #[test]
    fn callbacks_every_second_for_a_month_have_about_twenty_ids() {
        let month = 31 * 24 * 60 * 60;
        let ids: BTreeSet<String> = (0..month).map(|age| id(1000, 1000 + age)).collect();
        assert_eq!(ids.len(), 20);
    }

    #[test]
    fn the_first_windows_are_short_and_a_clock_behind_counts_as_none() {
        assert_eq!(id(1000, 1000), "callback-1000-0");
        assert_eq!(id(1000, 1004), "callback-1000-0");
        assert_eq!(id(1000, 1005), "callback-1000-1");
        assert_eq!(id(1000, 1015), "callback-1000-2");
        assert_eq!(id(1000, 900), "callback-1000-0");
    }

    #[test]
    fn another_submissions_callback_has_another_id() {
        assert_ne!(id(1000, 1070), id(1060, 1070));
    }
}
