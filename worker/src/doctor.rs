//! `sky-worker doctor`: what is missing or wrong around a worker, each with its fix. It is a verb of the
//! worker, since the worker alone has the keys and the way to the partner
//! (`docs/decisions/0025-the-doctor-is-the-workers.md`).

mod accounts;
mod gateway;
mod reaching;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use doctor::Finding;
use temporal_connection::Settings;

use self::reaching::reachable;
use crate::configuration::Configuration;
use crate::{Failure, load, version};

/// What is looked at.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The configuration file.
    #[arg(long, env = "SKY_WORKER_CONFIG")]
    config: PathBuf,
    /// json: one object per line
    #[arg(long, value_enum, default_value = "text")]
    output: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// The configuration is as it must be.
const GOOD: &str = "good, and nobody else can read the secrets that it names";

/// Prints a line for each thing. Fails if something is wrong.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::other)?;
    let findings = runtime.block_on(look(arguments));
    for finding in &findings {
        match arguments.output {
            Format::Text => terminal_text::print(finding),
            Format::Json => {
                let line = serde_json::to_string(finding).map_err(Failure::other)?;
                println!("{line}");
            }
        }
    }
    match findings.iter().filter(|it| it.is_wrong()).count() {
        0 => Ok(()),
        wrong => Err(Failure::Other(format!(
            "wrong: {wrong} of {}",
            findings.len()
        ))),
    }
}

async fn look(arguments: &Arguments) -> Vec<Finding> {
    let mut findings = Vec::new();
    let file = arguments.config.display().to_string();
    let configuration = match load(&arguments.config) {
        Ok(configuration) => configuration,
        Err(Failure::Configuration(fault) | Failure::Other(fault)) => {
            let fix = "correct what is named, and look again; docs/settings.md has each setting";
            findings.push(Finding::wrong(file, fault, fix));
            look_at_temporal(None, &mut findings).await;
            return findings;
        }
    };
    findings.push(Finding::ok(&file, GOOD));
    let warnings = configuration.warnings.iter();
    let fix = "correct it when you can: the worker starts all the same";
    findings.extend(warnings.map(|warning| Finding::warning(&file, warning, fix)));
    look_at_temporal(Some(&configuration), &mut findings).await;
    accounts::look(&configuration, &mut findings).await;
    let (billing, cards) = (&configuration.billing_url, &configuration.saved_cards_url);
    findings.push(reachable("billing", "billing.url", billing, &configuration).await);
    if let Some(url) = cards {
        findings.push(reachable("procaas", "saved_cards.url", url, &configuration).await);
    }
    findings.extend(gateway::look(&configuration).await);
    findings
}

async fn look_at_temporal(configuration: Option<&Configuration>, findings: &mut Vec<Finding>) {
    let fix = "correct what is named, and look again";
    if let Err(Failure::Configuration(fault) | Failure::Other(fault)) = version::from_environment()
    {
        findings.push(Finding::wrong("this worker's version", fault, fix));
    }
    let settings: Settings = match temporal_connection::from_environment(None) {
        Ok(settings) => settings,
        Err(fault) => {
            findings.push(Finding::wrong("TEMPORAL_*", fault.to_string(), fix));
            return;
        }
    };
    let client = doctor::temporal(&settings, findings).await;
    if let (Some(client), Some(configuration)) = (client, configuration) {
        let queue = &configuration.worker.task_queue;
        let names = configuration
            .configuration
            .accounts
            .names()
            .map(str::to_owned);
        findings.extend(doctor::task_queues(&client, queue, names).await);
    }
}

#[cfg(test)]
mod views;
