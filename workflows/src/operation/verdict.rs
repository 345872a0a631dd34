//! What a report of the partner means for the request: it counts only if it is about the same
//! request, kind, amount and currency.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::ids::RequestId;
use crate::contract::kind::Kind;
use crate::contract::money::Money;
use crate::operation::denial::Denial;
use crate::operation::mismatch::{Mismatch, MismatchField};
use crate::operation::partner_report::{OperationState, Shown, Status, StatusReport};

/// What was requested from the partner; its answers are compared with this.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// A payment or a reversal.
    pub kind: Kind,
    /// The request id.
    pub request_id: RequestId,
    /// The amount.
    pub money: Money,
}

/// The partner's answer, after it was compared with the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It has the operation and has not finished it. An unknown status counts as this: it is not
    /// final.
    Pending {
        /// The partner's id of the operation.
        partner_payment_id: String,
    },
    /// The money moved, as requested.
    Completed(Confirmation),
    /// It declined; no money moved.
    Declined {
        /// The partner's code, `unspecified` if it gave none.
        code: String,
        /// The declined operation.
        confirmation: Confirmation,
    },
    /// Its answer is about something else than was requested.
    Contradicts(Mismatch),
    /// It does not know the request (which proves nothing for a while; see `submission.rs`).
    NotFound,
    /// It denies us access.
    AccessDenied(Denial),
    /// It gave no usable answer.
    NoAnswer(String),
    /// It may not have been asked, or put the question off.
    NotAsked(String),
}

/// The partner's record of a final operation.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Confirmation {
    /// The partner's id of the operation.
    pub partner_payment_id: String,
    /// The time of the partner's `updatedAt`.
    pub at: Timestamp,
}

/// The partner's own text where there is one.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Pending { .. } => f.write_str("pending"),
            Verdict::Completed(_) => f.write_str("completed"),
            Verdict::Declined { code, .. } => write!(f, "declined ({code})"),
            Verdict::Contradicts(mismatch) => mismatch.fmt(f),
            Verdict::NotFound => f.write_str("not found"),
            Verdict::AccessDenied(denial) => write!(f, "nothing: {denial}"),
            Verdict::NoAnswer(reason) => write!(f, "nothing: {reason}"),
            Verdict::NotAsked(reason) => write!(f, "nothing: {reason}"),
        }
    }
}

impl Asked {
    /// What the answer to a status question means. `known` is the partner's id of the operation, if
    /// it has given one: another id now means another operation.
    pub fn verdict_on(&self, report: &StatusReport, known: Option<&str>) -> Verdict {
        match report {
            StatusReport::Shown(state) => self.verdict_on_state(state, known),
            StatusReport::NotFound | StatusReport::NothingMoved => Verdict::NotFound,
            StatusReport::AccessDenied(denial) => Verdict::AccessDenied(denial.clone()),
            StatusReport::NoAnswer { reason, .. } if report.is_unasked() => {
                Verdict::NotAsked(reason.clone())
            }
            StatusReport::NoAnswer { reason, .. } => Verdict::NoAnswer(reason.clone()),
        }
    }

    /// What a state that the partner shows means.
    pub fn verdict_on_state(&self, state: &OperationState, known: Option<&str>) -> Verdict {
        if let Some(mismatch) = self.mismatch(state, known) {
            return Verdict::Contradicts(mismatch);
        }
        let partner_payment_id = state.partner_payment_id.clone();
        let confirmation = Confirmation {
            partner_payment_id: partner_payment_id.clone(),
            at: state.updated_at,
        };
        match &state.status {
            Status::Completed => Verdict::Completed(confirmation),
            Status::Declined { code } => Verdict::Declined {
                code: code.clone(),
                confirmation,
            },
            Status::Pending | Status::Unknown(_) => Verdict::Pending { partner_payment_id },
        }
    }

    fn mismatch(&self, state: &OperationState, known: Option<&str>) -> Option<Mismatch> {
        let OperationState {
            request_id,
            kind,
            money,
            partner_payment_id,
            ..
        } = state;
        if *request_id != self.request_id.as_str() {
            Some(Mismatch::new(
                MismatchField::RequestId,
                &self.request_id,
                request_id,
            ))
        } else if *kind != Shown::Ours(self.kind) {
            Some(Mismatch::new(MismatchField::Kind, &self.kind, kind))
        } else if *money != Shown::Ours(self.money) {
            Some(Mismatch::new(MismatchField::Amount, &self.money, money))
        } else {
            let known = known.filter(|known| known != partner_payment_id)?;
            Some(Mismatch::new(
                MismatchField::PartnerPaymentId,
                &known,
                partner_payment_id,
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        Asked {
            kind: Kind::ExtraPayment,
            request_id: RequestId::parse("r-1").unwrap(),
            money: Money::parse("125.50", "KGS").unwrap(),
        }
    }

    fn state(status: &str) -> OperationState {
        OperationState::shown("r-1", Kind::ExtraPayment, status, "125.50", "pp-1")
    }

    #[test]
    fn only_the_two_final_words_are_final() {
        assert!(matches!(
            asked().verdict_on_state(&state("completed"), None),
            Verdict::Completed(_)
        ));
        assert!(matches!(
            asked().verdict_on_state(&state("declined"), None),
            Verdict::Declined { code, .. } if code == "unspecified"
        ));
        for verdict in ["pending", "COMPLETED", "SETTLED", ""] {
            assert!(
                matches!(
                    asked().verdict_on_state(&state(verdict), None),
                    Verdict::Pending { .. }
                ),
                "{verdict}"
            );
        }
    }

    #[test]
    fn a_difference_in_id_kind_amount_or_currency_is_told_with_both_values() {
        type Change = fn(&mut OperationState);
        let changes: [(Change, &str); 6] = [
            (
                |it| it.request_id = "r-2".into(),
                "request_id: asked r-1, the partner says r-2",
            ),
            (
                |it| it.kind = Shown::Ours(Kind::PaymentReversal),
                "kind: asked extra payment, the partner says reversal",
            ),
            (
                |it| it.money = Shown::Ours(Money::parse("125.51", "KGS").unwrap()),
                "amount: asked 125.50 KGS, the partner says 125.51 KGS",
            ),
            (
                |it| it.money = Shown::Ours(Money::parse("125.50", "USD").unwrap()),
                "amount: asked 125.50 KGS, the partner says 125.50 USD",
            ),
            (
                |it| it.kind = Shown::Unknown { text: "FEE".into() },
                "kind: asked extra payment, the partner says FEE",
            ),
            (
                |it| it.partner_payment_id = "pp-2".into(),
                "partner_payment_id: asked pp-1, the partner says pp-2",
            ),
        ];
        for (change, expected) in changes {
            let mut state = state("completed");
            change(&mut state);
            match asked().verdict_on_state(&state, Some("pp-1")) {
                Verdict::Contradicts(mismatch) => assert_eq!(mismatch.to_string(), expected),
                verdict => panic!("{expected}: {verdict:?}"),
            }
        }
    }
}
