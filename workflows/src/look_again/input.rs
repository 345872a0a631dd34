//! The operation that is looked at again, as each run hands it to the next. Pure code.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::optional as friendly;
use serde::{Deserialize, Serialize};

use super::incident::{Books, Incident, IncidentKind, Seen};
use crate::flow::run::CALLBACK_GAP;
use crate::operation::activity_input::PartnerCall;
use crate::operation::schedule::{Schedule, after};
use crate::operation::summary::Summary;

/// The operation that is looked at, and what was found so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LookAgainInput {
    pub(super) call: PartnerCall,
    #[serde(flatten)]
    pub(super) books: Books,
    pub(super) schedule: Schedule,
    /// For how long after the end the partner may still turn it into another one.
    #[serde(default, with = "friendly", skip_serializing_if = "Option::is_none")]
    pub(super) may_flip_for: Option<Duration>,
    /// Until when its agreement ends nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<Timestamp>,
    /// When the partner is asked in any case. Before that, its agreement ends nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<Timestamp>,
    /// When the partner is asked next, unless a signal comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) look_at: Option<Timestamp>,
    /// Whether a signal has come since the last look began.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) woken: bool,
    /// When the last look began that a signal asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) woken_look: Option<Timestamp>,
    /// Since when the partner's answers have not been final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) asked_in_vain_since: Option<Timestamp>,
    /// What is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) incident: Option<Incident>,
}

impl LookAgainInput {
    /// When to look, for a run that began at `begun`: sooner if a signal asks for it, but such looks
    /// are [`CALLBACK_GAP`] apart.
    pub(super) fn look_at(&mut self, begun: Timestamp) -> Timestamp {
        let first = after(begun, self.schedule.look_again_after);
        let due = *self.due.get_or_insert(first);
        self.until.get_or_insert_with(|| {
            let flips = self.may_flip_for.unwrap_or_default();
            due.max(after(begun, flips))
        });
        let by_timer = *self.look_at.get_or_insert(due);
        let by_signal = self.woken_look.map_or(begun, |at| after(at, CALLBACK_GAP));
        if self.woken {
            by_timer.min(by_signal)
        } else {
            by_timer
        }
    }

    /// Notes that a look begins at `now`. It serves the signals that came before it.
    pub(super) fn begin_look(&mut self, now: Timestamp) {
        if std::mem::take(&mut self.woken) {
            self.woken_look = Some(now);
        }
    }

    /// Whether there is nothing left to look at once the partner has agreed at `now`. An answer that
    /// agrees early may still change: until the look that is due, and for as long as the partner may
    /// flip.
    pub(super) fn is_settled(&self, now: Timestamp) -> bool {
        self.incident.is_some() || self.until.is_none_or(|until| now >= until)
    }

    /// Notes the result of a look at `now`; returns whether that opens an incident.
    pub(super) fn saw(&mut self, seen: &Seen, now: Timestamp) -> bool {
        let next = after(now, self.schedule.attention_check);
        self.look_at = Some(next);
        let incident = match seen {
            Seen::Agreed => {
                self.asked_in_vain_since = None;
                self.look_at = match (self.due, self.until) {
                    (Some(due), _) if now < due => Some(next.max(due)),
                    (_, Some(until)) => {
                        Some(after(now, self.schedule.look_again_after).min(until.max(next)))
                    }
                    _ => Some(next),
                };
                return false;
            }
            Seen::Otherwise(incident) => {
                self.asked_in_vain_since = None;
                incident.clone()
            }
            Seen::Undecided(last) => {
                let since = *self.asked_in_vain_since.get_or_insert(now);
                let patience = self.schedule.needs_attention_after;
                if self.incident.is_some() || now < after(since, patience) {
                    return false;
                }
                Incident {
                    kind: IncidentKind::Unanswered,
                    words: format!(
                        "asked since {since:.0}, the partner gives no final status; its last answer: {last}"
                    ),
                }
            }
        };
        self.incident.replace(incident).is_none()
    }

