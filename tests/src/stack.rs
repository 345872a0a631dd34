//! The running system.

pub(crate) mod builder;
mod configuration;
mod keys;
mod payments;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, ensure};
use tempfile::TempDir;

pub use configuration::Timings;

use crate::billing::Billing;
use crate::fault_proxy::FaultProxy;
use crate::operation::Operation;
use crate::partner::Partner;
use crate::place::{Place, Places};
use crate::procaas::Procaas;
use crate::process::{Process, run};
use crate::programs::program;
use crate::sockets;
use crate::stripe::Stripe;
use crate::temporal_server::TemporalServer;

/// The whole system, in a folder of its own. Dropping it kills every process and removes the
/// folder. Nothing of it outlives the process that holds it, however that process ends.
pub struct Stack {
    // Fields are dropped in this order: callers first, then what they call, the folder last.
    workers: Vec<Process>,
    workers_started: usize,
    gateway: Option<Process>,
    gateway_urls: GatewayUrls,
    partner: Partner,
    stripe: Option<Stripe>,
    billing: Billing,
    procaas: Option<Procaas>,
    /// Held so that it is dropped.
    _simulators: Vec<Process>,
    temporal: TemporalServer,
    proxies: Vec<FaultProxy>,
    places: Places,
    /// By request id.
    asked_for: Mutex<BTreeMap<String, Operation>>,
    folder: TempDir,
}

/// The ids of the processes whose use of the machine is worth knowing.
#[derive(Clone, Copy, Debug)]
pub struct ProcessIds {
    /// Temporal's server.
    pub temporal: u32,
    /// The oldest worker.
    pub worker: u32,
    /// The gateway.
    pub gateway: u32,
}

/// Where the gateway listens, also after its restarts.
struct GatewayUrls {
    public: String,
    private: String,
}

impl Stack {
    /// Temporal's server.
    pub fn temporal(&self) -> &TemporalServer {
        &self.temporal
    }

    /// Temporal's server, for killing and restarting it.
    pub fn temporal_mut(&mut self) -> &mut TemporalServer {
        &mut self.temporal
    }

    /// The ids of the processes, which must all run.
    pub fn process_ids(&self) -> anyhow::Result<ProcessIds> {
        let gateway = self.gateway.as_ref().context("the gateway does not run")?;
        Ok(ProcessIds {
            temporal: self.temporal.id().context("Temporal does not run")?,
            worker: self.oldest_worker()?.id(),
            gateway: gateway.id(),
        })
    }

    /// The simulated partner.
    pub fn partner(&self) -> &Partner {
        &self.partner
    }

    /// The simulated Stripe, if the stack has it.
    pub fn stripe(&self) -> anyhow::Result<&Stripe> {
        self.stripe.as_ref().context("the stack has no Stripe")
    }

    /// Simulated billing.
    pub fn billing(&self) -> &Billing {
        &self.billing
    }

    /// Simulated procaas, if saved cards were enabled.
    pub fn procaas(&self) -> anyhow::Result<&Procaas> {
        self.procaas.as_ref().context("saved cards are off")
    }

    /// The address to register with the partner for saved cards, with its token.
    pub async fn saved_card_address(&self) -> anyhow::Result<String> {
        let verb = ["saved-card-address", "--config", configuration::WORKER];
        let output = self.worker_verb(&verb).await?;
        let words = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "there is no address: {words}");
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Runs a verb of `sky-worker`, such as `["setup", "--dry-run"]`, whatever its exit code.
    pub async fn worker_verb(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        let mut command = self.temporal.worker_command(&program("sky-worker")?);
        command.args(arguments);
        run(command).await
    }

    /// The fault proxies in front of the partner, billing, the gateway and Stripe, if they were
    /// enabled.
    pub fn proxies(&self) -> &[FaultProxy] {
        &self.proxies
    }

    /// The gateway's public address, without a trailing slash.
    pub fn gateway_url(&self) -> &str {
        &self.gateway_urls.public
    }

    /// The gateway's private address: health and metrics.
    pub fn gateway_private_url(&self) -> &str {
        &self.gateway_urls.private
    }

    /// The private address of the worker that was started last.
    pub fn worker_private_url(&self) -> anyhow::Result<String> {
        let worker = self.workers.last().context("no worker runs")?;
        worker.announced("private")
    }

