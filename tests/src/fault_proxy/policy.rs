//! What a proxy is told to spoil.

use std::time::Duration;

/// Which connections are spoilt.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// From which the connections, the requests and the kinds follow.
    pub seed: u64,
    /// About one in so many; 0 spoils none.
    pub one_in: u32,
    /// Clients keep connections. One that is older than this is taken from its client after the
    /// next answer, so that new ones meet new faults.
    pub life: Duration,
}

impl Policy {
    /// Spoils nothing by itself: only what is struck.
    pub const NONE: Policy = Policy {
        seed: 0,
        one_in: 0,
        life: PATIENCE,
    };
}

/// How long a connection may be silent: longer than any caller waits.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