    pub(super) fn summary(&self) -> Summary<'_> {
        Summary {
            kind: self.books.asked.kind,
            money: self.books.asked.money,
            order_id: &self.call.order_id,
            merchant: Some(&self.call.merchant),
            request_id: &self.call.request_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::kind::Kind;
    use crate::contract::outcome::Ending;
    use crate::operation::Operation;
    use crate::operation::schedule::at;
    use crate::operation::terms::Terms;

    fn input() -> LookAgainInput {
        let operation = Operation::in_tests(Kind::ExtraPayment, Terms::in_tests(), at(0));
        let json = serde_json::json!({
            "call": operation.partner_call(), "asked": operation.submission.asked(),
            "ending": Ending::Abandoned, "schedule": operation.terms.schedule,
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn silence_is_an_incident_once_it_has_lasted_too_long() {
        let mut input = input();
        let silent = Seen::Undecided("key_unknown".into());
        let patience = input.schedule.needs_attention_after.as_secs() as i64;
        assert!(!input.saw(&silent, at(0)));
        assert!(!input.saw(&silent, at(patience - 1)));
        assert!(input.saw(&silent, at(patience)));
        let incident = input.incident.clone().unwrap();
        assert_eq!(incident.kind, IncidentKind::Unanswered);
        assert!(incident.words.contains("key_unknown"), "{incident:?}");
        // It is reported once, and replaced by what the partner says next.
        assert!(!input.saw(&silent, at(patience + 1)));
        let moved = Incident {
            kind: IncidentKind::MovedAfterAll,
            words: "it moved".into(),
        };
        assert!(!input.saw(&Seen::Otherwise(moved.clone()), at(patience + 2)));
        assert_eq!(input.incident, Some(moved));
    }

    #[test]
    fn the_next_look_is_where_it_was_whatever_run_takes_it() {
        let mut input = input();
        let first = input.look_at(at(0));
        assert_eq!(first, at(24 * 60 * 60));
        assert_eq!(input.look_at(at(500)), first);
        input.saw(&Seen::Undecided("pending".into()), first);
        assert_eq!(
            input.look_at(at(0)),
            after(first, Schedule::default().attention_check)
        );
    }

    #[test]
    fn a_signal_brings_the_next_look_forward_and_such_looks_are_five_seconds_apart() {
        let mut input = input();
        let due = input.look_at(at(0));
        input.woken = true;
        assert_eq!(input.look_at(at(0)), at(0), "now");
        input.begin_look(at(100));
        assert_eq!(input.look_at(at(0)), due, "a look serves all signals");
        input.woken = true;
        assert_eq!(input.look_at(at(0)), at(105));
        input.begin_look(at(105));
        input.woken = true;
        assert_eq!(input.look_at(at(0)), at(110));
        let close = due - jiff::SignedDuration::from_secs(1);
        input.begin_look(close);
        input.woken = true;
        assert_eq!(input.look_at(at(0)), due, "a signal delays nothing");
    }

    #[test]
    fn an_answer_that_agrees_early_leaves_the_look_that_is_due() {
        let mut input = input();
        let due = input.look_at(at(0));
        input.woken = true;
        input.begin_look(at(1));
        assert!(!input.saw(&Seen::Agreed, at(1)));
        assert!(!input.is_settled(at(1)));
        assert_eq!(input.look_at(at(0)), due);
        assert!(input.is_settled(due));
    }

    #[test]
    fn while_the_partner_may_flip_it_is_looked_at_daily() {
        let day = 24 * 60 * 60;
        let mut input = LookAgainInput {
            may_flip_for: Some(Duration::from_secs(2 * day as u64 + 10)),
            ..input()
        };
        let mut looks = Vec::new();
        let mut look = input.look_at(at(0));
        loop {
            looks.push(look);
            input.saw(&Seen::Agreed, look);
            if input.is_settled(look) {
                break;
            }
            look = input.look_at(at(0));
        }
        let last = 2 * day + i64::try_from(Schedule::default().attention_check.as_secs()).unwrap();
        assert_eq!(looks, [at(day), at(2 * day), at(last)]);
    }

    #[test]
    fn an_incident_that_a_signal_found_is_settled_by_the_next_answer_that_agrees() {
        let mut input = input();
        input.look_at(at(0));
        let moved = Incident {
            kind: IncidentKind::MovedAfterAll,
            words: "it moved".into(),
        };
        assert!(input.saw(&Seen::Otherwise(moved), at(1)));
        assert!(input.is_settled(at(2)));
    }
}
