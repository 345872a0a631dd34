//! What a payment method does, under the names of Stripe's own test payment methods.

/// What a payment method does when it is charged and when it is refunded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Card {
    pub(super) charge: OnCharge,
    pub(super) refund: OnRefund,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum OnCharge {
    Succeeds,
    Declines(Decline),
    /// Off-session it is declined, on-session `requires_action`.
    NeedsAuthentication,
    /// `processing`, and later this; nothing if it stays so.
    Processes(Option<Settlement>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settlement {
    Succeeds,
    Fails(Decline),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decline {
    pub(super) code: &'static str,
    pub(super) decline_code: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnRefund {
    Succeeds,
    /// `pending`, later `succeeded`.
    IsPending,
    /// `succeeded`, later `failed`.
    FailsLater,
}

impl Card {
    /// The card of this name.
    pub(super) fn named(name: &str) -> Option<Card> {
        let (charge, refund) = match name {
            "pm_card_visa" | "pm_card_mastercard" => (OnCharge::Succeeds, OnRefund::Succeeds),
            "pm_card_pendingRefund" => (OnCharge::Succeeds, OnRefund::IsPending),
            "pm_card_refundFail" => (OnCharge::Succeeds, OnRefund::FailsLater),
            "pm_card_authenticationRequired" => (OnCharge::NeedsAuthentication, OnRefund::Succeeds),
            "pm_usBankAccount_success" => (
                OnCharge::Processes(Some(Settlement::Succeeds)),
                OnRefund::IsPending,
            ),
            "pm_usBankAccount_insufficientFunds" => (
                OnCharge::Processes(Some(Settlement::Fails(INSUFFICIENT_FUNDS))),
                OnRefund::IsPending,
            ),
            "pm_usBankAccount_processing" => (OnCharge::Processes(None), OnRefund::IsPending),
            declined => (OnCharge::Declines(decline(declined)?), OnRefund::Succeeds),
        };
        Some(Card { charge, refund })
    }
}

/// How a payment that is decided by hand fails.
pub(super) const INSUFFICIENT_FUNDS: Decline = Decline {
    code: "card_declined",
    decline_code: "insufficient_funds",
};

/// How an off-session payment fails for which the rider would have to be there.
pub(super) const AUTHENTICATION_REQUIRED: Decline = Decline {
    code: "authentication_required",
    decline_code: "authentication_required",
};

fn decline(name: &str) -> Option<Decline> {
    let (code, decline_code) = match name {
        "pm_card_visa_chargeDeclined" | "pm_card_chargeCustomerFail" => {
            ("card_declined", "generic_decline")
        }
        "pm_card_visa_chargeDeclinedInsufficientFunds" => return Some(INSUFFICIENT_FUNDS),
        "pm_card_visa_chargeDeclinedLostCard" => ("card_declined", "lost_card"),
        "pm_card_visa_chargeDeclinedStolenCard" => ("card_declined", "stolen_card"),
        "pm_card_chargeDeclinedExpiredCard" => ("expired_card", "expired_card"),
        "pm_card_chargeDeclinedProcessingError" => ("processing_error", "processing_error"),
        _ => return None,
    };
    Some(Decline { code, decline_code })
}
