//! How long to wait for what: the timings of one operation, taken from the configuration once and
//! recorded with the run, so that a changed configuration never affects a running operation.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::written_duration;
#[cfg(feature = "schema")]
use crate::contract::written_duration::WrittenDuration;

/// The longest `Retry-After` of the partner or of billing that is respected.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

/// The longest time that a step may wait for a worker. After that the workflow continues without
/// it.
pub const HANDED_OUT_WITHIN: Duration = Duration::from_secs(10);

/// The timings of one operation, in human units ("30s", "5m").
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Schedule {
    /// How long one HTTP request may take, from connecting to the last byte of the response, and at
    /// most half of it to connect; also how long the kernel keeps sending what could not be
    /// delivered. At most 60s.
    #[serde(with = "written_duration")]
    #[cfg_attr(feature = "schema", schemars(with = "WrittenDuration"))]
    pub request_timeout: Duration,
    /// How long after a submission the partner is first asked if no callback has come. Later pauses grow
    /// from it; so do those after a submission that was not sent, and while billing does not answer.
    #[serde(with = "written_duration")]
    #[cfg_attr(feature = "schema", schemars(with = "WrittenDuration"))]
    pub first_check: Duration,
    /// The factor by which each pause is longer than the one before it, 1 to 10.
    pub growth: u32,
    /// The longest that a pause may become; not shorter than `first_check`.
    #[serde(with = "written_duration")]
    #[cfg_attr(feature = "schema", schemars(with = "WrittenDuration"))]
    pub longest_pause: Duration,
    /// How long an operation may stay open before it needs an operator's attention; not shorter than
    /// `first_check`.
    #[serde(with = "written_duration")]
    #[cfg_attr(feature = "schema", schemars(with = "WrittenDuration"))]
    pub needs_attention_after: Duration,
    /// How often the partner is asked while an operation needs attention.
    #[serde(with = "written_duration")]
    #[cfg_attr(feature = "schema", schemars(with = "WrittenDuration"))]
    pub attention_check: Duration,
    /// Whether the partner is asked once more about every completed operation after its end. About
    /// those that an operator closed it always is.
    pub look_again: bool,
    /// How long after the end that is.
    #[serde(with = "written_duration")]
    #[cfg_attr(feature = "schema", schemars(with = "WrittenDuration"))]
    pub look_again_after: Duration,
}

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule {
            request_timeout: Duration::from_secs(10),
            first_check: Duration::from_secs(15),
            growth: 2,
            longest_pause: Duration::from_secs(10 * 60),
            needs_attention_after: Duration::from_secs(2 * 60 * 60),
            attention_check: Duration::from_secs(15 * 60),
            look_again: false,
            look_again_after: Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl Schedule {
    /// Refuses timings that would overload the partner or wait for ever; names the setting.
    pub fn check(&self) -> Result<(), String> {
        let least = Duration::from_secs(1);
        let most = Duration::from_secs(366 * 24 * 60 * 60);
        for (name, duration) in [
            ("request_timeout", self.request_timeout),
            ("first_check", self.first_check),
            ("longest_pause", self.longest_pause),
            ("needs_attention_after", self.needs_attention_after),
            ("attention_check", self.attention_check),
            ("look_again_after", self.look_again_after),
        ] {
            if duration < least || duration > most {
                return Err(format!("{name} must be between 1s and 366d"));
            }
        }
        if self.request_timeout > Duration::from_secs(60) {
            return Err("request_timeout must be at most 60s".to_owned());
        }
        if !(1..=10).contains(&self.growth) {
            return Err("growth must be between 1 and 10".to_owned());
        }
        for (name, duration) in [
            ("longest_pause", self.longest_pause),
            ("needs_attention_after", self.needs_attention_after),
        ] {
            if duration < self.first_check {
                return Err(format!("{name} must not be shorter than first_check"));
            }
        }
        Ok(())
    }

    /// The pause before attempt number `tries` (the first is 0).
    pub fn pause(&self, tries: u32) -> Duration {
        let factor = self.growth.saturating_pow(tries);
        self.first_check
            .saturating_mul(factor)
            .min(self.longest_pause)
    }

    /// How long the kernel may at most keep sending what a closed connection has given it. The
    /// TCP_USER_TIMEOUT of each connection is half of it, since the kernel starts to count late
    /// (`docs/decisions/0015-how-late-a-byte-may-leave.md`).
    pub fn kernel_sends_for(&self) -> Duration {
        self.request_timeout
    }

    /// How long after the last byte of a submission could have been given to the kernel "not found"
    /// starts to count, at a partner that may hide it for `hidden_for`: the kernel may still send
    /// it, and the request has its own timeout.
    pub fn proof_delay(&self, hidden_for: Duration) -> Duration {
        self.kernel_sends_for() + hidden_for + self.request_timeout
    }

    /// How long after it was scheduled the step of a submission may at most give bytes to the
    /// kernel: it waits for a worker, then it has its own time.
    pub fn submission_limit(&self) -> Duration {
        HANDED_OUT_WITHIN + self.submission_timeout()
    }

    /// How long the step that submits may run: three requests, of which the last may submit.
    pub fn submission_timeout(&self) -> Duration {
        self.activity_timeout(3)
    }

    /// How long the step that asks the partner may run: three requests, for a partner that has to
    /// be told to give up what it has not carried out.
    pub fn question_timeout(&self) -> Duration {
        self.activity_timeout(3)
    }

    /// How long the step that tells billing may run.
    pub fn billing_timeout(&self) -> Duration {
        self.activity_timeout(1)
    }

    /// The part of a `Retry-After` that is respected.
    pub fn obeyed(&self, retry_after: Duration) -> Duration {
        retry_after.min(LONGEST_RETRY_AFTER)
    }

    /// How long an activity that makes `requests` HTTP requests one after the other may run.
    pub fn activity_timeout(&self, requests: u32) -> Duration {
        self.request_timeout * requests + Duration::from_secs(5)
    }
}

/// The time one pause after `at`.
pub(crate) fn after(at: Timestamp, pause: Duration) -> Timestamp {
    at.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// The time of a test, in seconds after its beginning.
#[cfg(test)]
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).expect("a moment")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_never_overflow() {
        let schedule = Schedule::default();
        let seconds: Vec<u64> = (0..8)
            .map(|tries| schedule.pause(tries).as_secs())
            .collect();
        assert_eq!(seconds, [15, 30, 60, 120, 240, 480, 600, 600]);
        assert_eq!(schedule.pause(u32::MAX), schedule.longest_pause);
    }

    #[test]
    fn a_schedule_is_written_in_human_units_and_what_is_missing_takes_the_default() {
        let schedule: Schedule = serde_json::from_str(r#"{"first_check":"1m 30s"}"#).unwrap();
        assert_eq!(schedule.first_check, Duration::from_secs(90));
        assert_eq!(schedule.longest_pause, Schedule::default().longest_pause);
        let days: Schedule = serde_json::from_str(r#"{"look_again_after":"30d"}"#).unwrap();
        assert_eq!(
            days.look_again_after,
            Duration::from_secs(30 * 24 * 60 * 60)
        );
        assert!(
            serde_json::to_string(&schedule)
                .unwrap()
                .contains(r#""first_check":"1m 30s""#)
        );
    }

    #[test]
    fn senseless_timings_are_refused_by_name() {
        let schedule = Schedule {
            first_check: Duration::ZERO,
            ..Schedule::default()
        };
        assert!(schedule.check().unwrap_err().starts_with("first_check"));
        let schedule = Schedule {
            growth: 0,
            ..Schedule::default()
        };
        assert!(schedule.check().unwrap_err().starts_with("growth"));
        let schedule = Schedule {
            needs_attention_after: Duration::from_secs(14),
            ..Schedule::default()
        };
        let fault = schedule.check().unwrap_err();
        assert!(fault.starts_with("needs_attention_after"), "{fault}");
        assert_eq!(Schedule::default().check(), Ok(()));
    }
}
