//! Starts the system from nothing.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use futures::future::try_join_all;
use serde_json::Value;
use tempfile::TempDir;

use super::configuration::{self, Addresses, Timings};
use super::keys::make_key;
use super::{GatewayUrls, Stack, start_gateway};
use crate::billing::Billing;
use crate::fault_proxy::{FaultProxy, Policy};
use crate::partner::Partner;
use crate::procaas::Procaas;
use crate::process::Process;
use crate::programs::program;
use crate::secret_file;
use crate::temporal_server::{ServerOptions, TemporalServer};

/// The options of a [`Stack`].
#[derive(Clone, Debug)]
pub struct Builder {
    timings: Timings,
    temporal: ServerOptions,
    workers: usize,
    default_scenario: Option<Value>,
    worker_settings: String,
    gateway_settings: String,
    proxies: Option<Policy>,
    saved_cards: bool,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder {
            timings: Timings::default(),
            temporal: ServerOptions::default(),
            workers: 1,
            default_scenario: None,
            worker_settings: String::new(),
            gateway_settings: String::new(),
            proxies: None,
            saved_cards: false,
        }
    }
}

impl Stack {
    /// The default options.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// How long to wait for what.
    pub fn timings(mut self, timings: Timings) -> Builder {
        self.timings = timings;
        self
    }

    /// Serves Temporal's web UI too.
    pub fn with_ui(mut self) -> Builder {
        self.temporal.with_ui = true;
        self
    }

    /// How many workers run at first, possibly 0. By default it is one.
    pub fn workers(mut self, workers: usize) -> Builder {
        self.workers = workers;
        self
    }

    /// What the partner does with requests that have no scenario of their own.
    pub fn default_scenario(mut self, scenario: Value) -> Builder {
        self.default_scenario = Some(scenario);
        self
    }

    /// More tables for the worker's configuration, as TOML.
    pub fn worker_settings(mut self, toml: &str) -> Builder {
        self.worker_settings = toml.to_owned();
        self
    }

    /// More lines for the table `[gateway]` of the gateway's configuration.
    pub fn gateway_settings(mut self, toml: &str) -> Builder {
        self.gateway_settings = toml.to_owned();
        self
    }

    /// Accepts the partner's saved cards, and hands them over to a simulated procaas.
    pub fn saved_cards(mut self) -> Builder {
        self.saved_cards = true;
        self
    }

    /// Puts fault proxies in front of the partner and of billing, for the worker, and in front of
    /// the gateway, for callbacks.
    pub fn fault_proxies(mut self, policy: Policy) -> Builder {
        self.proxies = Some(policy);
        self
    }

    /// Puts fault proxies between Temporal and the workers, and between Temporal and the gateway.
    pub fn temporal_proxies(mut self, policy: Policy) -> Builder {
        self.temporal.proxies = Some(policy);
        self
    }

    /// Keeps Temporal's database in memory, which is much faster: for stacks with very many
    /// operations whose Temporal is not killed.
    pub fn temporal_in_memory(mut self) -> Builder {
        self.temporal.in_memory = true;
        self
    }

    /// A setting of Temporal's dynamic configuration, such as `frontend.namespaceRPS=5`.
    pub fn temporal_setting(mut self, setting: &str) -> Builder {
        self.temporal.dynamic_config.push(setting.to_owned());
        self
    }

    /// A variable in the environment of the worker, the gateway and `sky-payments`.
    pub fn variable(mut self, name: &str, value: &str) -> Builder {
        let variable = (name.to_owned(), value.to_owned());
        self.temporal.environment.push(variable);
        self
    }

    /// Starts everything and waits until it is ready.
    pub async fn start(self) -> anyhow::Result<Stack> {
        let folder = TempDir::with_prefix("sky-stack-")?;
        let logs = folder.path().join("logs");
        fs::create_dir(&logs)?;
        write_secrets(folder.path())?;
        let temporal = TemporalServer::start(folder.path(), self.temporal.clone()).await?;
        let partner_process = start_partner(folder.path(), &logs).await?;
        let billing_process = start_billing(folder.path(), &logs).await?;
        let procaas_process = if self.saved_cards {
            Some(start_procaas(folder.path(), &logs).await?)
        } else {
            None
        };
        let procaas = procaas_process.as_ref();
        let procaas = procaas.map(|process| Procaas::new(process.announced("listening")?));
        let (gateway, gateway_urls) =
            start_first_gateway(&temporal, folder.path(), &logs, &self).await?;
        let mut stack = Stack {
            workers: Vec::new(),
            workers_started: 0,
            gateway: Some(gateway),
            gateway_urls,
            partner: Partner::new(partner_process.announced("listening")?)?,
            billing: Billing::new(billing_process.announced("listening")?)?,
            procaas: procaas.transpose()?,
            _simulators: [partner_process, billing_process]
                .into_iter()
                .chain(procaas_process)
                .collect(),
            temporal,
            proxies: Vec::new(),
            asked_for: Mutex::default(),
            folder,
        };
        if let Some(scenario) = &self.default_scenario {
            stack.partner.set_default_scenario(scenario).await?;
        }
        if let Some(policy) = self.proxies {
            let targets = [
                stack.partner.url(),
                stack.billing.url(),
                stack.gateway_url(),
            ];
            let proxies = targets.map(|target| FaultProxy::start(target, policy));
            stack.proxies = try_join_all(proxies).await?;
        }
        self.write_worker_file(&stack)?;
        for _ in 0..self.workers {
            stack.start_worker().await?;
        }
        Ok(stack)
    }

