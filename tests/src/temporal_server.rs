//! Temporal's development server. With its database on the disk it can be killed and restarted.

use std::fs::{self, File};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::fault_proxy::{FaultProxy, Policy};
use crate::free_port::free_port;
use crate::place::Place;
use crate::process::{Process, run};
use crate::temporal_cli;

/// What operations can be searched by, with their types.
pub const SEARCH_ATTRIBUTES: [(&str, &str); 6] = [
    ("SkyOrderId", "Keyword"),
    ("SkyMerchant", "Keyword"),
    ("SkyPhase", "Keyword"),
    ("SkyOutcome", "Keyword"),
    ("SkyCurrency", "Keyword"),
    ("SkyAmountMinor", "Int"),
];

/// The only namespace of the development server.
pub(crate) const NAMESPACE: &str = "default";

/// The options of a [`TemporalServer`].
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    /// Serves the web UI too.
    pub with_ui: bool,
    /// Serves its HTTP API at an address that is known.
    pub with_http_api: bool,
    /// Keeps its database in a file, and so what it knows over a restart. In memory it is much faster.
    pub on_disk: bool,
    /// Settings of its dynamic configuration, such as `frontend.namespaceRPS=5`.
    pub dynamic_config: Vec<String>,
    /// Puts fault proxies between it and the workers, and between it and the gateways.
    pub proxies: Option<Policy>,
    /// Where it runs.
    pub place: Place,
    /// Variables for this project's programs that use it.
    pub environment: Vec<(String, String)>,
}

/// The fault proxies in front of Temporal.
pub struct TemporalProxies {
    /// The one for the workers.
    pub workers: FaultProxy,
    /// The one for the gateways.
    pub gateways: FaultProxy,
}

/// Temporal's development server. Dropping it kills it.
pub struct TemporalServer {
    cli: PathBuf,
    folder: PathBuf,
    place: Place,
    port: u16,
    ui_port: Option<u16>,
    http_port: Option<u16>,
    dynamic_config: Vec<String>,
    on_disk: bool,
    environment: Vec<(String, String)>,
    process: Option<Process>,
    proxies: Option<TemporalProxies>,
}

impl TemporalServer {
    /// Starts a server that keeps its files in `folder` and logs to `folder/logs`.
    pub async fn start(folder: &Path, options: ServerOptions) -> anyhow::Result<TemporalServer> {
        let cli = temporal_cli::find()?
            .context("Temporal's CLI is nowhere: run `cargo xtask setup`, or put it on PATH")?;
        fs::create_dir_all(folder.join("logs"))?;
        File::create(folder.join(CLIENT_SETTINGS))?;
        let mut server = TemporalServer {
            cli,
            folder: folder.to_owned(),
            place: options.place,
            port: free_port()?,
            ui_port: free_port_if(options.with_ui)?,
            http_port: free_port_if(options.with_http_api)?,
            dynamic_config: options.dynamic_config,
            on_disk: options.on_disk,
            environment: options.environment,
            process: None,
            proxies: None,
        };
        server.run().await?;
        if let Some(policy) = options.proxies {
            let target = format!("http://{}", server.address());
            server.proxies = Some(TemporalProxies {
                workers: FaultProxy::start(&target, policy).await?,
                gateways: FaultProxy::start(&target, policy).await?,
            });
        }
        Ok(server)
    }

    /// The id of its process, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Its address for clients, as `host:port`.
    pub fn address(&self) -> String {
        format!("{}:{}", self.place.ip(), self.port)
    }

    /// The fault proxies in front of it, if it was started with them.
    pub fn proxies(&self) -> Option<&TemporalProxies> {
        self.proxies.as_ref()
    }

    /// Its web UI, if it was started with one.
    pub fn ui_url(&self) -> Option<String> {
        let port = self.ui_port?;
        Some(format!("http://127.0.0.1:{port}/namespaces/{NAMESPACE}"))
    }

    /// Its HTTP API, if it was started with one.
    pub fn http_url(&self) -> Option<String> {
        Some(format!("http://127.0.0.1:{}", self.http_port?))
    }

    /// Freezes it: connections stay open, and nothing is answered.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.process.as_ref().context("it does not run")?.freeze()
    }

    /// Continues it after it was frozen.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.process.as_ref().context("it does not run")?.thaw()
    }

    /// Kills it like `kill -9`.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again after a kill (and kills it first), with the same database and ports.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        ensure!(
            self.on_disk,
            "it has forgotten everything: its database is in memory"
        );
        self.run().await
    }

    async fn run(&mut self) -> anyhow::Result<()> {
        self.kill();
        let mut tries = 0;
        loop {
            match self.serve().await {
                Ok(process) => {
                    self.process = Some(process);
                    return Ok(());
                }
                // Its inner services choose ports by themselves, which another process may take before
                // they use them. Then it ends, panics or waits for itself for ever, and seldom says why.
                Err(_) if tries < 3 => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn serve(&self) -> anyhow::Result<Process> {
        let logs = self.folder.join("logs");
        // It prints nothing before it serves and knows the search attributes.
        let process = Process::start("temporal", &self.server_command(), &logs).await?;
        let said = Instant::now();
        while TcpStream::connect(self.address()).is_err() {
            if said.elapsed() > Duration::from_secs(10) {
                return Err(process.failure("does not serve"));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(process)
    }

    /// The path of Temporal's command-line tool.
    pub fn cli_path(&self) -> &Path {
        &self.cli
    }

    /// Asks Temporal's command-line tool for a JSON answer, such as
    /// `["workflow", "describe", "--workflow-id", "..."]`.
    pub async fn cli(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let text = self
            .cli_text(&[arguments, &["--output", "json"]].concat())
            .await?;
        serde_json::from_str(&text)
            .with_context(|| format!("temporal {arguments:?} answered no JSON but: {text}"))
    }

    /// Runs Temporal's command-line tool, and returns what it prints.
    pub async fn cli_text(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = self.cli_command();
        command.args(arguments);
        let output = run(command).await?;
        let words = String::from_utf8_lossy(&output.stderr);
        let (status, words) = (output.status, words.trim_end());
        ensure!(
            status.success(),
            "temporal {arguments:?} ended with {status}: {words}"
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Temporal's command-line tool for this server, to be run without borrowing it meanwhile.
    pub fn cli_command(&self) -> Command {
        self.client_command(&self.cli)
    }

    fn server_command(&self) -> Command {
        let mut command = self.client_command(&self.cli);
        command
            .args(["server", "start-dev", "--ip"])
            .arg(self.place.ip_of_temporal().to_string())
            .args(["--log-level", "error"])
            .args(["--port", &self.port.to_string()]);
        if self.on_disk {
            command.args(["--db-filename", "temporal.db"]);
        }
        match self.ui_port {
            Some(port) => command
                .args(["--ui-port", &port.to_string()])
                .arg("--ui-disable-news-fetch"),
            None => command.arg("--headless"),
        };
        if let Some(port) = self.http_port {
            command.args(["--http-port", &port.to_string()]);
        }
        for setting in &self.dynamic_config {
            command.args(["--dynamic-config-value", setting]);
        }
        for (name, kind) in SEARCH_ATTRIBUTES {
            command.arg("--search-attribute");
            command.arg(format!("{name}={kind}"));
        }
        self.place.run(command)
    }
}

const CLIENT_SETTINGS: &str = "temporal.toml";

fn free_port_if(wanted: bool) -> anyhow::Result<Option<u16>> {
    wanted.then(free_port).transpose()
}

mod commands;
#[cfg(test)]
mod tests;