    /// A client for the gateway, over plain http.
    pub fn http(&self) -> &reqwest::Client {
        self.partner.http()
    }

    /// The folder of keys, secrets, configuration, logs and Temporal's database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts one more worker and waits until it polls.
    pub async fn start_worker(&mut self) -> anyhow::Result<()> {
        self.start_worker_from(&program("sky-worker")?).await
    }

    /// Starts a worker of another build.
    pub async fn start_worker_from(&mut self, program: &Path) -> anyhow::Result<()> {
        self.workers_started += 1;
        let name = format!("worker-{}", self.workers_started);
        let mut command = self.temporal.worker_command(program);
        command.args(["run", "--config", configuration::WORKER]);
        let command = self.places.worker.run(command);
        let worker = Process::start(&name, &command, &self.logs_folder()).await?;
        self.workers.push(worker);
        Ok(())
    }

    /// Kills the oldest worker, like `kill -9`.
    pub fn kill_worker(&mut self) -> anyhow::Result<()> {
        self.oldest_worker()?;
        self.workers.remove(0);
        Ok(())
    }

    /// Asks the oldest worker to stop, and waits until it has.
    pub async fn stop_worker(&mut self) -> anyhow::Result<()> {
        self.oldest_worker()?;
        self.workers.remove(0).stop().await
    }

    /// Asks the oldest worker to stop, and does not wait.
    pub fn terminate_worker(&self) -> anyhow::Result<()> {
        self.oldest_worker()?.terminate()
    }

    /// Replaces each worker that ended by itself, like a supervisor.
    pub async fn replace_ended_workers(&mut self) -> anyhow::Result<()> {
        let count = self.workers.len();
        self.workers.retain_mut(|worker| !worker.has_ended());
        for _ in self.workers.len()..count {
            self.start_worker().await?;
        }
        Ok(())
    }

    /// Freezes the oldest worker, with everything that it is working on.
    pub fn freeze_worker(&self) -> anyhow::Result<()> {
        self.oldest_worker()?.freeze()
    }

    /// Continues a frozen worker.
    pub fn thaw_worker(&self) -> anyhow::Result<()> {
        self.oldest_worker()?.thaw()
    }

    /// How long the kernel keeps sending on each of the connections that the oldest worker has to
    /// one of the simulators.
    pub fn user_timeouts(&self, url: &str) -> anyhow::Result<Vec<Duration>> {
        sockets::user_timeouts(self.oldest_worker()?.id(), url)
    }

    fn oldest_worker(&self) -> anyhow::Result<&Process> {
        self.workers.first().context("no worker runs")
    }

    /// Starts the gateway again after a kill (and kills it first), at the same addresses.
    pub async fn start_gateway(&mut self) -> anyhow::Result<()> {
        self.kill_gateway();
        self.gateway = Some(
            self.spawn_gateway("gateway", configuration::GATEWAY)
                .await?,
        );
        Ok(())
    }

    pub(crate) async fn spawn_gateway(&self, name: &str, file: &str) -> anyhow::Result<Process> {
        let place = &self.places.gateway;
        start_gateway(name, file, place, &self.temporal, &self.logs_folder()).await
    }

    /// Kills the gateway, like `kill -9`.
    pub fn kill_gateway(&mut self) {
        self.gateway = None;
    }

    /// All output of the processes, each line after the name of its file.
    pub fn logs(&self) -> anyhow::Result<String> {
        let mut logs = String::new();
        let files = fs::read_dir(self.logs_folder())?;
        let mut paths = files
            .map(|file| file.map(|file| file.path()))
            .collect::<Result<Vec<PathBuf>, _>>()?;
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            for line in String::from_utf8_lossy(&fs::read(&path)?).lines() {
                logs.push_str(&format!("{name}: {line}\n"));
            }
        }
        Ok(logs)
    }

    fn logs_folder(&self) -> PathBuf {
        self.folder().join("logs")
    }
}

async fn start_gateway(
    name: &str,
    file: &str,
    place: &Place,
    temporal: &TemporalServer,
    logs: &Path,
) -> anyhow::Result<Process> {
    let mut command = temporal.gateway_command(&program("sky-callback-gateway")?);
    command.args(["run", "--config", file]);
    Process::start(name, &place.run(command), logs).await
}
