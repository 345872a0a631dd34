//! The worker's configuration: one TOML file. It is read and checked completely before anything
//! starts, and errors name the file, the field and the fix.

mod accounts;
mod count;
mod keys;
#[cfg(test)]
mod reference;
mod sections;
#[cfg(test)]
mod tests;
mod worker_section;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::mem;
use std::path::Path;
use std::sync::Arc;

use activities::agree_terms::{CallbackAddresses, ConfigurationActivities};
use activities::finalize_billing::BillingActivities;
use activities::hand_over_saved_card::{ProcaasActivities, SavedCardsAddress};
use activities::partner_activities::PartnerActivities;
use activities::routes::{Route, Routes};
use activities::token_file::TokenFile;
use activities::{Clients, address};
use callback_token::{CallbackSecret, QUERY_PARAMETER};
use jiff::Timestamp;
use serde::Deserialize;
use url::Url;
use workflows::operation::schedule::Schedule;

pub(crate) use self::worker_section::WorkerSection;

use self::accounts::AccountSection;
use self::sections::{
    BillingSection, CallbackSection, HttpSection, ResolutionSection, SavedCardsSection,
    SecretSection,
};

pub(crate) use self::keys::Keys;

/// What the file says, checked and ready to use.
pub(crate) struct Configuration {
    /// How the process runs.
    pub(crate) worker: WorkerSection,
    /// The decisions for requests.
    pub(crate) configuration: ConfigurationActivities,
    /// The keys of the accounts that are served.
    pub(crate) keys: Keys,
    /// The activities that call the partner.
    pub(crate) partner: PartnerActivities,
    /// The activities that call billing.
    pub(crate) billing: BillingActivities,
    /// The activities that call procaas.
    pub(crate) procaas: ProcaasActivities,
    /// How outside systems are called.
    pub(crate) clients: Arc<Clients>,
    /// Where billing is.
    pub(crate) billing_url: Url,
    /// Where procaas takes saved cards, if it does.
    pub(crate) saved_cards_url: Option<Url>,
    /// What stops nothing, and should be corrected: the field and the fix.
    pub(crate) warnings: Vec<String>,
}

/// What is wrong with the configuration, in one message: the file, the field, the fix.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub(crate) struct ConfigurationError {
    file: String,
    problem: String,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
    /// The merchant accounts, each under a name of our own.
    accounts: BTreeMap<String, AccountSection>,
    /// Which account serves a request that names none: the most particular route that fits. Two for
    /// the same place are refused.
    #[serde(default)]
    routes: Vec<Route>,
    billing: BillingSection,
    saved_cards: Option<SavedCardsSection>,
}

/// The secret that signs and the one before it, as the gateway has them.
const MOST_SECRETS: usize = 2;

impl Configuration {
    /// Reads and checks the file. Relative paths in it start at its folder.
    pub(crate) fn load(path: &Path) -> Result<Configuration, ConfigurationError> {
        let problem = |problem: String| ConfigurationError {
            file: path.display().to_string(),
            problem,
        };
        let text =
            fs::read_to_string(path).map_err(|error| problem(format!("can't be read: {error}")))?;
        let file = strict_toml::parse(&text).map_err(problem)?;
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

fn build(file: File, folder: &Path) -> Result<Configuration, String> {
    let field = |name: &'static str| move |problem: String| format!("{name}: {problem}");
    file.worker
        .check()
        .map_err(|problem| format!("worker.{problem}"))?;
    file.schedule
        .check()
        .map_err(|problem| format!("schedule.{problem}"))?;
    let callback = CallbackAddresses::new(&file.callback.url, &file.callback.allowed_origins)
        .map_err(|problem| format!("callback.{problem}"))?;
    let secret =
        signing_secret(&file.callback.secrets, folder).map_err(field("callback.secrets"))?;
    let ca_file = file.http.ca_file.map(|ca_file| {
        let path = folder.join(ca_file);
        fs::read(&path).map_err(|error| {
            let path = path.display();
            format!("can't read {path} ({error}): name a PEM file that the worker may read")
        })
    });
    let ca_file = ca_file.transpose().map_err(field("http.ca_file"))?;
    let clients = Clients::new(ca_file.as_deref(), file.schedule.request_timeout)?;
    let clients = Arc::new(clients);
    let (accounts, mut keys) = accounts::read(
        file.accounts,
        file.worker.accounts.as_deref(),
        &file.schedule,
        folder,
        &clients,
    )?;
    let accounts = Arc::new(accounts);
    let routes = Routes::build(file.routes, &accounts)?;
    let mut warnings = mem::take(&mut keys.warnings);
    warnings.extend(routes.warnings());
    let billing_url = address::configured(&file.billing.url).map_err(field("billing.url"))?;
    let token_file = folder.join(file.billing.token_file);
    let token = TokenFile::new(token_file).map_err(field("billing.token_file"))?;
    let billing = BillingActivities::new(Arc::clone(&clients), &billing_url, token);
    let saved_cards = file.saved_cards.map(|section| {
        let url = address::configured(&section.url).map_err(field("saved_cards.url"))?;
        let token = TokenFile::new(folder.join(section.token_file))
            .map_err(field("saved_cards.token_file"))?;
        Ok::<_, String>(SavedCardsAddress {
            http: Arc::clone(&clients),
            url,
            token,
        })
    });
    let saved_cards = saved_cards.transpose()?;
    let saved_cards_url = saved_cards.as_ref().map(|it| it.url.clone());
    Ok(Configuration {
        worker: file.worker,
        clients,
        billing_url,
        saved_cards_url,
        keys,
        partner: PartnerActivities::new(Arc::clone(&accounts), Arc::new(secret)),
        configuration: ConfigurationActivities {
            accounts,
            routes,
            callback,
            schedule: file.schedule,
            two_operators: file.resolution.two_operators,
        },
        billing,
        procaas: ProcaasActivities::new(saved_cards),
        warnings,
    })
}

/// The first secret signs. The others are for the gateway, and are only checked here.
fn signing_secret(secrets: &[SecretSection], folder: &Path) -> Result<CallbackSecret, String> {
    if secrets.len() > MOST_SECRETS {
        return Err(format!(
            "there are {}, and the gateway takes {MOST_SECRETS}: keep the one that signs and the one \
             before it",
            secrets.len()
        ));
    }
    let mut ids = BTreeSet::new();
    if let Some(twice) = secrets.iter().find(|secret| !ids.insert(&secret.id)) {
        let id = &twice.id;
        return Err(format!("two have the id {id:?}: give each its own"));
    }
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
