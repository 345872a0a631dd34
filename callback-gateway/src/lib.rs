//! callback-gateway
