//! The points where a payment or a reversal waits for something, and how one is held at each.

use harness::{Expected, OperationKind};
use serde_json::{Value, json};

use super::sign::Sign;
use super::stripe_point::StripePoint;

/// Where an operation is when the fault strikes, in the order of its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Point {
    BeforeTheFirstTask,
    FirstTask,
    StepNotBegun,
    SessionToSubmit,
    QuestionBeforeSubmission,
    SubmissionNotExecuted,
    SubmissionExecuted,
    WaitingForCallback,
    SessionToAsk,
    Question,
    BillingNotRecorded,
    BillingRecorded,
    WaitingToBill,
    NeedsAttention,
    Resolving,
    AtStripe(StripePoint),
}

pub(crate) const POINTS: [Point; 23] = [
    Point::BeforeTheFirstTask,
    Point::FirstTask,
    Point::StepNotBegun,
    Point::SessionToSubmit,
    Point::QuestionBeforeSubmission,
    Point::SubmissionNotExecuted,
    Point::SubmissionExecuted,
    Point::WaitingForCallback,
    Point::SessionToAsk,
    Point::Question,
    Point::BillingNotRecorded,
    Point::BillingRecorded,
    Point::WaitingToBill,
    Point::NeedsAttention,
    Point::Resolving,
    Point::AtStripe(StripePoint::Created),
    Point::AtStripe(StripePoint::BeforeConfirmation),
    Point::AtStripe(StripePoint::ConfirmationNotExecuted),
    Point::AtStripe(StripePoint::ConfirmationExecuted),
    Point::AtStripe(StripePoint::Cancellation),
    Point::AtStripe(StripePoint::RefundNotExecuted),
    Point::AtStripe(StripePoint::RefundExecuted),
    Point::AtStripe(StripePoint::Question),
];

impl Point {
    /// For the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Point::BeforeTheFirstTask => "started, no task of it taken up",
            Point::FirstTask => "first task (the terms) in the worker's hands",
            Point::StepNotBegun => "step handed to the worker, not begun",
            Point::SessionToSubmit => "initSession before the submission",
            Point::QuestionBeforeSubmission => "paymentStatus before the submission",
            Point::SubmissionNotExecuted => "submission sent, not executed",
            Point::SubmissionExecuted => "submission executed, not answered",
            Point::WaitingForCallback => "waiting for the callback",
            Point::SessionToAsk => "initSession of a status check",
            Point::Question => "paymentStatus of a status check",
            Point::BillingNotRecorded => "billing told, not recorded",
            Point::BillingRecorded => "billing recorded, not answered",
            Point::WaitingToBill => "waiting to tell billing again",
            Point::NeedsAttention => "waiting in needs_attention",
            Point::Resolving => "resolve accepted, not decided",
            Point::AtStripe(point) => point.title(),
        }
    }

    /// What can be at this point: billing is never told of a reversal.
    pub(crate) fn kinds(self) -> &'static [OperationKind] {
        match self {
            Point::BillingNotRecorded | Point::BillingRecorded | Point::WaitingToBill => {
                &[OperationKind::ExtraPayment]
            }
            Point::AtStripe(point) => point.kinds(),
            _ => &[OperationKind::ExtraPayment, OperationKind::Reversal],
        }
    }

    /// Whether an operation comes here only after its first pause, or rests here in a pause. All
    /// pauses are equally long, so what begins together rests at the same time.
    pub(crate) fn has_a_pause(self) -> bool {
        matches!(
            self,
            Point::WaitingForCallback
                | Point::SessionToAsk
                | Point::Question
                | Point::WaitingToBill
                | Point::NeedsAttention
                | Point::Resolving
                | Point::AtStripe(StripePoint::BeforeConfirmation | StripePoint::Question)
        )
    }

    /// How an operation must end that was held here: every fault is lifted in the end.
    pub(crate) fn expected(self) -> Expected {
        match self {
            Point::AtStripe(point) => point.expected(),
            _ => Expected::Completed,
        }
    }

    /// What Sky does to hold an operation here; the question before the submission is answered
    /// only after this long.
    pub(crate) fn scenario(self, question_takes: &str) -> Value {
        let silence = |on, skip| json!({ "on": on, "kind": "silence", "skip": skip, "times": 0 });
        // The first question is the one before the submission; the second needs an operator.
        let key_unknown = |times| {
            let kind = json!({ "status": 401, "code": "key_unknown" });
            json!({ "on": "status", "kind": kind, "skip": 1, "times": times })
        };
        let faults = match self {
            Point::SessionToSubmit => json!([silence("init_session", 0)]),
            // A worker that lives on submits when the answer comes.
            Point::QuestionBeforeSubmission => {
                json!([{ "on": "status", "kind": { "slow": question_takes } }])
            }
            Point::SubmissionNotExecuted => json!([silence("submit", 0)]),
            Point::SubmissionExecuted => {
                json!([{ "on": "submit", "kind": "silence", "executed": true }])
            }
            Point::SessionToAsk => json!([silence("init_session", 1)]),
            Point::Question => json!([silence("status", 1)]),
            Point::NeedsAttention => json!([key_unknown(0)]),
            Point::Resolving => json!([key_unknown(1), silence("status", 1)]),
            Point::WaitingForCallback => return json!({ "never_completes": true }),
            Point::BeforeTheFirstTask
            | Point::FirstTask
            | Point::StepNotBegun
            | Point::BillingNotRecorded
            | Point::BillingRecorded
            | Point::WaitingToBill
            | Point::AtStripe(_) => json!([]),
        };
        json!({ "faults": faults })
    }

    /// What billing does to hold an operation here.
    pub(crate) fn billing_fault(self, request_id: &str) -> Option<Value> {
        let (kind, recorded) = match self {
            Point::BillingNotRecorded => (json!("silence"), false),
            Point::BillingRecorded => (json!("silence"), true),
            Point::WaitingToBill => (json!({ "status": 503 }), false),
            _ => return None,
        };
        Some(json!({
            "kind": kind, "recorded": recorded, "request_id": request_id, "times": 0
        }))
    }

    pub(crate) fn sign(self, kind: OperationKind) -> Sign {
        match self {
            Point::BeforeTheFirstTask => Sign::Events("1"),
            // Started, its task scheduled, its task taken up.
            Point::FirstTask => Sign::Events("3"),
            Point::StepNotBegun => Sign::HandedOut,
            Point::SessionToSubmit | Point::SessionToAsk => Sign::SilentPartner(&["initSession"]),
            Point::QuestionBeforeSubmission | Point::Question | Point::Resolving => {
                Sign::SilentPartner(&["paymentStatus"])
            }
            Point::SubmissionNotExecuted | Point::SubmissionExecuted => {
                Sign::SilentPartner(&["completeMerchantAcquiring", "processPaymentReversal"])
            }
            Point::BillingNotRecorded | Point::BillingRecorded => Sign::SilentBilling,
            Point::WaitingForCallback => Sign::Resting("awaiting_completion"),
            Point::WaitingToBill => Sign::Resting("finalizing"),
            Point::NeedsAttention => Sign::Resting("needs_attention"),
            Point::AtStripe(point) => point.sign(kind),
        }
    }
}
