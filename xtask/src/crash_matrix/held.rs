//! What is held.

use harness::Operation;

use super::point::Point;
use super::sign::Sign;

/// An extra payment or a reversal, and where it is to be held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Held {
    pub(crate) point: Point,
    pub(crate) operation: Operation,
}

impl Held {
    /// By what one sees that it is there.
    pub(crate) fn sign(&self) -> Sign {
        self.point.sign(self.operation.kind)
    }
}
