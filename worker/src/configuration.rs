//! The worker's configuration: one TOML file. It is read and checked completely before anything
//! starts, and errors name the file, the field and the fix.

mod accounts;

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use activities::agree_terms::{CallbackAddresses, ConfigurationActivities};
use activities::finalize_billing::BillingActivities;
use activities::hand_over_saved_card::{ProcaasActivities, SavedCardsAddress};
use activities::partner_activities::PartnerActivities;
use activities::routes::{Route, Routes};
use activities::token_file::TokenFile;
use activities::{Clients, address};
use callback_token::{CallbackSecret, QUERY_PARAMETER};
use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as friendly;
use serde::Deserialize;
use workflows::contract::ids::TASK_QUEUE;
use workflows::operation::schedule::Schedule;

use self::accounts::AccountSection;

/// What the file says, checked and ready to use.
pub(crate) struct Configuration {
    /// How the process runs.
    pub(crate) worker: WorkerSection,
    /// The decisions for requests.
    pub(crate) configuration: ConfigurationActivities,
    /// The activities that call the partner.
    pub(crate) partner: PartnerActivities,
    /// The activities that call billing.
    pub(crate) billing: BillingActivities,
    /// The activities that call procaas.
    pub(crate) procaas: ProcaasActivities,
}

/// What is wrong with the configuration, in one message: the file, the field, the fix.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub(crate) struct ConfigurationError {
    file: String,
    problem: String,
}

/// `[worker]`: how the process runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub(crate) struct WorkerSection {
    /// The task queue that is polled.
    pub(crate) task_queue: String,
    /// The address of health and metrics; not for the public.
    pub(crate) private_listen: SocketAddr,
    /// How often the metrics of open operations are refreshed.
    #[serde(with = "friendly")]
    pub(crate) open_operations_interval: Duration,
    /// How long running activities may continue after SIGTERM.
    #[serde(with = "friendly")]
    pub(crate) shutdown_grace: Duration,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    worker: WorkerSection,
    callback: CallbackSection,
    #[serde(default)]
    schedule: Schedule,
    #[serde(default)]
    resolution: ResolutionSection,
    #[serde(default)]
    http: HttpSection,
    accounts: BTreeMap<String, AccountSection>,
    #[serde(default)]
    routes: Vec<Route>,
    billing: BillingSection,
    saved_cards: Option<SavedCardsSection>,
}

#[derive(Deserialize)]
struct CallbackSection {
    url: String,
    #[serde(default)]
    allowed_origins: Vec<String>,
    secrets: Vec<SecretSection>,
}

#[derive(Deserialize)]
struct SecretSection {
    id: String,
    file: PathBuf,
}

/// `[resolution]`: who may close an operation by hand.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ResolutionSection {
    two_operators: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HttpSection {
    ca_file: Option<PathBuf>,
}

#[derive(Deserialize)]
struct BillingSection {
    url: String,
    token_file: PathBuf,
}

#[derive(Deserialize)]
struct SavedCardsSection {
    url: String,
    token_file: PathBuf,
}

impl Default for WorkerSection {
    fn default() -> WorkerSection {
        WorkerSection {
            task_queue: TASK_QUEUE.to_owned(),
            private_listen: SocketAddr::from(([127, 0, 0, 1], 9464)),
            open_operations_interval: Duration::from_secs(15),
            shutdown_grace: Duration::from_secs(30),
        }
    }
}

impl Configuration {
    /// Reads and checks the file. Relative paths in it start at its folder.
    pub(crate) fn load(path: &Path) -> Result<Configuration, ConfigurationError> {
        let problem = |problem: String| ConfigurationError {
            file: path.display().to_string(),
            problem,
        };
        let text = fs::read_to_string(path)
            .map_err(|error| problem(format!("cannot be read: {error}")))?;
        let file = parse(&text).map_err(problem)?;
        build(file, path.parent().unwrap_or(Path::new("."))).map_err(problem)
    }

