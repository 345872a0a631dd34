//! The ports: what the workflows need from the outside. The crate `activities` implements them, and
//! the compiler checks both sides against these types. A declaration has a body only because the
//! macro requires one; it is never called.

#![expect(missing_docs, reason = "the macros make constants that carry no docs")]

use temporalio_macros::activity_definitions;

use crate::operation::activity_input::{
    BillingInput, PartnerCall, SavedCardInput, SubmissionInput,
};
use crate::operation::partner_report::{BillingReport, Reported, StatusReport, SubmissionReport};
use crate::operation::schedule::Schedule;
use crate::operation::terms::{TermsDecision, TermsInput};

pub use billing_definitions::FinalizeBilling;
pub use configuration_definitions::{AgreeSchedule, AgreeTerms};
pub use partner_definitions::{CompleteMerchantAcquiring, PaymentStatus, ProcessPaymentReversal};
pub use procaas_definitions::HandOverSavedCard;

/// What the configuration decides.
pub struct ConfigurationDefinitions;

#[activity_definitions]
impl ConfigurationDefinitions {
    /// Chooses the merchant account, the callback's address and the schedule for a request, unless
    /// an earlier run has already done so.
    #[activity(name = "agree_terms")]
    pub fn agree_terms(input: TermsInput) -> TermsDecision {
        unimplemented!()
    }

    /// The schedule for an operation that begins now.
    #[activity(name = "agree_schedule")]
    pub fn agree_schedule() -> Schedule {
        unimplemented!()
    }
}

/// What the partner does.
pub struct PartnerDefinitions;

#[activity_definitions]
impl PartnerDefinitions {
    /// Asks whether the partner knows the request and, if not, charges the order's card.
    #[activity(name = "complete_merchant_acquiring")]
    pub fn complete_merchant_acquiring(input: SubmissionInput) -> Reported<SubmissionReport> {
        unimplemented!()
    }

    /// Asks whether the partner knows the request and, if not, gives the money back.
    #[activity(name = "process_payment_reversal")]
    pub fn process_payment_reversal(input: SubmissionInput) -> Reported<SubmissionReport> {
        unimplemented!()
    }

    /// Asks for the operation's status.
    #[activity(name = "payment_status")]
    pub fn payment_status(call: PartnerCall) -> Reported<StatusReport> {
        unimplemented!()
    }
}

/// What billing does.
pub struct BillingDefinitions;

#[activity_definitions]
impl BillingDefinitions {
    /// Records a completed extra payment, once per request id.
    #[activity(name = "finalize_billing")]
    pub fn finalize_billing(input: BillingInput) -> BillingReport {
        unimplemented!()
    }
}

/// What procaas does.
pub struct ProcaasDefinitions;

#[activity_definitions]
impl ProcaasDefinitions {
    /// Records a saved card, once per key. Fails until procaas has accepted it.
    #[activity(name = "hand_over_saved_card")]
    pub fn hand_over_saved_card(input: SavedCardInput) {
        unimplemented!()
    }
}