    fn write_worker_file(&self, stack: &Stack) -> anyhow::Result<()> {
        let addresses = match stack.proxies.as_slice() {
            [partner, billing, gateway] => Addresses {
                gateway: gateway.url(),
                partner: partner.url(),
                billing: billing.url(),
            },
            _ => Addresses {
                gateway: stack.gateway_url(),
                partner: stack.partner.url(),
                billing: stack.billing.url(),
            },
        };
        let mut text = configuration::worker(&addresses, &self.timings);
        if let Some(procaas) = &stack.procaas {
            text += &configuration::saved_cards(procaas.url());
        }
        let path = stack.folder().join(configuration::WORKER);
        fs::write(path, format!("{text}\n{}", self.worker_settings))?;
        Ok(())
    }
}

fn write_secrets(folder: &Path) -> anyhow::Result<()> {
    secret_file::create(&folder.join(configuration::CALLBACK_SECRET))?;
    secret_file::create(&folder.join(configuration::BILLING_TOKEN))?;
    secret_file::create(&folder.join(configuration::PROCAAS_TOKEN))?;
    fs::create_dir(folder.join(configuration::KEYS))?;
    make_key(folder, "payment", configuration::PAYMENT_KEY)?;
    make_key(folder, "reversal", configuration::REVERSAL_KEY)
}

async fn start_partner(folder: &Path, logs: &Path) -> anyhow::Result<Process> {
    let mut command = Command::new(program("partner-simulator")?);
    command
        .current_dir(folder)
        .args(["--listen", "127.0.0.1:0", "--auto-orders"]);
    for (key_id, purpose) in [
        (configuration::PAYMENT_KEY, "PAYMENT"),
        (configuration::REVERSAL_KEY, "REVERSAL"),
    ] {
        let merchant_id = configuration::MERCHANT_ID;
        let keys = configuration::KEYS;
        command.arg("--key").arg(format!(
            "{merchant_id}:{key_id}:{purpose}:{keys}/{key_id}.pub.pem"
        ));
    }
    Process::start("partner", &command, logs).await
}

async fn start_billing(folder: &Path, logs: &Path) -> anyhow::Result<Process> {
    start_with_token("billing", configuration::BILLING_TOKEN, folder, logs).await
}

async fn start_procaas(folder: &Path, logs: &Path) -> anyhow::Result<Process> {
    start_with_token("procaas", configuration::PROCAAS_TOKEN, folder, logs).await
}

async fn start_with_token(
    name: &str,
    token_file: &str,
    folder: &Path,
    logs: &Path,
) -> anyhow::Result<Process> {
    let mut command = Command::new(program(&format!("{name}-simulator"))?);
    command
        .current_dir(folder)
        .args(["--listen", "127.0.0.1:0"])
        .args(["--token-file", token_file]);
    Process::start(name, &command, logs).await
}

/// Starts the gateway at free addresses, and keeps them for its restarts.
async fn start_first_gateway(
    temporal: &TemporalServer,
    folder: &Path,
    logs: &Path,
    builder: &Builder,
) -> anyhow::Result<(Process, GatewayUrls)> {
    let file = folder.join(configuration::GATEWAY);
    let text = |public, private| {
        let settings = &builder.gateway_settings;
        configuration::gateway(public, private, settings, builder.saved_cards)
    };
    fs::write(&file, text("127.0.0.1:0", "127.0.0.1:0"))?;
    let gateway = start_gateway(temporal, logs).await?;
    let urls = GatewayUrls {
        public: gateway.announced("listening")?,
        private: gateway.announced("private")?,
    };
    let public = urls.public.trim_start_matches("http://");
    let private = urls.private.trim_start_matches("http://");
    fs::write(&file, text(public, private))?;
    Ok((gateway, urls))
}