    /// The address to register with the partner for saved cards. It contains a token, which is
    /// valid for as long as the gateway has the secret that signs now.
    pub(crate) fn saved_card_address(&self) -> String {
        let url = self.configuration.callback.for_saved_cards();
        let token = self
            .partner
            .secret()
            .issue_for_saved_cards(Timestamp::now());
        format!("{url}?{QUERY_PARAMETER}={token}")
    }
}

fn parse(text: &str) -> Result<File, String> {
    let mut unknown = Vec::new();
    let deserializer = toml::Deserializer::parse(text).map_err(|error| error.to_string())?;
    let file = serde_ignored::deserialize(deserializer, |path| unknown.push(path.to_string()))
        .map_err(|error: toml::de::Error| error.to_string())?;
    if unknown.is_empty() {
        Ok(file)
    } else {
        Err(format!(
            "unknown settings: {}; see the README for those there are",
            unknown.join(", ")
        ))
    }
}

fn build(file: File, folder: &Path) -> Result<Configuration, String> {
    let field = |name: &'static str| move |problem: String| format!("{name}: {problem}");
    if file.worker.task_queue.is_empty() {
        return Err("worker.task_queue: must not be empty".to_owned());
    }
    // Temporal's list allows 10 requests a second for a whole namespace.
    let bounds = Duration::from_secs(1)..=Duration::from_secs(60 * 60);
    if !bounds.contains(&file.worker.open_operations_interval) {
        let rule = "must be between 1s and 1h";
        return Err(format!("worker.open_operations_interval: {rule}"));
    }
    file.schedule.check().map_err(field("schedule"))?;
    let callback = CallbackAddresses::new(&file.callback.url, &file.callback.allowed_origins)
        .map_err(field("callback"))?;
    let secret =
        signing_secret(&file.callback.secrets, folder).map_err(field("callback.secrets"))?;
    let ca_file = file.http.ca_file.map(|ca_file| {
        let path = folder.join(ca_file);
        fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
    });
    let ca_file = ca_file.transpose().map_err(field("http.ca_file"))?;
    let clients = Clients::new(ca_file.as_deref(), file.schedule.request_timeout)
        .map_err(field("http.ca_file"))?;
    let clients = Arc::new(clients);
    let accounts = Arc::new(accounts::read(file.accounts, folder, &clients)?);
    let routes = Routes::build(file.routes, &accounts)?;
    let billing_url = address::configured(&file.billing.url).map_err(field("billing.url"))?;
    let token_file = folder.join(file.billing.token_file);
    let token = TokenFile::new(token_file).map_err(field("billing.token_file"))?;
    let billing = BillingActivities::new(Arc::clone(&clients), &billing_url, token);
    let saved_cards = file.saved_cards.map(|section| {
        let url = address::configured(&section.url).map_err(field("saved_cards.url"))?;
        let token = TokenFile::new(folder.join(section.token_file))
            .map_err(field("saved_cards.token_file"))?;
        Ok::<_, String>(SavedCardsAddress {
            http: clients,
            url,
            token,
        })
    });
    Ok(Configuration {
        worker: file.worker,
        partner: PartnerActivities::new(Arc::clone(&accounts), Arc::new(secret)),
        configuration: ConfigurationActivities {
            accounts,
            routes,
            callback,
            schedule: file.schedule,
            two_operators: file.resolution.two_operators,
        },
        billing,
        procaas: ProcaasActivities::new(saved_cards.transpose()?),
    })
}

/// The first secret signs. The others are for the gateway, and are only checked here.
fn signing_secret(secrets: &[SecretSection], folder: &Path) -> Result<CallbackSecret, String> {
    let mut read = secrets.iter().map(|SecretSection { id, file }| {
        let path = folder.join(file);
        let bytes =
            secret_file::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        CallbackSecret::new(id, &bytes).map_err(|error| error.to_string())
    });
    let first = read.next().ok_or("must name at least one secret")??;
    for other in read {
        other?;
    }
    Ok(first)
}
