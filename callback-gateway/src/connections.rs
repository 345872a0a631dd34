//! How many connections there may be, in all and from one peer.
//!
//! A cap on all alone would let one slow peer take every place, so each peer has one of its own.
//! Our proxies have not: they bring everybody.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;

use crate::peer::{Peer, is_trusted};

/// The places for connections.
pub(crate) struct Connections {
    in_all: usize,
    per_peer: usize,
    trusted_proxies: Vec<IpNet>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    in_all: usize,
    of_peer: HashMap<Peer, usize>,
}

/// One connection's place, given back when it is dropped.
pub(crate) struct Place {
    connections: Arc<Connections>,
    peer: Peer,
}

impl Connections {
    pub(crate) fn new(in_all: usize, per_peer: usize, trusted_proxies: Vec<IpNet>) -> Connections {
        Connections {
            in_all,
            per_peer,
            trusted_proxies,
            taken: Mutex::default(),
        }
    }

    /// A place for a connection from this address, if there is one.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let peer = Peer::of(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_peer = taken.of_peer.get(&peer).copied().unwrap_or(0);
        let peer_full = of_peer >= self.per_peer && !is_trusted(address, &self.trusted_proxies);
        if taken.in_all >= self.in_all || peer_full {
            return None;
        }
        taken.in_all += 1;
        taken.of_peer.insert(peer, of_peer + 1);
        Some(Place {
            connections: self.clone(),
            peer,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let taken = &self.connections.taken;
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.in_all -= 1;
        if let Some(of_peer) = taken.of_peer.get_mut(&self.peer) {
            *of_peer -= 1;
            if *of_peer == 0 {
                taken.of_peer.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections() -> Arc<Connections> {
        Arc::new(Connections::new(4, 2, vec!["10.0.0.0/8".parse().unwrap()]))
    }

    fn admit(connections: &Arc<Connections>, address: &str) -> Option<Place> {
        connections.admit(address.parse().unwrap())
    }

    #[test]
    fn one_peer_leaves_places_for_others() {
        let connections = connections();
        let held = [
            admit(&connections, "192.0.2.1"),
            admit(&connections, "192.0.2.1"),
        ];
        assert!(held.iter().all(Option::is_some));
        assert!(admit(&connections, "192.0.2.1").is_none());
        assert!(admit(&connections, "192.0.2.2").is_some());
    }

    #[test]
    fn a_proxy_of_ours_may_take_all_places_but_no_more() {
        let connections = connections();
        let held: Vec<_> = (0..5).map(|_| admit(&connections, "10.1.1.1")).collect();
        assert_eq!(held.iter().flatten().count(), 4);
        assert!(admit(&connections, "192.0.2.1").is_none());
    }

    #[test]
    fn a_closed_connection_gives_its_place_back() {
        let connections = connections();
        for _ in 0..10 {
            let place = admit(&connections, "192.0.2.1");
            assert!(place.is_some());
        }
        assert!(connections.taken.lock().unwrap().of_peer.is_empty());
    }
}
