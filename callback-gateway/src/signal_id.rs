//! The id of a signal, chosen so that repeats of a callback cost nothing.
//!
//! The partner may repeat a callback as often as it likes, a history holds 10,000 signals, and
//! anybody who learned an address could send more. Temporal stores one signal per id and run and
//! answers OK to every further one, so the id decides how many there are. It consists of the
//! submission, by the second in which its token was issued, and a window of the token's age: 5 s,
//! then 10 s, 20 s, 40 s and so on, each twice the last. A thousand callbacks at once are one
//! signal, callbacks over a month about twenty.
//!
//! A callback in a window that already has its signal is answered 200 and wakes nobody. Nothing is
//! lost: the workflow asks the partner by its own schedule anyway, and the older a payment is, the
//! less a second matters.

use callback_token::IssuedToken;
use jiff::Timestamp;

/// The first window, in seconds.
const FIRST_WINDOW: u64 = 5;

/// The id of the signal for a callback that arrives at `now`. A token issued in the future, by a
/// worker whose clock is ahead, has age zero.
pub fn signal_id(token: IssuedToken, now: Timestamp) -> String {
    let issued_at = token.issued_at.as_second();
    let age = u64::try_from(now.as_second().saturating_sub(issued_at)).unwrap_or(0);
    let window = (age / FIRST_WINDOW + 1).ilog2();
    format!("callback-{issued_at}-{window}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::SignedDuration;

    use super::*;

    const ISSUED_AT: i64 = 1_790_000_000;

    fn token(issued_at: Timestamp) -> IssuedToken {
        IssuedToken {
            issued_at,
            trace_parent: None,
        }
    }

    fn at_age(seconds: i64) -> String {
        let issued_at = Timestamp::from_second(ISSUED_AT).unwrap();
        let now = issued_at + SignedDuration::from_secs(seconds);
        signal_id(token(issued_at), now)
    }

    #[test]
    fn each_window_is_twice_as_long_as_the_last() {
        let first_of_window = [(0, 0), (5, 1), (15, 2), (35, 3), (75, 4), (155, 5)];
        for (age, window) in first_of_window {
            assert_eq!(at_age(age), format!("callback-{ISSUED_AT}-{window}"));
            if age > 0 {
                assert_ne!(at_age(age - 1), at_age(age), "age {age}");
            }
        }
    }

    #[test]
    fn callbacks_over_a_month_are_about_twenty_signals() {
        let month = 30 * 24 * 3600;
        let ids: BTreeSet<String> = (0..month).step_by(5).map(at_age).collect();
        assert_eq!(ids.len(), 19);
    }

    #[test]
    fn a_token_from_a_clock_that_is_ahead_has_no_age() {
        assert_eq!(at_age(-3), at_age(0));
        let (ahead, behind) = (Timestamp::MAX, Timestamp::MIN);
        let token = token(ahead);
        assert!(signal_id(token, behind).ends_with("-0"));
    }
}
