//! Ports for programs that can't say which one the system gave them, or that come back at the same one.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::{Mutex, PoisonError};

/// The UDP ports of the same numbers, by which other tests see that these are taken. No program of a
/// stack uses UDP.
static KEPT: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());

/// A port that is free, and that nobody else gets as long as this process runs: the system itself gives
/// away those from 32768 on.
pub fn free_port() -> anyhow::Result<u16> {
    loop {
        let port = fastrand::u16(10_000..32_000);
        let address = (Ipv4Addr::LOCALHOST, port);
        let kept =
            UdpSocket::bind(address).and_then(|kept| TcpListener::bind(address).map(|_| kept));
        match kept {
            Ok(kept) => {
                KEPT.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(kept);
                return Ok(port);
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(error.into()),
        }
    }
}
