//! Which connections a proxy disturbs.

use std::time::Duration;

/// Which connections are disturbed.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The seed that decides on connections, requests and kinds of faults.
    pub seed: u64,
    /// One in about this many; 0 disturbs none.
    pub one_in: u32,
    /// Clients keep connections. A connection that is older than this is closed after the next
    /// answer, so that new ones get new faults.
    pub life: Duration,
}

impl Policy {
    /// Disturbs nothing by itself: only what is struck.
    pub const NONE: Policy = Policy {
        seed: 0,
        one_in: 0,
        life: PATIENCE,
    };
}

/// How long a connection may be silent: longer than any caller waits.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
