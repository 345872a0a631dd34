//! Who sends a request, as far as limits are concerned.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address at the other end of the socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Socket(pub(crate) IpAddr);

/// What limits are counted by: an IPv4 address, or an IPv6 /64, which belongs to one holder.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Peer(IpAddr);

impl Peer {
    pub(crate) fn of(address: IpAddr) -> Peer {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() >> 64 << 64;
                Peer(IpAddr::V6(Ipv6Addr::from_bits(network)))
            }
            address => Peer(address),
        }
    }
}

/// Whether one of the networks contains the address.
pub(crate) fn is_in(address: IpAddr, networks: &[IpNet]) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// Whether the address is allowed; if no networks are named, every address is.
pub(crate) fn is_allowed(address: IpAddr, allowed: Option<&[IpNet]>) -> bool {
    allowed.is_none_or(|networks| is_in(address, networks))
}

/// The address that sends the request: the socket's or, if that belongs to one of our proxies, the
/// one that the proxy names. Each proxy appends the address it saw. So addresses are trusted from
/// the right, and only as long as one of our proxies added them. Anybody can write what stands
/// further left.
pub(crate) fn asking_address(
    socket: Socket,
    headers: &HeaderMap,
    trusted_proxies: &[IpNet],
) -> IpAddr {
    let mut address = socket.0.to_canonical();
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    let mut hops = lines.flat_map(|line| line.to_str().unwrap_or("").rsplit(','));
    while is_in(address, trusted_proxies) {
        match hops.next().and_then(hop_address) {
            Some(hop) => address = hop,
            None => break,
        }
    }
    address
}

/// The address of a hop; some proxies add the port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let with_port = || hop.parse().ok().map(|address: SocketAddr| address.ip());
    let address: IpAddr = hop.parse().ok().or_else(with_port)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(socket: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        asking_address(Socket(socket.parse().unwrap()), &headers, &trusted).to_string()
    }

    #[test]
    fn a_header_from_anyone_but_our_proxies_counts_for_nothing() {
        assert_eq!(asking("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(asking("11.0.0.1", &["198.51.100.1"]), "11.0.0.1");
    }

    #[test]
    fn behind_our_proxies_the_first_foreign_hop_from_the_right_asks() {
        assert_eq!(asking("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            asking("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.2.2.2"]),
            "198.51.100.1"
        );
        assert_eq!(
            asking("::ffff:10.0.0.1", &["6.6.6.6", "198.51.100.1:443"]),
            "198.51.100.1"
        );
        assert_eq!(asking("fd00::1", &["[2001:db8::5]:1"]), "2001:db8::5");
    }

    #[test]
    fn a_hop_that_is_no_address_leaves_the_proxy_asking() {
        assert_eq!(asking("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(asking("10.0.0.1", &["198.51.100.1, unknown"]), "10.0.0.1");
        assert_eq!(asking("10.0.0.1", &["10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn one_holder_of_ipv6_is_one_peer() {
        let peer = |text: &str| Peer::of(text.parse().unwrap());
        assert_eq!(peer("2001:db8:1:2:3::4"), peer("2001:db8:1:2:5::6"));
        assert_ne!(peer("2001:db8:1:2::"), peer("2001:db8:1:3::"));
        assert_eq!(peer("::ffff:192.0.2.1"), peer("192.0.2.1"));
        assert_ne!(peer("192.0.2.1"), peer("192.0.2.2"));
    }
}
