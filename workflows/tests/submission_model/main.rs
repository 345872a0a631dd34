//! Every interleaving, up to a depth: the submission's state machine with a partner of each kind
//! that accepts late, and shows late and on one replica before the other.
//! Meanwhile kernels send what closed connections left, answers get lost, workers die or freeze and
//! continue later, Temporal hands steps out again, operators reset runs, and callbacks and
//! operators wake them at any time.
//!
//! Time runs in units of twenty seconds. A partner keeps what it promises: one that shows in time
//! accepts within [`partner::ACCEPTS_WITHIN`] of the last byte or never, and every replica shows what it
//! accepted after [`partner::LAGS_AT_MOST`] (`docs/api/partner.yaml`).

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod effects;
mod events;
mod model;
mod partner;
mod payment;
mod steps;
mod timing;
mod world;

mod found_errors;
mod interleavings;
mod long_walks;
