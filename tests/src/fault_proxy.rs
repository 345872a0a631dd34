//! A proxy between two parts of the system that spoils some of the connections through it.
//!
//! It knows nothing of HTTP: it sees bytes that go to the target, and bytes that come back. Which
//! connections it spoils, and how, follows from a seed.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

/// What happens to a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Injection {
    /// It is closed as soon as it is there.
    Refused,
    /// It is reset once the request is there; the target never sees a byte.
    ResetBefore,
    /// The target gets the request; when it answers, the connection is reset.
    ResetAfter,
    /// Half of what the target answers, then the end of the connection.
    HalfAnswer,
    /// Nothing goes anywhere, and the connection stays open.
    Silence,
    /// The answer comes a few bytes at a time.
    Drip,
    /// The target gets the request; its answer is lost, and the connection stays open.
    AnswerLost,
}

impl Injection {
    /// Each of them.
    pub const ALL: [Injection; 7] = [
        Injection::Refused,
        Injection::ResetBefore,
        Injection::ResetAfter,
        Injection::HalfAnswer,
        Injection::Silence,
        Injection::Drip,
        Injection::AnswerLost,
    ];

    /// What happened, in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Injection::Refused => "refused",
            Injection::ResetBefore => "reset before the request",
            Injection::ResetAfter => "reset after the request",
            Injection::HalfAnswer => "half of the answer",
            Injection::Silence => "silence",
            Injection::Drip => "slow drip",
            Injection::AnswerLost => "answer lost, connection open",
        }
    }
}

/// Which connections are spoilt.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The same seed spoils the same connections, counted in the order in which they come.
    pub seed: u64,
    /// About one in so many; 0 spoils none.
    pub one_in: u32,
}

/// A running proxy. Dropping it closes its port; connections under way end by themselves.
pub struct FaultProxy {
    url: String,
    shared: Arc<Mutex<Shared>>,
    listening: AbortHandle,
}

struct Shared {
    policy: Policy,
    random: fastrand::Rng,
    /// Dealt one by one, so that every kind comes before any of them comes again.
    deck: Vec<Injection>,
    injected: BTreeMap<Injection, usize>,
}

impl FaultProxy {
    /// Starts a proxy at a free port before `target`, an address such as `http://127.0.0.1:1234`.
    pub async fn start(target: &str, policy: Policy) -> anyhow::Result<FaultProxy> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let target = target
            .strip_prefix("http://")
            .with_context(|| format!("{target} is no plain http address"))?
            .to_owned();
        let shared = Arc::new(Mutex::new(Shared {
            policy,
            random: fastrand::Rng::with_seed(policy.seed),
            deck: Vec::new(),
            injected: BTreeMap::new(),
        }));
        let listening = tokio::spawn(listen(listener, target, Arc::clone(&shared)));
        Ok(FaultProxy {
            url,
            shared,
            listening: listening.abort_handle(),
        })
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Spoils other connections from now on.
    pub fn set_policy(&self, policy: Policy) {
        let mut shared = lock(&self.shared);
        shared.policy = policy;
        shared.random = fastrand::Rng::with_seed(policy.seed);
        shared.deck.clear();
    }

    /// How many connections were spoilt, and how.
    pub fn injected(&self) -> BTreeMap<Injection, usize> {
        lock(&self.shared).injected.clone()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Shared {
    fn deal(&mut self) -> Option<Injection> {
        let one_in = self.policy.one_in;
        if one_in == 0 || self.random.u32(..one_in) != 0 {
            return None;
        }
        if self.deck.is_empty() {
            self.deck = Injection::ALL.to_vec();
            self.random.shuffle(&mut self.deck);
        }
        self.deck.pop()
    }
}

async fn listen(listener: TcpListener, target: String, shared: Arc<Mutex<Shared>>) {
    while let Ok((client, _)) = listener.accept().await {
        let injection = lock(&shared).deal();
        let (target, shared) = (target.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            // A connection that fails by itself is one more fault for the parts to bear.
            if let Ok(true) = carry(client, &target, injection).await
                && let Some(injection) = injection
            {
                *lock(&shared).injected.entry(injection).or_default() += 1;
            }
        });
    }
}

/// Carries one connection to its end; true when it was spoilt, which takes a request or an answer.
async fn carry(
    mut client: TcpStream,
    target: &str,
    injection: Option<Injection>,
) -> io::Result<bool> {
    let mut bytes = vec![0; 64 * 1024];
    match injection {
        Some(Injection::Refused) => {
            client.set_zero_linger()?;
            Ok(true)
        }
        Some(Injection::ResetBefore) => {
            let length = client.read(&mut bytes).await?;
            client.set_zero_linger()?;
            Ok(length > 0)
        }
        Some(Injection::Silence) => {
            let length = client.read(&mut bytes).await?;
            // Until the client leaves.
            while timeout(PATIENCE, client.read(&mut bytes))
                .await
                .is_ok_and(|read| read.is_ok_and(|length| length > 0))
            {}
            Ok(length > 0)
        }
        other => relay(client, target, other).await,
    }
}

/// Carries bytes both ways, and lets the injection have the first answer.
async fn relay(
    mut client: TcpStream,
    target: &str,
    injection: Option<Injection>,
) -> io::Result<bool> {
    let mut target = TcpStream::connect(target).await?;
    let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let opened = Instant::now();
    let mut is_answered = false;
    loop {
        // Clients keep connections. They are taken from them, so that new ones meet new faults.
        let is_over = is_answered && opened.elapsed() > LIFE;
        let pause = if is_over { IDLE } else { PATIENCE };
        tokio::select! {
            length = client.read(&mut up) => match length? {
                0 => return Ok(false),
                length => {
                    is_answered = false;
                    target.write_all(&up[..length]).await?;
                }
            },
            length = target.read(&mut down) => match length? {
                0 => return Ok(false),
                length if injection.is_none() => {
                    is_answered = true;
                    client.write_all(&down[..length]).await?;
                }
                length => return spoil(client, &down[..length], injection).await,
            },
            () = sleep(pause) => return Ok(false),
        }
    }
}

async fn spoil(
    mut client: TcpStream,
    answer: &[u8],
    injection: Option<Injection>,
) -> io::Result<bool> {
    match injection {
        Some(Injection::HalfAnswer) => client.write_all(&answer[..answer.len() / 2]).await?,
        Some(Injection::Drip) => {
            for few in answer.chunks(8) {
                client.write_all(few).await?;
                sleep(Duration::from_millis(100)).await;
            }
        }
        Some(Injection::AnswerLost) => {
            // Read to its end, which comes when the client has lost its patience.
            let mut ignored = Vec::new();
            let _ = timeout(PATIENCE, client.read_to_end(&mut ignored)).await;
        }
        _ => client.set_zero_linger()?,
    }
    Ok(true)
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a connection may be silent, as by default the callers' is longest.
const PATIENCE: Duration = Duration::from_secs(60);

/// How old a connection becomes that goes on being used.
const LIFE: Duration = Duration::from_millis(500);

/// How long after an answer an old connection is closed.
const IDLE: Duration = Duration::from_millis(30);

#[cfg(test)]
mod tests;
