//! Compares our outcomes with a partner's report of one day. Where the two sides differ, money is
//! not where one of them believes.
//!
//! [`DayReport`] parses the partner's side; `judgement` is the pure core and compares the two sides
//! of one operation; `ours` finds our side, each operation of the report by its id; `sums` adds
//! up. The rules are in `docs/reconciliation.md`.

mod comparison;
mod day_report;
mod entry;
mod judgement;
mod ours;
mod row;
mod sums;

pub(crate) use comparison::Reconciliation;
pub(crate) use day_report::{DayReport, ReportError};
#[cfg(test)]
pub(crate) use entry::{Class, Standing};
pub(crate) use entry::{Entry, Side};
pub(crate) use ours::{closed_since, reconcile};
