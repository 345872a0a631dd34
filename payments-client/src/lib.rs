//! payments-client
