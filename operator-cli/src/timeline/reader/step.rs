//! The steps with the partner or billing.

use temporalio_common::ActivityDefinition;
use workflows::activity_definitions::{
    CompleteMerchantAcquiring, FinalizeBilling, PaymentStatus, ProcessPaymentReversal,
};
use workflows::contract::kind::Kind;

/// What an activity does.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Submit(Kind),
    Ask,
    Bill,
}

impl Step {
    pub(super) fn of_activity(name: &str) -> Option<Step> {
        if name == CompleteMerchantAcquiring.name() {
            Some(Step::Submit(Kind::ExtraPayment))
        } else if name == ProcessPaymentReversal.name() {
            Some(Step::Submit(Kind::PaymentReversal))
        } else if name == PaymentStatus.name() {
            Some(Step::Ask)
        } else if name == FinalizeBilling.name() {
            Some(Step::Bill)
        } else {
            None
        }
    }
}
