//! Stripe, as our simulator plays it.

use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::conformance::back_end::{BackEnd, Staged};
use crate::conformance::trouble::{Loss, Trouble};
use crate::{Builder, LedgerEntry, Movement, Operation, OperationKind, Stack};

/// Our simulator of Stripe.
#[derive(Default)]
pub struct AtStripe {
    /// How its events are delivered; they can only be replaced together.
    delivery_rules: Mutex<Vec<Value>>,
}

impl BackEnd for AtStripe {
    const NAME: &'static str = "Stripe";
    const MERCHANT: &'static str = "stripe-main";
    const DECLINE_CODE: &'static str = "insufficient_funds";

    fn add_to(&self, builder: Builder) -> Builder {
        builder.with_stripe()
    }

    async fn stage(
        &self,
        stack: &Stack,
        operation: Operation,
        paid: &str,
        trouble: Trouble,
    ) -> anyhow::Result<Staged> {
        let (stripe, id) = (stack.stripe()?, operation.request_id.as_str());
        match staging(operation.kind, trouble) {
            Staging::Nothing => {}
            Staging::Card(card) => stripe.set_card(id, card).await?,
            Staging::Faults(faults) => {
                for mut fault in faults {
                    fault["request_id"] = json!(id);
                    stripe.add_fault(&fault).await?;
                }
            }
            Staging::Delivery(card, mut rule) => {
                stripe.set_card(id, card).await?;
                rule["request_id"] = json!(id);
                let mut rules = self.delivery_rules.lock().await;
                rules.push(rule);
                stripe.set_delivery_rules(json!(*rules)).await?;
            }
            Staging::Impossible(why) => return Ok(Staged::Impossible(why)),
        }
        Ok(Staged::For(match trouble {
            Trouble::NoReference => operation,
            // Nothing can have been paid in such a currency.
            Trouble::CurrencyNotTaken => operation.paid_by("pi_none"),
            _ => stripe.paid(operation, paid).await?,
        }))
    }

    async fn ledger(&self, stack: &Stack, request_id: &str) -> anyhow::Result<Vec<LedgerEntry>> {
        let moved = stack.stripe()?.ledger(request_id).await?;
        Ok(moved.into_iter().filter_map(Movement::entry).collect())
    }
}

enum Staging {
    Nothing,
    /// What the saved card does.
    Card(&'static str),
    Faults(Vec<Value>),
    /// What the card does, and how events are delivered.
    Delivery(&'static str, Value),
    Impossible(&'static str),
}

fn staging(kind: OperationKind, trouble: Trouble) -> Staging {
    let is_payment = kind == OperationKind::ExtraPayment;
    let moves = if is_payment {
        "confirm_payment_intent"
    } else {
        "create_refund"
    };
    let fault = |fault: Value| Staging::Faults(vec![fault]);
    let on_move = |loss: Loss, executed: bool| json!({ "on": moves, "kind": loss.fault_kind(), "executed": executed });
    match trouble {
        Trouble::None
        | Trouble::MoreThanWasPaid
        | Trouble::AmountWithoutForm
        | Trouble::CurrencyNotTaken
        | Trouble::NoReference => Staging::Nothing,
        Trouble::Declines if is_payment => {
            Staging::Card("pm_card_visa_chargeDeclinedInsufficientFunds")
        }
        Trouble::CompletesLate if is_payment => Staging::Card("pm_usBankAccount_success"),
        Trouble::CompletesLate => Staging::Card("pm_card_pendingRefund"),
        Trouble::DeclinesLate if is_payment => Staging::Card("pm_usBankAccount_insufficientFunds"),
        Trouble::Declines | Trouble::DeclinesLate => {
            Staging::Impossible("a refund succeeds or is pending first, and may fail afterwards")
        }
        Trouble::UnknownStatus => fault(json!({ "on": moves, "kind": "unknown_status" })),
        Trouble::AnswerLost(loss) => fault(on_move(loss, true)),
        Trouble::SubmissionLost(loss) => fault(on_move(loss, false)),
        Trouble::ArrivesLate => {
            fault(json!({ "on": moves, "kind": "reset", "arrives_after": "2s" }))
        }
        Trouble::ShownLate => Staging::Impossible(
            "a payment is shown by its id at once; for its lists \
            see refunds::a_lost_refund_that_lists_do_not_show_yet_is_made_once",
        ),
        Trouble::RateLimited => {
            let kind = json!({ "status": 429, "retry_after": 2 });
            fault(json!({ "on": moves, "kind": kind }))
        }
        Trouble::DeniesAccess => {
            fault(json!({ "on": moves, "kind": { "status": 401 }, "times": 6 }))
        }
        Trouble::Refuses => fault(json!({ "on": moves, "kind": { "status": 400 }, "times": 0 })),
        Trouble::AnotherAmount => {
            let lie = |on: &str| json!({ "on": on, "kind": "other_amount", "times": 0 });
            Staging::Faults(vec![lie(moves), lie("retrieve_payment_intent")])
        }
        Trouble::NoCallback => Staging::Delivery("pm_usBankAccount_success", json!({ "times": 0 })),
        Trouble::CallbackFirst => {
            Staging::Delivery("pm_card_visa", json!({ "before_answer": true }))
        }
        Trouble::CallbackRepeated => Staging::Delivery(
            "pm_usBankAccount_success",
            json!({ "times": 3, "twin": true, "jitter": "1s" }),
        ),
        Trouble::FailsAfterwards => Staging::Card("pm_card_refundFail"),
    }
}
