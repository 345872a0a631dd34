//! What the whole system must do, with a real Temporal server, real processes, real sockets and
//! real signatures. There is a module for each topic; the name of a test says what must hold.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod books;
mod collector;

mod accounts;
mod advice;
mod after_the_end;
mod alerts;
mod billed_by_hand;
mod billing;
mod callbacks;
mod closing;
mod connections;
mod dates;
mod deploys;
mod documentation;
mod ends_by_hand;
mod executions;
mod frozen_workers;
mod keys;
mod long_histories;
mod lost_answers;
mod metrics;
mod monitoring;
mod nginx;
mod operators;
mod overload;
mod procaas;
mod processes;
mod reachability;
mod reconciliation;
mod refusals;
mod replay;
mod resets;
mod runbook;
mod saved_cards;
mod schemas;
mod second_attempts;
mod secrets;
mod spans;
mod starts;
mod statuses;
mod structure;
mod submissions;
mod temporal;
mod temporal_ui;
mod temporal_verbs;
mod terminal;
mod two_operators;
