//! A proxy between two parts of the system that disturbs some of the connections through it.
//!
//! It knows nothing of HTTP: it sees bytes that go to the target, and bytes that come back. A seed
//! and the order of the connections decide which connections it disturbs, and how. A strike also
//! disturbs the next request that contains certain bytes.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddrV4;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

pub use injection::Injection;
pub use policy::Policy;

use deck::{Fault, Shared, Strike};
use policy::PATIENCE;

/// A running proxy. Dropping it closes its port; open connections end by themselves.
pub struct FaultProxy {
    url: String,
    route: Route,
    listening: AbortHandle,
}

/// The state that all connections share.
#[derive(Clone)]
struct Route {
    target: String,
    shared: Arc<Mutex<Shared>>,
    cut: Arc<Notify>,
}

impl FaultProxy {
    /// Starts a proxy on a free port in front of `target`, an address such as
    /// `http://127.0.0.1:1234`.
    pub async fn start(target: &str, policy: Policy) -> anyhow::Result<FaultProxy> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let target = target
            .strip_prefix("http://")
            .with_context(|| format!("{target} is no plain http address"))?
            .to_owned();
        let shared = Shared {
            policy,
            random: fastrand::Rng::with_seed(policy.seed),
            deck: Vec::new(),
            strikes: Vec::new(),
            injected: BTreeMap::new(),
        };
        let route = Route {
            target,
            shared: Arc::new(Mutex::new(shared)),
            cut: Arc::default(),
        };
        let listening = tokio::spawn(listen(listener, route.clone()));
        Ok(FaultProxy {
            url,
            route,
            listening: listening.abort_handle(),
        })
    }

    /// Its address, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its address, for losing packets to it.
    pub fn address(&self) -> anyhow::Result<SocketAddrV4> {
        Ok(self.url.trim_start_matches("http://").parse()?)
    }

    /// Changes the policy from now on.
    pub fn set_policy(&self, policy: Policy) {
        let mut shared = lock(&self.route.shared);
        shared.policy = policy;
        shared.random = fastrand::Rng::with_seed(policy.seed);
        shared.deck.clear();
    }

    /// Disturbs the next request that contains these bytes at its beginning, such as
    /// `/v1/paymentStatus`, whatever the policy says. An empty text is in every request. It is then
    /// too late to refuse the connection.
    pub fn strike(&self, bytes: &str, injection: Injection) {
        lock(&self.route.shared).strikes.push(Strike {
            bytes: bytes.as_bytes().to_vec(),
            injection,
        });
    }

    /// Closes every connection that is open now.
    pub fn cut(&self) {
        self.route.cut.notify_waiters();
    }

    /// How many connections were disturbed, and how.
    pub fn injected(&self) -> BTreeMap<Injection, usize> {
        lock(&self.route.shared).injected.clone()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, route: Route) {
    while let Ok((client, _)) = listener.accept().await {
        let dealt = lock(&route.shared).deal();
        let route = route.clone();
        tokio::spawn(async move {
            let carried = tokio::select! {
                carried = carry(client, &route.target, &route.shared, dealt) => carried,
                () = route.cut.notified() => Ok(None),
            };
            // A connection that fails by itself is one more fault that the parts must survive.
            lock(&route.shared).conclude(dealt, carried.unwrap_or(None));
        });
    }
}

/// Carries one connection to its end, and reports how it was disturbed.
async fn carry(
    mut client: TcpStream,
    target: &str,
    shared: &Mutex<Shared>,
    mut fault: Option<Fault>,
) -> io::Result<Option<Injection>> {
    if let Some(Fault { injection, .. }) = fault
        && injection == Injection::Refused
    {
        return spoil(client, &[], injection).await;
    }
    let mut target = TcpStream::connect(target).await?;
    let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let opened = Instant::now();
    let life = lock(shared).policy.life;
    let mut is_answered = false;
    loop {
        let is_over = is_answered && opened.elapsed() > life;
        let pause = if is_over { IDLE } else { PATIENCE };
        tokio::select! {
            length = client.read(&mut up) => match length? {
                0 => return Ok(None),
                length => {
                    if let Some(fault) = &mut fault && is_answered {
                        fault.skip = fault.skip.saturating_sub(1);
                    }
                    fault = lock(shared).struck(&up[..length]).or(fault);
                    is_answered = false;
                    match fault {
                        Some(Fault { injection, skip: 0 }) if injection.keeps_the_request() => {
                            return spoil(client, &[], injection).await;
                        }
                        _ => target.write_all(&up[..length]).await?,
                    }
                }
            },
            length = target.read(&mut down) => match (length?, fault) {
                (0, _) => return Ok(None),
                (length, Some(Fault { injection, skip: 0 })) => {
                    if injection == Injection::AnswerLost {
                        // Whatever the client still sends arrives.
                        let _ = timeout(PATIENCE, copy(&mut client, &mut target)).await;
                    }
                    return spoil(client, &down[..length], injection).await;
                }
                (length, _) => {
                    is_answered = true;
                    client.write_all(&down[..length]).await?;
                }
            },
            () = sleep(pause) => return Ok(None),
        }
    }
}

/// Sends the client as much of the answer, and as slowly, as the injection says.
async fn spoil(
    mut client: TcpStream,
    answer: &[u8],
    injection: Injection,
) -> io::Result<Option<Injection>> {
    match injection {
        Injection::HalfAnswer => client.write_all(&answer[..answer.len() / 2]).await?,
        Injection::Drip => {
            for few in answer.chunks(8) {
                // The client may leave before the end.
                if client.write_all(few).await.is_err() {
                    break;
                }
                sleep(Duration::from_millis(100)).await;
            }
        }
        Injection::AnswerLost => {}
        Injection::Silence => {
            // It closes when its timeout is over.
            let mut ignored = Vec::new();
            let _ = timeout(PATIENCE, client.read_to_end(&mut ignored)).await;
        }
        Injection::Refused | Injection::ResetBefore | Injection::ResetAfter => {
            client.set_zero_linger()?;
        }
    }
    Ok(Some(injection))
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long after an answer an old connection is closed.
const IDLE: Duration = Duration::from_millis(30);

mod deck;
mod injection;
mod policy;
#[cfg(test)]
mod tests;
