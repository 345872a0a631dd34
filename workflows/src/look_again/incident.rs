//! Compares what the partner says after the end with the end in the books. Pure code.

use serde::{Deserialize, Serialize};

use crate::contract::outcome::Ending;
use crate::operation::denial::Denial;
use crate::operation::movement::Movement;
use crate::operation::partner_report::{Status, StatusReport};
use crate::operation::verdict::Asked;

/// What the books say of an operation that has ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Books {
    pub(super) asked: Asked,
    pub(super) ending: Ending,
    /// The money known to have moved by then, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) moved: Option<Movement>,
}

/// Something that a person has to correct.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Incident {
    /// What kind of incident it is.
    pub kind: IncidentKind,
    /// What the books say, and what the partner says.
    pub words: String,
}

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// Money moved that is not in the books.
    MovedAfterAll,
    /// The books say that money moved, and the partner says that none did.
    NotMoved,
    /// A different amount or operation moved than the books say.
    MovedOtherwise,
    /// The books say that money moved, and the partner has not finished it.
    NotFinished,
    /// The partner has given no final status for too long.
    Unanswered,
}

/// The result of one look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Seen {
    /// The partner's answer agrees with the books.
    Agreed,
    /// It says something else.
    Otherwise(Incident),
    /// Its answer is not final.
    Undecided(String),
}

impl IncidentKind {
    /// The form used in a headline.
    pub fn label(self) -> &'static str {
        match self {
            IncidentKind::MovedAfterAll => "money moved after all",
            IncidentKind::NotMoved => "the money has not moved after all",
            IncidentKind::MovedOtherwise => "other money moved than the books say",
            IncidentKind::NotFinished => "the partner has taken its end back",
            IncidentKind::Unanswered => "the partner gives no final status",
        }
    }
}

impl Books {
    /// Compares the partner's answer with the books.
    pub(super) fn judge(&self, report: &StatusReport) -> Seen {
        let (moved, words) = match report {
            StatusReport::AccessDenied(Denial { reason, .. })
            | StatusReport::NoAnswer { reason, .. } => {
                return Seen::Undecided(reason.clone());
            }
            StatusReport::NotFound => (None, "not found".to_owned()),
            StatusReport::NothingMoved => (None, "nothing moved".to_owned()),
            StatusReport::Shown(state) if state.request_id != self.asked.request_id.as_str() => {
                return Seen::Undecided(format!("it speaks of request {}", state.request_id));
            }
            StatusReport::Shown(state) => match (Movement::of(state), &state.status) {
                (Some(moved), status) => {
                    let words = format!("{status}: {moved}");
                    (Some(moved), words)
                }
                (None, status @ Status::Declined { .. }) => (None, status.to_string()),
                (None, status) if self.moved.is_none() => {
                    return Seen::Undecided(status.to_string());
                }
                (None, status) => {
                    return self.otherwise(IncidentKind::NotFinished, &status.to_string());
                }
            },
        };
        match (&self.moved, &moved) {
            (ours, theirs) if ours == theirs => Seen::Agreed,
            (None, _) => self.otherwise(IncidentKind::MovedAfterAll, &words),
            (Some(_), None) => self.otherwise(IncidentKind::NotMoved, &words),
            (Some(_), Some(_)) => self.otherwise(IncidentKind::MovedOtherwise, &words),
        }
    }

    fn otherwise(&self, kind: IncidentKind, said: &str) -> Seen {
        let ending = self.ending.as_str();
        let moved = match &self.moved {
            Some(moved) => moved.to_string(),
            None => "nothing".to_owned(),
        };
        Seen::Otherwise(Incident {
            kind,
            words: format!(
                "it was closed as {ending}, with {moved} moved, and the partner now says {said}"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::ids::RequestId;
    use crate::contract::kind::Kind;
    use crate::contract::money::Money;
    use crate::operation::partner_report::OperationState;

    fn shown(status: &str, amount: &str) -> StatusReport {
        let state = OperationState::shown("r-1", Kind::ExtraPayment, status, amount, "pp-1");
        StatusReport::Shown(state)
    }

    /// An operation that ended this way, after this amount had moved.
    fn books(ending: Ending, moved: Option<&str>) -> Books {
        Books {
            asked: Asked {
                kind: Kind::ExtraPayment,
                request_id: RequestId::parse("r-1").unwrap(),
                money: Money::parse("125.50", "KGS").unwrap(),
            },
            ending,
            moved: moved.and_then(|amount| match shown("completed", amount) {
                StatusReport::Shown(state) => Movement::of(&state),
                _ => None,
            }),
        }
    }

    fn kind(seen: Seen) -> Result<IncidentKind, Seen> {
        match seen {
            Seen::Otherwise(incident) => Ok(incident.kind),
            seen => Err(seen),
        }
    }

    #[test]
    fn where_nothing_had_moved_only_moved_money_is_an_incident() {
        for ending in [Ending::Declined, Ending::Abandoned] {
            let books = books(ending, None);
            for report in [StatusReport::NotFound, shown("declined", "125.50")] {
                assert_eq!(books.judge(&report), Seen::Agreed, "{report:?}");
            }
            for amount in ["125.50", "130.00"] {
                let seen = books.judge(&shown("completed", amount));
                assert_eq!(kind(seen), Ok(IncidentKind::MovedAfterAll), "{amount}");
            }
            let pending = books.judge(&shown("pending", "125.50"));
            assert_eq!(pending, Seen::Undecided("pending".into()));
        }
    }

    #[test]
    fn an_incident_says_what_moved_and_as_what_it_was_closed() {
        let seen = books(Ending::Abandoned, None).judge(&shown("completed", "125.5"));
        let Seen::Otherwise(incident) = seen else {
            panic!("{seen:?}");
        };
        assert_eq!(
            incident.words,
            "it was closed as abandoned, with nothing moved, and the partner now says completed: \
             extra payment 125.50 KGS as pp-1"
        );
    }

    #[test]
    fn what_had_moved_has_to_stand_whatever_was_asked_for() {
        for (ending, amount) in [
            (Ending::Completed, "125.50"),
            // Given up because of a different amount.
            (Ending::Abandoned, "130.00"),
        ] {
            let books = books(ending, Some(amount));
            assert_eq!(books.judge(&shown("completed", amount)), Seen::Agreed);
            for (report, expected) in [
                (StatusReport::NotFound, IncidentKind::NotMoved),
                (shown("declined", amount), IncidentKind::NotMoved),
                (shown("pending", amount), IncidentKind::NotFinished),
                (shown("completed", "7.00"), IncidentKind::MovedOtherwise),
            ] {
                assert_eq!(kind(books.judge(&report)), Ok(expected), "{report:?}");
            }
        }
    }

    #[test]
    fn silence_agrees_with_nothing() {
        let access_denied =
            StatusReport::AccessDenied(Denial::by_configuration("another identity"));
        for books in [
            books(Ending::Abandoned, None),
            books(Ending::Completed, Some("125.50")),
        ] {
            assert_eq!(
                books.judge(&access_denied),
                Seen::Undecided("another identity".into())
            );
        }
    }
}
