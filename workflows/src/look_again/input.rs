//! The operation that is looked at again, as each run hands it to the next. Pure code.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::incident::{Books, Incident, IncidentKind, Seen};
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
    /// When the partner is asked next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) look_at: Option<Timestamp>,
    /// Since when the partner's answers have not been final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) asked_in_vain_since: Option<Timestamp>,
    /// What is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) incident: Option<Incident>,
}

impl LookAgainInput {
    /// When to look, for a run that began at `begun`.
    pub(super) fn look_at(&mut self, begun: Timestamp) -> Timestamp {
        let first = after(begun, self.schedule.look_again_after);
        *self.look_at.get_or_insert(first)
    }

    /// Notes the result of a look at `now`; returns whether that opens an incident.
    pub(super) fn saw(&mut self, seen: &Seen, now: Timestamp) -> bool {
        self.look_at = Some(after(now, self.schedule.attention_check));
        let incident = match seen {
            Seen::Agreed => return false,
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
                        "asked since {since}, the partner gives no final status; its last answer: {last}"
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
    use crate::contract::ids::{OrderId, RequestId};
    use crate::contract::kind::Kind;
    use crate::contract::money::Money;
    use crate::contract::outcome::Ending;
    use crate::operation::terms::AccountIdentity;
    use crate::operation::verdict::Asked;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn input() -> LookAgainInput {
        let request_id = RequestId::parse("r").unwrap();
        let schedule = Schedule::default();
        LookAgainInput {
            call: PartnerCall {
                merchant: "m".into(),
                identity: AccountIdentity {
                    partner: "sky".into(),
                    partner_url: "https://partner.example/".into(),
                    merchant_id: "m-1".into(),
                },
                request_id: request_id.clone(),
                order_id: OrderId::parse("o").unwrap(),
                kind: Kind::ExtraPayment,
                request_timeout: schedule.request_timeout,
            },
            books: Books {
                asked: Asked {
                    kind: Kind::ExtraPayment,
                    request_id,
                    money: Money::parse("1", "KGS").unwrap(),
                },
                ending: Ending::Abandoned,
                moved: None,
            },
            schedule,
            look_at: None,
            asked_in_vain_since: None,
            incident: None,
        }
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
        input.saw(&Seen::Agreed, first);
        assert_eq!(
            input.look_at(at(0)),
            after(first, Schedule::default().attention_check)
        );
    }
}
