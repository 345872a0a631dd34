//! The partners, a folder for each. What leaves a folder is in our terms: kinds, statuses, money.

pub mod sky;
