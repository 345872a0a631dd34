//! A balancer in front of several gateways, as a cluster has it: it asks each gateway whether it is
//! ready, and gives new connections to those that are, in turn. It repairs nothing: a connection that
//! a gateway does not take is closed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::gateway::Gateway;

/// A running balancer. Dropping it closes its port.
pub struct Balancer {
    url: String,
    http: reqwest::Client,
    targets: Arc<Mutex<Targets>>,
    tasks: JoinSet<()>,
}

#[derive(Default)]
struct Targets {
    all: Vec<Target>,
    turn: usize,
}

struct Target {
    address: String,
    is_ready: bool,
    carried: usize,
}

impl Balancer {
    /// Starts one on a free port, with nothing behind it.
    pub async fn start(http: &reqwest::Client) -> anyhow::Result<Balancer> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let targets = Arc::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(listen(listener, Arc::clone(&targets)));
        Ok(Balancer {
            url,
            http: http.clone(),
            targets,
            tasks,
        })
    }

    /// Its address, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Puts a gateway behind it. It stays in the list after its end, as not ready.
    pub fn add(&mut self, gateway: &Gateway) {
        let mut targets = lock(&self.targets);
        let index = targets.all.len();
        targets.all.push(Target {
            address: gateway.url().trim_start_matches("http://").to_owned(),
            is_ready: false,
            carried: 0,
        });
        drop(targets);
        let question = format!("{}/health/ready", gateway.private_url());
        let (http, targets) = (self.http.clone(), Arc::clone(&self.targets));
        self.tasks.spawn(async move {
            loop {
                let asked = http.get(&question).timeout(PATIENCE).send().await;
                let is_ready = asked.is_ok_and(|answer| answer.status().is_success());
                lock(&targets).all[index].is_ready = is_ready;
                sleep(PAUSE).await;
            }
        });
    }

    /// How many connections each gateway got, in the order in which they were added.
    pub fn carried(&self) -> Vec<usize> {
        let targets = lock(&self.targets);
        targets.all.iter().map(|target| target.carried).collect()
    }
}

impl Targets {
    /// The address of the next gateway that is ready.
    fn next(&mut self) -> Option<String> {
        self.turn += 1;
        let mut ready: Vec<_> = self.all.iter_mut().filter(|it| it.is_ready).collect();
        let index = self.turn.checked_rem(ready.len())?;
        ready[index].carried += 1;
        Some(ready[index].address.clone())
    }
}

async fn listen(listener: TcpListener, targets: Arc<Mutex<Targets>>) {
    while let Ok((mut client, _)) = listener.accept().await {
        let next = lock(&targets).next();
        tokio::spawn(async move {
            if let Some(address) = next
                && let Ok(mut gateway) = TcpStream::connect(address).await
            {
                // The two ends tell each other what went wrong.
                let _ = copy_bidirectional(&mut client, &mut gateway).await;
            }
        });
    }
}

fn lock(targets: &Mutex<Targets>) -> MutexGuard<'_, Targets> {
    targets.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Much shorter than a gateway's drain.
const PAUSE: Duration = Duration::from_millis(200);

const PATIENCE: Duration = Duration::from_secs(2);
