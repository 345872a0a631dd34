//! By what one sees where an operation is.

/// By what one sees that an operation is at its point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    /// Its history has so many events, and no more. Protobuf's JSON writes 64-bit numbers as
    /// strings.
    Events(&'static str),
    /// Temporal has handed its step to a worker, which was frozen before.
    HandedOut,
    /// Its last call to the partner is one of these, and has no answer.
    SilentPartner(&'static [&'static str]),
    /// Its last call to billing has no answer.
    SilentBilling,
    /// Its last call to Stripe is this one, and has no answer.
    SilentStripe(&'static str),
    /// It rests in this phase.
    Resting(&'static str),
}
