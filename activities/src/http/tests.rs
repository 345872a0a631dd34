//! Names that resolve to an address that drops packets, or that never resolve. The sockets are
//! real: a listener whose queue is full drops further connections.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Name, Resolve, Resolving};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::*;

/// An address that never answers, and the sockets that keep it that way.
struct Swallower {
    address: SocketAddr,
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

async fn swallower() -> Swallower {
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind((Ipv4Addr::new(127, 0, 0, 2), 0).into())
        .unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    // A queue of length 0 holds one connection that nobody accepts.
    let waiting = vec![TcpStream::connect(address).await.unwrap()];
    Swallower {
        address,
        _listener: listener,
        _waiting: waiting,
    }
}

/// Answers each request with 204, on the port of `beside` at another address, if it is free there.
async fn answerer(beside: SocketAddr) -> Option<SocketAddr> {
    let address = (Ipv4Addr::LOCALHOST, beside.port());
    let listener = TcpListener::bind(address).await.ok()?;
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await.unwrap();
            let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
            stream.write_all(answer).await.unwrap();
        }
    });
    Some(address.into())
}

#[tokio::test]
async fn a_living_address_is_reached_behind_one_that_swallows_packets() {
    temporalio_common::telemetry::ensure_default_crypto_provider();
    let (dead, living) = loop {
        let dead = swallower().await;
        if let Some(living) = answerer(dead.address).await {
            break (dead, living);
        }
    };
    let builder = clients::builder(Duration::from_secs(4));
    let both = [dead.address, living];
    let client = builder
        .resolve_to_addrs("partner.example", &both)
        .build()
        .unwrap();
    let url = format!("http://partner.example:{}/", living.port());
    let answer = send(client.post(url)).await.unwrap();
    assert_eq!(answer.status, 204);
}

#[tokio::test]
async fn where_every_address_swallows_packets_it_is_certain_that_nothing_was_sent() {
    temporalio_common::telemetry::ensure_default_crypto_provider();
    let dead = swallower().await;
    let client = clients::builder(Duration::from_secs(4)).build().unwrap();
    let url = format!("http://{}/", dead.address);
    let error = send(client.post(url).body("{}")).await.err().unwrap();
    assert!(
        matches!(&error, NoAnswer::NotConnected(words) if words == "connecting timed out"),
        "{error:?}"
    );
}

/// A resolver that never answers.
struct Silent;

impl Resolve for Silent {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_name_that_is_looked_up_for_ever_is_given_up_as_not_connected() {
    temporalio_common::telemetry::ensure_default_crypto_provider();
    let builder = clients::builder(Duration::from_secs(4));
    let client = builder.dns_resolver(Arc::new(Silent)).build().unwrap();
    let request = client.post("http://partner.example/").body("{}");
    let error = send(request).await.err().unwrap();
    assert!(matches!(error, NoAnswer::NotConnected(_)), "{error:?}");
}

#[test]
fn a_pause_that_was_asked_for_is_a_number_of_seconds() {
    assert_eq!(delay("120"), Some(Duration::from_secs(120)));
    assert_eq!(delay("007"), Some(Duration::from_secs(7)));
    for text in [
        "",
        "+2",
        "-2",
        "2.5",
        "2s",
        "1_0",
        "\u{662}",
        "99999999999999999999",
    ] {
        assert_eq!(delay(text), None, "{text}");
    }
}
