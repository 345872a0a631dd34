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
use crate::free_port::free_port;
use crate::partner::Partner;
use crate::place::{Place, Places};
use crate::procaas::Procaas;
use crate::process::Process;
use crate::programs::program;
use crate::secret_file;
use crate::stripe::Stripe;
use crate::temporal_server::{ServerOptions, TemporalServer};

/// The options of a [`Stack`].
#[derive(Clone, Debug, Default)]
pub struct Builder {
    timings: Timings,
    temporal: ServerOptions,
    workers: usize,
    default_scenario: Option<Value>,
    worker_settings: String,
    gateway_settings: String,
    proxies: Option<Policy>,
    saved_cards: bool,
    stripe: bool,
    places: Places,
}

impl Stack {
    /// The default options.
    pub fn builder() -> Builder {
        Builder {
            workers: 1,
            ..Builder::default()
        }
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

    /// Serves Temporal's HTTP API at an address that is known.
    pub fn with_http_api(mut self) -> Builder {
        self.temporal.with_http_api = true;
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

    /// More tables for the worker's configuration, as TOML, after those that were given before.
    pub fn worker_settings(mut self, toml: &str) -> Builder {
        self.worker_settings += toml;
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

    /// Starts a simulated Stripe too, with the account `stripe-main` for rides in Osh (KG) and
    /// Almaty (KZ). All others stay with the account `kg-main` at the partner Sky. Its events reach
    /// the gateway.
    pub fn with_stripe(mut self) -> Builder {
        self.stripe = true;
        self
    }

    /// Where each program runs.
    pub fn places(mut self, places: Places) -> Builder {
        self.temporal.place = places.temporal.clone();
        self.places = places;
        self
    }

    /// Puts fault proxies in front of the partner, of billing and of Stripe (if the stack has it), for
    /// the worker, and in front of the gateway, for callbacks.
    pub fn fault_proxies(mut self, policy: Policy) -> Builder {
        self.proxies = Some(policy);
        self
    }

    /// Puts fault proxies between Temporal and the workers, and between Temporal and the gateway.
    pub fn temporal_proxies(mut self, policy: Policy) -> Builder {
        self.temporal.proxies = Some(policy);
        self
    }

    /// Keeps Temporal's database on the disk, for a stack whose Temporal is started again.
    pub fn temporal_on_disk(mut self) -> Builder {
        self.temporal.on_disk = true;
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
        let partner_process = start_partner(&self.places.partner, folder.path(), &logs).await?;
        let others = &self.places.others;
        let billing_process = start_with_token("billing", others, folder.path(), &logs).await?;
        let procaas_process = if self.saved_cards {
            Some(start_with_token("procaas", others, folder.path(), &logs).await?)
        } else {
            None
        };
        let stripe = if self.stripe {
            Some(Stripe::start().await?)
        } else {
            None
        };
        let webhooks = stripe.as_ref().map(configuration::webhooks);
        let procaas = procaas_process.as_ref();
        let procaas = procaas.map(|process| Procaas::new(process.announced("listening")?));
        let (gateway, gateway_urls) =
            start_first_gateway(&temporal, folder.path(), &logs, &self, webhooks).await?;
        let mut stack = Stack {
            workers: Vec::new(),
            workers_started: 0,
            gateway: Some(gateway),
            gateway_urls,
            partner: Partner::new(partner_process.announced("listening")?)?,
            stripe,
            billing: Billing::new(billing_process.announced("listening")?)?,
            procaas: procaas.transpose()?,
            _simulators: [partner_process, billing_process]
                .into_iter()
                .chain(procaas_process)
                .collect(),
            temporal,
            proxies: Vec::new(),
            places: self.places.clone(),
            asked_for: Mutex::default(),
            folder,
        };
        if let Some(scenario) = &self.default_scenario {
            stack.partner.set_default_scenario(scenario).await?;
        }
        if let Some(stripe) = &stack.stripe {
            let url = format!("{}{}", stack.gateway_url(), configuration::WEBHOOKS);
            let secret = stripe.webhook_secret_file();
            stripe.deliver_events_to(&url, &[secret]).await?;
        }
        if let Some(policy) = self.proxies {
            let targets = [
                stack.partner.url(),
                stack.billing.url(),
                stack.gateway_url(),
            ];
            let stripe = stack.stripe.as_ref().map(Stripe::url);
            let targets = targets.into_iter().chain(stripe);
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
            [partner, billing, gateway, ..] => Addresses {
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
        if let Some(stripe) = &stack.stripe {
            let url = stack.proxies.get(3).map_or(stripe.url(), FaultProxy::url);
            text += &configuration::stripe(stripe, url);
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

async fn start_partner(place: &Place, folder: &Path, logs: &Path) -> anyhow::Result<Process> {
    let mut command = Command::new(program("partner-simulator")?);
    command
        .current_dir(folder)
        .args(["--listen", &place.any_port(), "--auto-orders"]);
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
    Process::start("partner", &place.run(command), logs).await
}

/// Starts a simulator whose token is in the file `NAME-token`.
async fn start_with_token(
    name: &str,
    place: &Place,
    folder: &Path,
    logs: &Path,
) -> anyhow::Result<Process> {
    let mut command = Command::new(program(&format!("{name}-simulator"))?);
    command
        .current_dir(folder)
        .args(["--listen", &place.any_port()])
        .args(["--token-file", &format!("{name}-token")]);
    Process::start(name, &place.run(command), logs).await
}

/// Starts the gateway at free addresses, which are also those of its restarts.
async fn start_first_gateway(
    temporal: &TemporalServer,
    folder: &Path,
    logs: &Path,
    builder: &Builder,
    webhooks: Option<String>,
) -> anyhow::Result<(Process, GatewayUrls)> {
    let file = folder.join(configuration::GATEWAY);
    let settings = builder.gateway_settings.clone() + &webhooks.unwrap_or_default();
    let place = &builder.places.gateway;
    let address = || anyhow::Ok(format!("{}:{}", place.ip(), free_port()?));
    let (public, private) = (address()?, address()?);
    let text = configuration::gateway(&public, &private, &settings, builder.saved_cards);
    fs::write(&file, text)?;
    let gateway = start_gateway("gateway", configuration::GATEWAY, place, temporal, logs).await?;
    let urls = GatewayUrls {
        public: gateway.announced("listening")?,
        private: gateway.announced("private")?,
    };
    Ok((gateway, urls))
}
