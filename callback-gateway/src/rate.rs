//! How many requests one peer may send: a token bucket per peer, in bounded memory.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::peer::Peer;

/// The maximum number of peers that are remembered. A peer with a full bucket can be forgotten.
const MOST_PEERS: usize = 16_384;

/// The buckets of all peers. A bucket is stored as the time at which it is full again, which
/// describes it completely (the "generic cell rate algorithm").
pub(crate) struct Rate {
    refill: Duration,
    capacity: Duration,
    full_again: Mutex<HashMap<Peer, Instant>>,
}

impl Rate {
    pub(crate) fn new(per_second: NonZeroU32, burst: NonZeroU32) -> Rate {
        let refill = Duration::from_secs(1) / per_second.get();
        Rate {
            refill,
            capacity: refill * burst.get(),
            full_again: Mutex::new(HashMap::new()),
        }
    }

    /// Takes one request out of the peer's bucket, or returns when that will be possible.
    pub(crate) fn admit(&self, peer: Peer, now: Instant) -> Result<(), Duration> {
        let mut full_again = self
            .full_again
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if full_again.len() >= MOST_PEERS && !full_again.contains_key(&peer) {
            full_again.retain(|_, moment| *moment > now);
            if full_again.len() >= MOST_PEERS {
                return Err(self.capacity);
            }
        }
        let moment = full_again.entry(peer).or_insert(now);
        let missing = moment.saturating_duration_since(now) + self.refill;
        match missing.checked_sub(self.capacity) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                *moment = now + missing;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(number: u32) -> Peer {
        Peer::of(std::net::Ipv4Addr::from_bits(number).into())
    }

    fn rate(per_second: u32, burst: u32) -> Rate {
        let number = |number| NonZeroU32::new(number).unwrap();
        Rate::new(number(per_second), number(burst))
    }

    #[test]
    fn a_burst_passes_and_then_one_request_per_refill() {
        let (rate, start) = (rate(10, 3), Instant::now());
        let after = |millis| rate.admit(peer(1), start + Duration::from_millis(millis));
        for _ in 0..3 {
            assert_eq!(after(0), Ok(()));
        }
        assert_eq!(after(0), Err(Duration::from_millis(100)));
        assert_eq!(after(99), Err(Duration::from_millis(1)));
        assert_eq!(after(100), Ok(()));
        assert!(after(100).is_err());
        assert_eq!(
            rate.admit(peer(2), start),
            Ok(()),
            "another peer has a bucket of its own"
        );
        for _ in 0..3 {
            assert_eq!(after(10_000), Ok(()));
        }
        assert!(after(10_000).is_err());
    }

    #[test]
    fn no_crowd_of_peers_fills_the_memory() {
        let (rate, start) = (rate(1, 1), Instant::now());
        for number in 0..MOST_PEERS as u32 {
            assert_eq!(rate.admit(peer(number), start), Ok(()));
        }
        assert!(rate.admit(peer(u32::MAX), start).is_err());
        let later = start + Duration::from_secs(2);
        assert_eq!(rate.admit(peer(u32::MAX), later), Ok(()));
        assert_eq!(rate.full_again.lock().unwrap().len(), 1);
    }
}
