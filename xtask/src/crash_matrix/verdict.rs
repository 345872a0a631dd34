//! Whether the money went where it should have gone after a strike.

use super::point::Kind;

/// What everybody says about one operation in the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Evidence {
    pub(crate) kind: Kind,
    /// How often the partner's ledger says that money moved.
    pub(crate) moved: usize,
    /// How many records billing has.
    pub(crate) billed: usize,
    pub(crate) end: End,
}

/// How it stands when all patience is over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// Closed, with this outcome.
    Closed(String),
    /// Still running, in this phase.
    Open(String),
}

/// What must not be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wrong {
    /// Money moved more than once, or billing recorded it more than once.
    Double,
    /// It closed without the money that it was for, or without billing's record, though nobody
    /// declined it.
    Loss,
    /// Billing has a record of what it should never hear of.
    BilledForNothing,
    /// It waits, and no operator is told.
    UnseenWait,
}

impl Evidence {
    /// What is wrong, if anything is. Every fault has been lifted, so each operation has to
    /// complete, or else to be seen.
    pub(crate) fn wrong(&self) -> Option<Wrong> {
        let billable = match self.kind {
            Kind::ExtraPayment => self.moved,
            Kind::Reversal => 0,
        };
        match &self.end {
            _ if self.moved > 1 || self.billed > 1 => Some(Wrong::Double),
            _ if self.billed > billable => Some(Wrong::BilledForNothing),
            End::Closed(outcome) if outcome != "completed" => Some(Wrong::Loss),
            End::Closed(_) if self.moved == 0 || self.billed < billable => Some(Wrong::Loss),
            End::Open(phase) if phase != "needs_attention" => Some(Wrong::UnseenWait),
            End::Closed(_) | End::Open(_) => None,
        }
    }

    /// The cell of the table.
    pub(crate) fn words(&self) -> String {
        let movement = match self.kind {
            Kind::ExtraPayment => counted(self.moved, "charge"),
            Kind::Reversal => counted(self.moved, "refund"),
        };
        let end = match &self.end {
            End::Closed(outcome) => outcome.clone(),
            End::Open(phase) => format!("open: {phase}"),
        };
        let cell = format!("{movement}, {}, {end}", counted(self.billed, "bill"));
        match self.wrong() {
            None => cell,
            Some(wrong) => format!("**WRONG, {}**: {cell}", wrong.words()),
        }
    }
}

impl Wrong {
    fn words(self) -> &'static str {
        match self {
            Wrong::Double => "double",
            Wrong::Loss => "lost",
            Wrong::BilledForNothing => "billed for nothing",
            Wrong::UnseenWait => "unseen wait",
        }
    }
}

fn counted(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(kind: Kind, moved: usize, billed: usize, end: End) -> Evidence {
        Evidence {
            kind,
            moved,
            billed,
            end,
        }
    }

    fn completed() -> End {
        End::Closed("completed".to_owned())
    }

    #[test]
    fn one_charge_with_its_bill_and_one_refund_without_are_right() {
        let payment = evidence(Kind::ExtraPayment, 1, 1, completed());
        assert_eq!(payment.wrong(), None);
        assert_eq!(payment.words(), "1 charge, 1 bill, completed");
        let reversal = evidence(Kind::Reversal, 1, 0, completed());
        assert_eq!(reversal.wrong(), None);
        assert_eq!(reversal.words(), "1 refund, 0 bills, completed");
    }

    #[test]
    fn a_double_is_wrong_whatever_the_end() {
        for (moved, billed) in [(2, 1), (1, 2), (2, 0)] {
            for end in [completed(), End::Open("needs_attention".to_owned())] {
                let double = evidence(Kind::ExtraPayment, moved, billed, end);
                assert_eq!(double.wrong(), Some(Wrong::Double));
            }
        }
    }

    #[test]
    fn a_close_without_its_money_or_its_bill_is_a_loss() {
        let unbilled = evidence(Kind::ExtraPayment, 1, 0, completed());
        let unpaid = evidence(Kind::Reversal, 0, 0, completed());
        let given_up = evidence(Kind::Reversal, 0, 0, End::Closed("rejected".to_owned()));
        for lost in [unbilled, unpaid, given_up] {
            assert_eq!(lost.wrong(), Some(Wrong::Loss), "{lost:?}");
        }
    }

    #[test]
    fn a_bill_without_a_charge_or_of_a_reversal_is_wrong() {
        for (kind, moved) in [(Kind::ExtraPayment, 0), (Kind::Reversal, 1)] {
            let billed = evidence(kind, moved, 1, completed());
            assert_eq!(billed.wrong(), Some(Wrong::BilledForNothing));
        }
    }

    #[test]
    fn a_wait_is_right_only_where_an_operator_sees_it() {
        let waits = |phase: &str| evidence(Kind::ExtraPayment, 1, 0, End::Open(phase.to_owned()));
        assert_eq!(waits("needs_attention").wrong(), None);
        assert_eq!(waits("verifying").wrong(), Some(Wrong::UnseenWait));
        assert_eq!(
            waits("verifying").words(),
            "**WRONG, unseen wait**: 1 charge, 0 bills, open: verifying"
        );
    }
}
