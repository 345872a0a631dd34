//! The limits on the number of connections, in total and from one peer.
//!
//! With only a limit on the total, one slow peer could take every place, so each peer has a limit
//! too. Our proxies have none, since all requests come through them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;

use crate::configuration::GatewaySettings;
use crate::metrics::Port;
use crate::peer::{Peer, is_allowed, is_in};

/// The places for connections.
pub(crate) struct Connections {
    in_all: usize,
    per_peer: usize,
    trusted_proxies: Vec<IpNet>,
    allowed_networks: Option<Vec<IpNet>>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    in_all: usize,
    of_peer: HashMap<Peer, usize>,
}

/// The place of one connection, freed when it is dropped.
pub(crate) struct Place {
    connections: Arc<Connections>,
    peer: Peer,
}

impl Connections {
    pub(crate) fn new(settings: &GatewaySettings, port: Port) -> Connections {
        let public = port == Port::Public;
        Connections {
            in_all: settings.max_connections.get(),
            per_peer: settings.max_connections_per_peer.get(),
            trusted_proxies: settings.trusted_proxies.clone(),
            // The limits are about the partner, and the private port is ours.
            allowed_networks: settings.allowed_networks.clone().filter(|_| public),
            taken: Mutex::default(),
        }
    }

    /// A place for a connection from this address, or in one word why there is none.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Place, &'static str> {
        let is_proxy = is_in(address, &self.trusted_proxies);
        if !is_proxy && !is_allowed(address, self.allowed_networks.as_deref()) {
            return Err("network_not_allowed");
        }
        let peer = Peer::of(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_peer = taken.of_peer.get(&peer).copied().unwrap_or(0);
        if taken.in_all >= self.in_all {
            return Err("too_many");
        }
        if of_peer >= self.per_peer && !is_proxy {
            return Err("too_many_of_peer");
        }
        taken.in_all += 1;
        taken.of_peer.insert(peer, of_peer + 1);
        Ok(Place {
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
        Arc::new(Connections::new(&settings(), Port::Public))
    }

    fn settings() -> GatewaySettings {
        GatewaySettings {
            max_connections: 4.try_into().unwrap(),
            max_connections_per_peer: 2.try_into().unwrap(),
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..GatewaySettings::default()
        }
    }

    fn admit(connections: &Arc<Connections>, address: &str) -> Result<Place, &'static str> {
        connections.admit(address.parse().unwrap())
    }

    #[test]
    fn one_peer_leaves_places_for_others() {
        let connections = connections();
        let held = [
            admit(&connections, "192.0.2.1"),
            admit(&connections, "192.0.2.1"),
        ];
        assert!(held.iter().all(Result::is_ok));
        let refused = admit(&connections, "192.0.2.1").err();
        assert_eq!(refused, Some("too_many_of_peer"));
        assert!(admit(&connections, "192.0.2.2").is_ok());
    }

    #[test]
    fn a_proxy_of_ours_may_take_all_places_but_no_more() {
        let connections = connections();
        let held: Vec<_> = (0..5).map(|_| admit(&connections, "10.1.1.1")).collect();
        assert_eq!(held.iter().flatten().count(), 4);
        assert_eq!(admit(&connections, "192.0.2.1").err(), Some("too_many"));
    }

    #[test]
    fn only_allowed_networks_and_our_proxies_get_a_place_on_the_public_port() {
        let settings = GatewaySettings {
            allowed_networks: Some(vec!["192.0.2.0/24".parse().unwrap()]),
            ..settings()
        };
        let public = Arc::new(Connections::new(&settings, Port::Public));
        assert!(admit(&public, "192.0.2.9").is_ok());
        assert!(admit(&public, "::ffff:192.0.2.9").is_ok());
        assert!(admit(&public, "10.1.1.1").is_ok());
        let refused = admit(&public, "192.0.3.1").err();
        assert_eq!(refused, Some("network_not_allowed"));
        let private = Arc::new(Connections::new(&settings, Port::Private));
        assert!(admit(&private, "192.0.3.1").is_ok());
    }

    #[test]
    fn a_closed_connection_gives_its_place_back() {
        let connections = connections();
        for _ in 0..10 {
            let place = admit(&connections, "192.0.2.1");
            assert!(place.is_ok());
        }
        assert!(connections.taken.lock().unwrap().of_peer.is_empty());
    }
}
