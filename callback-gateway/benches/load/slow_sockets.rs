//! One peer that holds a thousand sockets and sends a byte now and then: half of them never come to
//! the end of their heads, half never to the end of their bodies.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How many sockets there are.
pub(crate) const COUNT: usize = 1000;

/// How many connections the other peer has.
pub(crate) const OTHERS: usize = 8;

/// Another address than the other peer's; all of 127.0.0.0/8 is this machine.
const PEER: &str = "127.0.0.2:0";

const PAUSE: Duration = Duration::from_millis(500);

/// The sockets, for as long as this is held.
pub(crate) struct SlowSockets {
    _tasks: JoinSet<()>,
    most: Arc<AtomicUsize>,
}

impl SlowSockets {
    /// The most that were open at once. The gateway closes the half in the head together, and they
    /// come again together.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }
}

/// Opens the sockets. One that the gateway closes is opened again.
pub(crate) async fn hold(gateway: &str) -> SlowSockets {
    let address: SocketAddr = gateway.parse().unwrap();
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut tasks = JoinSet::new();
    for number in 0..COUNT {
        let (open, most) = (open.clone(), most.clone());
        tasks.spawn(async move {
            loop {
                if let Ok(stream) = connect(address).await {
                    let now = open.fetch_add(1, Ordering::Relaxed) + 1;
                    most.fetch_max(now, Ordering::Relaxed);
                    drip(stream, number % 2 == 0).await;
                    open.fetch_sub(1, Ordering::Relaxed);
                }
                sleep(PAUSE).await;
            }
        });
    }
    // Until they are all there, as far as they are let.
    sleep(4 * PAUSE).await;
    SlowSockets {
        _tasks: tasks,
        most,
    }
}

/// The usual limit is fewer than there are.
pub(crate) fn allow_open_files() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
}

async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(PEER.parse().unwrap())?;
    socket.connect(address).await
}

async fn drip(mut stream: TcpStream, in_the_head: bool) {
    let head = "POST /v1/on_payment_completed HTTP/1.1\r\nHost: gateway\r\n\
                Content-Type: application/json\r\n";
    let begin = if in_the_head {
        format!("{head}X-Slow: ")
    } else {
        format!("{head}Content-Length: 4000\r\n\r\n{{")
    };
    let mut sent = stream.write_all(begin.as_bytes()).await;
    while sent.is_ok() {
        sleep(PAUSE).await;
        sent = stream.write_all(b" ").await;
    }
}
