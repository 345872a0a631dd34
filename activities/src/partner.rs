//! The partners, a folder for each. Outside its folder only our terms are used: kinds, statuses,
//! money.

pub mod sky;
