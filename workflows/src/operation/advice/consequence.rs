//! The consequences of a resolution that would be accepted: what moved, what billing is told, and
//! what is left to do by hand.

use crate::contract::kind::Kind;
use crate::contract::resolution::ResolveAs;
use crate::operation::Operation;
use crate::operation::movement::Movement;
use crate::operation::partner_report::{OperationState, Status};
use crate::operation::submission::Submission;

/// The consequences.
pub(super) struct Consequence {
    /// Whether the partner's answers are enough for it.
    pub(super) safe: bool,
    pub(super) words: String,
}

/// The consequences of this end. `submission` is what would be known of it then; none if the
/// payment is completed.
pub(super) fn consequence(
    operation: &Operation,
    submission: Option<&Submission>,
    resolve_as: ResolveAs,
) -> Consequence {
    let Some(submission) = submission else {
        return of_a_document_made_by_hand(operation);
    };
    if submission.nothing_sent() {
        let words = "nothing was sent, or it is proven not to have arrived: nothing moved";
        return Consequence::safe(words);
    }
    if let (Some(_), Some(state)) = (submission.mismatch(), operation.last_answer.shown()) {
        return of_another_operation(submission, state);
    }
    let known = submission.partner_payment_id();
    let verdict = submission
        .asked()
        .verdict_on(&operation.last_answer.again(), known);
    let consequence = match (resolve_as, submission.asked().kind) {
        (ResolveAs::Completed, Kind::ExtraPayment) => {
            "only if its people told you that they made it; billing is told on your statement alone"
        }
        (ResolveAs::Completed, Kind::PaymentReversal) => {
            "only if its people told you that they made it; it counts as refunded on your statement \
             alone"
        }
        (ResolveAs::Declined, _) => {
            "only if its people told you that nothing moved; if it moved all the same, nobody is told"
        }
        (ResolveAs::Abandoned, _) => {
            "it may have moved, or move yet, and nobody is told; settle it with the partner's people \
             by hand"
        }
    };
    Consequence::by_an_operators_word(format!("the partner last said {verdict}: {consequence}"))
}

/// The partner has something else than was requested, so only giving up is accepted.
fn of_another_operation(submission: &Submission, state: &OperationState) -> Consequence {
    let asked = submission.asked();
    let nobody_told = match asked.kind {
        Kind::ExtraPayment => "Billing is not told",
        Kind::PaymentReversal => "Nobody is told",
    };
    let by_hand = match asked.kind {
        Kind::ExtraPayment => {
            "afterwards, by hand, have the partner give it or the difference back, or record it in \
             billing"
        }
        Kind::PaymentReversal => "afterwards settle the difference with the partner by hand",
    };
    let OperationState {
        kind,
        status,
        money,
        partner_payment_id,
        ..
    } = state;
    let consequence = match Movement::of(state) {
        Some(moved) => Consequence::safe(&format!(
            "closes it. The partner moved {moved}, but {} {} was asked for. {nobody_told}; {by_hand}",
            asked.kind, asked.money
        )),
        None if matches!(status, Status::Declined { .. }) => Consequence::safe(&format!(
            "closes it. The partner declined {kind} {money} as {partner_payment_id}, so that one \
             moved nothing"
        )),
        None => Consequence::by_an_operators_word(format!(
            "closes it while the partner still works on {kind} {money} as {partner_payment_id} \
             ({status}), which may move yet. {nobody_told}; have the partner's people stop it; {by_hand}"
        )),
    };
    let first = submission.partner_payment_id();
    match first.filter(|first| first != partner_payment_id) {
        None => consequence,
        // Each of them may move by itself, whatever its amount.
        Some(first) => Consequence::by_an_operators_word(format!(
            "{}. That is a second one: before it the partner had shown {first}, which may have moved \
             too. Ask its people about both",
            consequence.words
        )),
    }
}

/// Billing may have recorded it although it gave no answer, or refused it later.
fn of_a_document_made_by_hand(operation: &Operation) -> Consequence {
    let money = operation.request.money;
    Consequence::by_an_operators_word(format!(
        "closes it. The partner took {money}. Ask billing's people first: only if they refuse it and have no \
         record of this request, record it there by hand, and close it at once, since until then billing \
         goes on being told. After that it is not told again, and the result names that document"
    ))
}

impl Consequence {
    fn safe(words: &str) -> Consequence {
        Consequence {
            safe: true,
            words: words.to_owned(),
        }
    }

    fn by_an_operators_word(words: String) -> Consequence {
        Consequence { safe: false, words }
    }
}
