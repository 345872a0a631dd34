//! Why a resolution is refused, for the operator to read.

use jiff::Timestamp;

use strict_json::JsonObjectError;

/// Why a resolution is refused, for the operator to read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ResolutionError {
    /// The update's argument breaks the contract.
    #[error("{0}")]
    Input(String),
    /// The operation does not need attention.
    #[error("only an operation in phase needs_attention is resolved by hand; this one is {0}")]
    Phase(&'static str),
    /// Nothing is proposed.
    #[error(
        "no resolution is proposed, or it has lapsed; ask for the state, then propose with resolve"
    )]
    NoProposal,
    /// The current proposal is not the one that was approved.
    #[error(
        "the proposal is {resolve_as}, by {operator} at {proposed_at}; look at it before you approve it"
    )]
    OtherProposal {
        /// The end that is proposed.
        resolve_as: &'static str,
        /// Who proposes it.
        operator: String,
        /// When it was proposed.
        proposed_at: Timestamp,
    },
    /// One person can't do both.
    #[error("{0} proposed it, so another operator must approve it")]
    SameOperator(String),
    /// Another operator's resolution is being decided.
    #[error("another resolution is under way; ask for the state and try again")]
    UnderWay,
    /// Nobody has given the partner's id of the payment.
    #[error("to resolve as completed, give the partner_payment_id: the partner has named none")]
    NoPaymentId,
    /// The operator named another operation than the partner did.
    #[error("the partner's id of the operation is {known}, not {given}")]
    OtherPaymentId {
        /// The partner's id.
        known: String,
        /// The operator's id.
        given: String,
    },
    /// A reversal has no billing document.
    #[error(
        "billing_document_id: billing is never told of a reversal, so it has no document of it"
    )]
    ReversalIsNotBilled,
    /// There is nothing to bill yet.
    #[error(
        "billing_document_id is for a payment that the partner says is completed and billing does \
         not record; the partner has not said so yet"
    )]
    NothingToBill,
    /// Billing has meanwhile recorded the payment by itself.
    #[error("billing has recorded it as {0}, and not as the billing_document_id that was given")]
    OtherDocument(String),
    /// The partner says something else.
    #[error("the partner says otherwise: {0}")]
    PartnerDiffers(String),
    /// Another operator has closed it differently.
    #[error("another operator has closed it as {0} meanwhile")]
    ClosedOtherwise(&'static str),
    /// A document made by hand counts only if the partner confirms the payment.
    #[error(
        "with billing_document_id the partner must say completed when it is asked once more; it said \
         {0}. Try again"
    )]
    NotConfirmed(String),
    /// A submission is open that the partner may not show yet.
    #[error("a submission is open that the partner may not show before {0}; try again after that")]
    MayBeHidden(Timestamp),
    /// The run continues another one, and has not asked the partner yet.
    #[error(
        "this run was reset or goes on from another one, and has not asked the partner yet: \
         check_now first, then try again; a worker has to serve the account"
    )]
    NotAskedYet,
    /// The question that is asked before a resolution may not have reached the partner, it put it off, or our
    /// configuration has another identity for the account.
    #[error(
        "the partner was to be asked once more, and may not have been or could not tell yet: {0}. \
         Try again"
    )]
    NotAsked(String),
    /// One answer of "not found" is not enough.
    #[error(
        "the partner said once that it does not know the request; it takes two in a row. Try again"
    )]
    NotProvenAbsent,
    /// The fallback account may have charged it, and is not asked.
    #[error(
        "a run before this one may have passed it to the fallback account, which is not asked here: \
         look there. It can't be resolved as declined"
    )]
    MayBeElsewhere,
    /// Nothing was ever sent.
    #[error("nothing was submitted, so nothing can have completed")]
    NothingSent,
    /// Billing did not accept the payment.
    #[error("the payment is completed, but billing has not recorded it: {0}")]
    NotBilled(String),
}

impl From<JsonObjectError> for ResolutionError {
    fn from(error: JsonObjectError) -> ResolutionError {
        ResolutionError::Input(error.to_string())
    }
}
