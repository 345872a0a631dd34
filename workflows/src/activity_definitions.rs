//! The ports: what the workflows need of the outside. The crate `activities` implements them, and
//! the compiler holds both sides to these types. A declaration has a body only because the macro
//! wants one; it is never called.

#![expect(missing_docs, reason = "the macros make constants that carry no docs")]

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as friendly;
use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use crate::ids::{OrderId, RequestId};
use crate::money::Money;
use crate::partner_report::{BillingReport, Reported, StatusReport, SubmissionReport};
use crate::partner_word::Kind;
use crate::saved_card::SavedCard;
use crate::schedule::Schedule;
use crate::submission_permit::SubmissionPermit;
use crate::terms::{AccountIdentity, TermsDecision, TermsInput};

pub use billing_definitions::FinalizeBilling;
pub use configuration_definitions::{AgreeSchedule, AgreeTerms};
pub use partner_definitions::{CompleteMerchantAcquiring, PaymentStatus, ProcessPaymentReversal};
pub use procaas_definitions::HandOverSavedCard;

/// A submission, or the question about it: which operation, over which account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartnerCall {
    /// The merchant account, by its name in the configuration.
    pub merchant: String,
    /// Who that account must be.
    pub identity: AccountIdentity,
    /// Which operation.
    pub request_id: RequestId,
    /// For which order.
    pub order_id: OrderId,
    /// A payment or a reversal: decides the session and the key.
    pub kind: Kind,
    /// How long one HTTP request may take.
    #[serde(with = "friendly")]
    pub request_timeout: Duration,
}

/// What a submission says beside the call itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SubmissionInput {
    /// Which operation, over which account.
    #[serde(flatten)]
    pub call: PartnerCall,
    /// How much, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub money: Money,
    /// The address that the partner is to call, without its token: that is added on the way out,
    /// so that no history holds one.
    pub callback_url: String,
    /// What Temporal must say of the step for it to submit anything.
    #[serde(flatten)]
    pub permit: SubmissionPermit,
}

/// What billing records of a completed extra payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BillingInput {
    /// Which operation; the idempotency key.
    pub request_id: RequestId,
    /// For which order.
    pub order_id: OrderId,
    /// How much, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub money: Money,
    /// Over which merchant account.
    pub merchant: String,
    /// The partner's name of the payment.
    pub partner_payment_id: String,
    /// The moment of the partner's `updatedAt`.
    pub completed_at: Timestamp,
    /// How long the HTTP request may take.
    #[serde(with = "friendly")]
    pub request_timeout: Duration,
}

/// What procaas is told of a saved card.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SavedCardInput {
    /// The card; its key is the idempotency key.
    pub card: SavedCard,
    /// How long the HTTP request may take.
    #[serde(with = "friendly")]
    pub request_timeout: Duration,
}

/// What the configuration decides.
pub struct ConfigurationDefinitions;

#[activity_definitions]
impl ConfigurationDefinitions {
    /// Chooses the merchant account, the callback's address and the schedule for a request, unless
    /// an earlier run has.
    #[activity(name = "agree_terms")]
    pub fn agree_terms(input: TermsInput) -> TermsDecision {
        unimplemented!()
    }

    /// The schedule for what begins now.
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

    /// Asks how the operation stands.
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
    /// Records a saved card, once per key. Fails until procaas has taken it.
    #[activity(name = "hand_over_saved_card")]
    pub fn hand_over_saved_card(input: SavedCardInput) {
        unimplemented!()
    }
}
