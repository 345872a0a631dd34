//! The table `[gateway]`, each field checked as it is read.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
#[cfg(test)]
use workflows::contract::written_duration::WrittenDuration;

use super::duration::duration;
use super::identity::IdentityFiles;

/// The gateway's addresses and limits.
#[derive(Deserialize, Clone, Debug)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct GatewaySettings {
    /// The public port.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// The port of `/health/live`, `/health/ready`, `/metrics` ([names](metrics.md)) and
    /// `/openapi.json`; not for the public.
    #[serde(deserialize_with = "address")]
    pub private_listen: SocketAddr,
    /// TLS on the public port; none by default.
    pub tls: Option<IdentityFiles>,
    /// The networks of the proxies whose `X-Forwarded-For` is trusted, read from the right; none by
    /// default.
    #[serde(deserialize_with = "proxies")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub trusted_proxies: Vec<IpNet>,
    /// The networks that may send requests, judged by the peer's address or the one that a trusted
    /// proxy names; all by default. Other connections are closed at once, or behind a proxy answered
    /// 403 before anything else is checked.
    #[serde(deserialize_with = "some_networks")]
    #[cfg_attr(test, schemars(with = "Option<Vec<String>>"))]
    pub allowed_networks: Option<Vec<IpNet>>,
    /// The maximum number of open connections; more are closed at once.
    pub max_connections: NonZeroUsize,
    /// The maximum number of open connections of one peer; trusted proxies are exempt.
    pub max_connections_per_peer: NonZeroUsize,
    /// Requests per second from one peer, on average.
    pub requests_per_second_per_peer: NonZeroU32,
    /// Requests from one peer in a burst.
    pub burst_per_peer: NonZeroU32,
    /// How long a TLS handshake and the head of a request may take, and how long a connection may be
    /// idle, from 1ms to 5m, as all durations of the gateway.
    #[serde(deserialize_with = "duration")]
    #[cfg_attr(test, schemars(with = "WrittenDuration"))]
    pub header_timeout: Duration,
    /// How long the whole of a body may take.
    #[serde(deserialize_with = "duration")]
    #[cfg_attr(test, schemars(with = "WrittenDuration"))]
    pub body_timeout: Duration,
    /// How long a request may take from its head to its answer; also for a shutdown. At least
    /// `body_timeout` and `temporal_timeout` together.
    #[serde(deserialize_with = "duration")]
    #[cfg_attr(test, schemars(with = "WrittenDuration"))]
    pub request_timeout: Duration,
    /// How long it goes on listening when it is asked to stop, while it says that it is not ready: so
    /// long that every balancer has noticed.
    #[serde(deserialize_with = "duration")]
    #[cfg_attr(test, schemars(with = "WrittenDuration"))]
    pub drain: Duration,
    /// How long Temporal may take to store a signal. The default lets the partner get its answer
    /// within 4 s.
    #[serde(deserialize_with = "duration")]
    #[cfg_attr(test, schemars(with = "WrittenDuration"))]
    pub temporal_timeout: Duration,
    /// Whether calls to Temporal are compressed. By default they are unless its address is loopback or
    /// private.
    pub grpc_compression: Option<bool>,
    /// The maximum number of callbacks that wait for Temporal; more are answered 503.
    pub max_waiting: NonZeroUsize,
}

impl GatewaySettings {
    /// Checks that no single field can show.
    pub(super) fn must_fit_together(&self) -> Result<(), String> {
        let (public, private) = (self.listen, self.private_listen);
        let any = public.ip().is_unspecified() || private.ip().is_unspecified();
        let clash = any || public.ip() == private.ip();
        if clash && public.port() == private.port() && public.port() != 0 {
            return Err("gateway.private_listen must differ from gateway.listen: \
                        what it tells is not for the public"
                .to_owned());
        }
        if self.request_timeout < self.body_timeout + self.temporal_timeout {
            return Err("gateway.request_timeout must be at least body_timeout and \
                        temporal_timeout together, which it would cut short: raise it"
                .to_owned());
        }
        Ok(())
    }
}

impl Default for GatewaySettings {
    fn default() -> GatewaySettings {
        const fn count(count: usize) -> NonZeroUsize {
            NonZeroUsize::MIN.saturating_add(count - 1)
        }
        const fn rate(rate: u32) -> NonZeroU32 {
            NonZeroU32::MIN.saturating_add(rate - 1)
        }
        GatewaySettings {
            listen: (Ipv4Addr::LOCALHOST, 8080).into(),
            private_listen: (Ipv4Addr::LOCALHOST, 9465).into(),
            tls: None,
            trusted_proxies: Vec::new(),
            allowed_networks: None,
            max_connections: count(4000),
            max_connections_per_peer: count(1000),
            requests_per_second_per_peer: rate(200),
            burst_per_peer: rate(2000),
            header_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(10),
            drain: Duration::from_secs(5),
            temporal_timeout: Duration::from_millis(3_500),
            grpc_compression: None,
            max_waiting: count(1000),
        }
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer).ok();
    let address = text.and_then(|text| text.parse().ok());
    address
        .ok_or_else(|| D::Error::custom("must be an address and a port such as \"0.0.0.0:8080\""))
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let network = |text: String| {
        let expected = format!("{text:?} must be a network such as \"10.0.0.0/8\"");
        match text.parse() {
            // Peers are distinguished by their IPv4 address, however it was written.
            Ok(IpNet::V6(network)) if network.addr().to_ipv4_mapped().is_some() => {
                let fix = format!("{text:?} must be written as the IPv4 network that it is");
                Err(D::Error::custom(fix))
            }
            Ok(network) => Ok(network),
            Err(_) => Err(D::Error::custom(expected)),
        }
    };
    Vec::deserialize(deserializer)?
        .into_iter()
        .map(network)
        .collect()
}

/// Trusting every address as a proxy would let everybody choose the address they are counted by.
fn proxies<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let networks = networks(deserializer)?;
    if networks.iter().any(|network| network.prefix_len() == 0) {
        Err(D::Error::custom(
            "must not contain every address: name the proxies' own networks",
        ))
    } else {
        Ok(networks)
    }
}

/// An empty list could mean that nobody is allowed, or everybody.
fn some_networks<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<IpNet>>, D::Error> {
    let networks = networks(deserializer)?;
    if networks.is_empty() {
        Err(D::Error::custom(
            "must name a network; remove the setting to allow everyone",
        ))
    } else {
        Ok(Some(networks))
    }
}
