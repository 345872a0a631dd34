//! What is held.

use harness::Operation;

use super::point::Point;

/// An extra payment or a reversal, and where it is to be held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Held {
    pub(crate) point: Point,
    pub(crate) operation: Operation,
}
