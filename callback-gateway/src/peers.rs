//! Who is calling, and how often they may.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

/// The requests and connections of each peer. An IPv6 peer is its /64: it has all of that.
pub struct Peers {
    trusted_proxies: Vec<IpNet>,
    requests: DefaultKeyedRateLimiter<IpAddr>,
    connections: Mutex<BTreeMap<IpAddr, usize>>,
    max_connections: usize,
}

/// An open connection of a peer; dropping it makes room for another.
pub struct OpenConnection {
    peers: Arc<Peers>,
    peer: IpAddr,
}

impl Peers {
    /// Limits for each peer: requests in the long run and at once, and open connections.
    pub fn new(
        trusted_proxies: Vec<IpNet>,
        per_second: u32,
        burst: u32,
        max_connections: usize,
    ) -> Peers {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst));
        Peers {
            trusted_proxies,
            requests: RateLimiter::keyed(quota),
            connections: Mutex::default(),
            max_connections,
        }
    }

    /// Whether one more request of whoever sent these headers over this socket is taken.
    pub fn may_request(&self, socket: SocketAddr, headers: &HeaderMap) -> bool {
        self.requests
            .check_key(&network(self.peer(socket.ip(), headers)))
            .is_ok()
    }

    /// Forgets peers that have not been heard of for a while, so that memory stays bounded.
    pub fn forget_idle(&self) {
        self.requests.retain_recent();
        self.requests.shrink_to_fit();
    }

    /// Takes on one more connection, unless this peer has too many. A trusted proxy has as many
    /// as it wants: its peers are told apart by request.
    pub fn connect(self: &Arc<Peers>, socket: SocketAddr) -> Option<OpenConnection> {
        let peer = network(socket.ip());
        let mut connections = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let open = connections.entry(peer).or_insert(0);
        if *open >= self.max_connections && !self.is_proxy(socket.ip()) {
            return None;
        }
        *open += 1;
        Some(OpenConnection {
            peers: Arc::clone(self),
            peer,
        })
    }

    /// The socket's address, or the one that a trusted proxy names: counted from the right, the
    /// first that is not a trusted proxy itself.
    fn peer(&self, socket: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.is_proxy(socket) {
            return socket;
        }
        let named = headers.get_all("x-forwarded-for").iter().rev();
        let hops = named
            .filter_map(|value| value.to_str().ok())
            .flat_map(|v| v.rsplit(','));
        let mut peer = socket;
        for hop in hops {
            match hop.trim().parse::<IpAddr>() {
                Ok(address) => peer = address.to_canonical(),
                // Left of what can't be read, anything may have been made up.
                Err(_) => break,
            }
            if !self.is_proxy(peer) {
                break;
            }
        }
        peer
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(&address))
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let connections = &self.peers.connections;
        let mut connections = connections.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = connections.get_mut(&self.peer) {
            *open -= 1;
            if *open == 0 {
                connections.remove(&self.peer);
            }
        }
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers() -> Arc<Peers> {
        let proxies = vec!["10.0.0.0/8".parse().unwrap()];
        Arc::new(Peers::new(proxies, 1, 2, 2))
    }

    fn forwarded(value: &str) -> HeaderMap {
        [("x-forwarded-for".parse().unwrap(), value.parse().unwrap())]
            .into_iter()
            .collect()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_from_the_right() {
        let peers = peers();
        let peer = |socket: &str, named: &str| {
            peers
                .peer(socket.parse().unwrap(), &forwarded(named))
                .to_string()
        };
        assert_eq!(peer("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(peer("10.1.1.1", "1.2.3.4, 198.51.100.1"), "198.51.100.1");
        assert_eq!(
            peer("10.1.1.1", "1.2.3.4, 198.51.100.1, 10.2.2.2"),
            "198.51.100.1"
        );
        assert_eq!(peer("10.1.1.1", "1.2.3.4, nonsense, 10.2.2.2"), "10.2.2.2");
        assert_eq!(peer("10.1.1.1", ""), "10.1.1.1");
    }

    #[test]
    fn a_peer_has_its_burst_and_its_connections_and_leaves_the_others_theirs() {
        let peers = peers();
        let (one, other) = (
            "203.0.113.9:1".parse().unwrap(),
            "203.0.113.8:1".parse().unwrap(),
        );
        let none = HeaderMap::new();
        let taken = (0..5).filter(|_| peers.may_request(one, &none)).count();
        assert_eq!(taken, 2);
        assert!(peers.may_request(other, &none));

        let open: Vec<_> = (0..3).map(|_| peers.connect(one)).collect();
        assert!(open[1].is_some() && open[2].is_none());
        assert!(peers.connect(other).is_some());
        drop(open);
        assert!(peers.connect(one).is_some());
    }

    #[test]
    fn an_ipv6_peer_is_its_network() {
        let peers = peers();
        let none = HeaderMap::new();
        let taken = (0..5u16)
            .filter(|n| {
                let address = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, *n);
                peers.may_request(SocketAddr::from((address, 1)), &none)
            })
            .count();
        assert_eq!(taken, 2);
    }
}
