//! A program asks its own private port how it is. Images without a shell or curl need this for
//! their container's health check.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use clap::ValueEnum;

/// The longest that connecting, and each read or write, may take.
const LIMIT: Duration = Duration::from_secs(3);

/// The longest answer that is read; the port's own are a few words.
const LONGEST_ANSWER: u64 = 4096;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Probe {
    /// Whether the process answers at all.
    Live,
    /// Whether it can do its work now.
    Ready,
}

/// Asks the private port of the program on this machine. An error says why the answer is no.
pub fn ask(private_listen: SocketAddr, probe: Probe) -> Result<(), String> {
    let address = own_address(private_listen);
    let path = match probe {
        Probe::Live => "/health/live",
        Probe::Ready => "/health/ready",
    };
    let answer = get(address, path)
        .map_err(|error| format!("{address} does not answer ({error}): is the program running?"))?;
    let mut lines = answer.lines();
    let status = lines.next().unwrap_or_default();
    if status.split(' ').nth(1) == Some("200") {
        return Ok(());
    }
    Err(format!(
        "{path}: {status}: {}",
        lines.last().unwrap_or_default()
    ))
}

/// A port that listens on every address is asked on loopback.
fn own_address(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.take(LONGEST_ANSWER).read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A port that answers one request, and gives back its first line.
    fn answers(answer: &'static str) -> (SocketAddr, thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            let request = String::from_utf8_lossy(&request[..length]);
            request.lines().next().unwrap_or_default().to_owned()
        });
        (address, asked)
    }

    #[test]
    fn only_200_is_healthy_and_anything_else_says_why_not() {
        let (address, asked) = answers("HTTP/1.1 200 OK\r\n\r\nready\n");
        assert_eq!(ask(address, Probe::Ready), Ok(()));
        assert_eq!(asked.join().unwrap(), "GET /health/ready HTTP/1.1");

        let (address, asked) = answers("HTTP/1.1 503 Service Unavailable\r\n\r\nnot polling\n");
        let why = ask(address, Probe::Ready).unwrap_err();
        assert_eq!(
            why,
            "/health/ready: HTTP/1.1 503 Service Unavailable: not polling"
        );
        asked.join().unwrap();
    }

    #[test]
    fn a_port_that_nobody_listens_on_is_not_healthy() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let why = ask(address, Probe::Live).unwrap_err();
        assert!(why.contains("is the program running?"), "{why}");
    }

    #[test]
    fn a_port_on_every_address_is_asked_on_loopback() {
        let own = |text: &str| own_address(text.parse().unwrap()).to_string();
        assert_eq!(own("0.0.0.0:9464"), "127.0.0.1:9464");
        assert_eq!(own("[::]:9464"), "[::1]:9464");
        assert_eq!(own("10.1.2.3:9464"), "10.1.2.3:9464");
    }
}
