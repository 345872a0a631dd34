//! The points that only a payment or a reversal at Stripe has: it charges in two steps.

use harness::{Expected, OperationKind, Stripe};
use serde_json::{Value, json};

use super::sign::Sign;

/// Where an operation at Stripe is when the fault strikes, in the order of its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum StripePoint {
    Created,
    BeforeConfirmation,
    ConfirmationNotExecuted,
    ConfirmationExecuted,
    Cancellation,
    RefundNotExecuted,
    RefundExecuted,
    Question,
}

impl StripePoint {
    /// For the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            StripePoint::Created => "Stripe: payment created, not answered",
            StripePoint::BeforeConfirmation => "Stripe: between creation and confirmation",
            StripePoint::ConfirmationNotExecuted => "Stripe: confirmation sent, not executed",
            StripePoint::ConfirmationExecuted => "Stripe: confirmation executed, not answered",
            StripePoint::Cancellation => "Stripe: cancelled after a decline, not answered",
            StripePoint::RefundNotExecuted => "Stripe: refund sent, not executed",
            StripePoint::RefundExecuted => "Stripe: refund executed, not answered",
            StripePoint::Question => "Stripe: retrieval of a status check",
        }
    }

    /// What can be at this point.
    pub(crate) fn kinds(self) -> &'static [OperationKind] {
        match self {
            StripePoint::RefundNotExecuted | StripePoint::RefundExecuted => {
                &[OperationKind::Reversal]
            }
            StripePoint::Question => &[OperationKind::ExtraPayment, OperationKind::Reversal],
            _ => &[OperationKind::ExtraPayment],
        }
    }

    pub(crate) fn sign(self, kind: OperationKind) -> Sign {
        match (self, kind) {
            (StripePoint::Created, _) => Sign::SilentStripe(CREATE),
            (StripePoint::BeforeConfirmation, _) => Sign::Resting("submitting"),
            (StripePoint::ConfirmationNotExecuted | StripePoint::ConfirmationExecuted, _) => {
                Sign::SilentStripe(CONFIRM)
            }
            (StripePoint::Cancellation, _) => Sign::SilentStripe(CANCEL),
            (StripePoint::RefundNotExecuted | StripePoint::RefundExecuted, _) => {
                Sign::SilentStripe(REFUND)
            }
            (StripePoint::Question, OperationKind::ExtraPayment) => Sign::SilentStripe(RETRIEVE),
            (StripePoint::Question, OperationKind::Reversal) => Sign::SilentStripe(RETRIEVE_REFUND),
        }
    }

    /// How it must end: a payment that was certainly not charged is cancelled, and one whose
    /// confirmation may be lost with its worker may be.
    pub(crate) fn expected(self) -> Expected {
        match self {
            StripePoint::Created | StripePoint::BeforeConfirmation => {
                Expected::CompletedOrCancelledInDoubt
            }
            StripePoint::ConfirmationNotExecuted => Expected::Declined(Some("canceled")),
            StripePoint::Cancellation => Expected::Declined(None),
            _ => Expected::Completed,
        }
    }

    /// Makes Stripe hold this request here.
    pub(crate) async fn hold(self, stripe: &Stripe, request_id: &str) -> anyhow::Result<()> {
        if let Some(card) = self.card() {
            stripe.set_card(request_id, card).await?;
        }
        for mut fault in self.faults() {
            fault["request_id"] = json!(request_id);
            stripe.add_fault(&fault).await?;
        }
        Ok(())
    }

    fn card(self) -> Option<&'static str> {
        match self {
            StripePoint::Cancellation => Some("pm_card_visa_chargeDeclinedInsufficientFunds"),
            StripePoint::Question => Some("pm_card_pendingRefund"),
            _ => None,
        }
    }

    fn faults(self) -> Vec<Value> {
        let silence =
            |on, executed| json!({ "on": on, "kind": "silence", "executed": executed, "times": 0 });
        match self {
            StripePoint::Created => vec![silence(CREATE, true)],
            // Such a call did nothing, and is made again after a pause. A Retry-After would hold for the
            // account, and so keep the others from their points.
            StripePoint::BeforeConfirmation => {
                vec![json!({ "on": CONFIRM, "kind": { "status": 429 }, "times": 0 })]
            }
            StripePoint::ConfirmationNotExecuted => vec![silence(CONFIRM, false)],
            StripePoint::ConfirmationExecuted => vec![silence(CONFIRM, true)],
            StripePoint::Cancellation => vec![silence(CANCEL, true)],
            StripePoint::RefundNotExecuted => vec![silence(REFUND, false)],
            StripePoint::RefundExecuted => vec![silence(REFUND, true)],
            StripePoint::Question => vec![
                json!({ "on": CONFIRM, "kind": { "status": 500 }, "executed": true }),
                silence(RETRIEVE, false),
                silence(RETRIEVE_REFUND, false),
            ],
        }
    }
}

const CREATE: &str = "create_payment_intent";
const CONFIRM: &str = "confirm_payment_intent";
const CANCEL: &str = "cancel_payment_intent";
const RETRIEVE: &str = "retrieve_payment_intent";
const REFUND: &str = "create_refund";
const RETRIEVE_REFUND: &str = "retrieve_refund";
