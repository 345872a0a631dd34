//! The floors that a payment is measured against, for the programs that serve them.

mod floor;

pub use floor::{CALLED_BACK_AFTER, Floor, Shape, serve};
