//! The comparison of our outcomes with a partner's report of one day: where the two sides do not
//! say the same, somebody's money is elsewhere than somebody believes.
//!
//! [`DayReport`] reads the partner's side; `judgement` is the pure heart and holds one operation's two
//! sides against each other; `ours` finds our side, each operation of the report by its id; [`Sums`]
//! adds up. The rules are told in `docs/reconciliation.md`.

mod comparison;
mod day_report;
mod entry;
mod judgement;
mod ours;
mod sums;

pub(crate) use comparison::Reconciliation;
pub(crate) use day_report::{DayReport, ReportError};
pub(crate) use entry::{Entry, Side};
pub(crate) use ours::{closed_since, reconcile};
