//! `sky-callback-gateway`: turns the partner's callbacks into Temporal signals.

mod running;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use callback_gateway::configuration::{ConfigurationError, temporal_from_environment};
use callback_gateway::{Configuration, logs};
use clap::{Args, Parser, Subcommand};
use health_check::Probe;
use temporal_connection::{Misconfigured, Settings};
use temporalio_common::telemetry::ensure_default_crypto_provider;
use terminal_text::{complain, print};
use traces::Traces;
use tracing::error;

/// EX_CONFIG of sysexits.h: starting again won't help.
const WRONG_CONFIGURATION: u8 = 78;

/// Turns the partner's callbacks into Temporal signals. Temporal's address comes from
/// TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the other TEMPORAL_* variables, as for Temporal's own
/// command.
#[derive(Parser)]
#[command(name = "sky-callback-gateway", version = program_version::VERSION.as_str())]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serves the partner's callbacks until SIGTERM or Ctrl-C.
    Run(ConfigurationFile),
    /// Reads the configuration and all files that it names, and the variables, reports errors, and
    /// exits.
    Check(ConfigurationFile),
    /// Asks the private port of the gateway that runs on this machine. Exits with 0 if it is well,
    /// otherwise with 1.
    Healthcheck {
        #[command(flatten)]
        file: ConfigurationFile,
        /// What to ask for.
        #[arg(long, value_enum, default_value = "live")]
        probe: Probe,
    },
}

#[derive(Args)]
struct ConfigurationFile {
    /// The configuration file.
    #[arg(long, env = "SKY_GATEWAY_CONFIG")]
    config: PathBuf,
}

struct Start {
    configuration: Configuration,
    temporal: Settings,
}

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::parse().verb {
        Verb::Run(file) => run(&file.config).await,
        Verb::Check(file) => check(&file.config),
        Verb::Healthcheck { file, probe } => healthcheck(&file.config, probe),
    }
}

async fn run(config: &Path) -> ExitCode {
    let mut start = match read(config) {
        Ok(start) => start,
        Err(error) => return wrong(error),
    };
    let (_writing, lost_lines) = logs::install();
    ensure_default_crypto_provider();
    let traces = match Traces::from_environment("sky-callback-gateway") {
        Ok(traces) => traces,
        Err(error) => return wrong(error),
    };
    if traces.is_some() {
        start.temporal.client = traces::traced(start.temporal.client);
    }
    let result = running::run(start, lost_lines).await;
    if let Some(traces) = traces {
        traces.shut_down().await;
    }
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!("{error:#}");
            if error.is::<Misconfigured>() {
                return ExitCode::from(WRONG_CONFIGURATION);
            }
            ExitCode::FAILURE
        }
    }
}

fn check(config: &Path) -> ExitCode {
    if let Err(error) = read(config) {
        return wrong(error);
    }
    ensure_default_crypto_provider();
    if let Err(error) = Traces::from_environment("sky-callback-gateway") {
        return wrong(error);
    }
    print(&good(config));
    ExitCode::SUCCESS
}

fn good(config: &Path) -> String {
    format!("{}: good", config.display())
}

/// Any failure is 1: container engines reserve the other codes.
fn healthcheck(config: &Path, probe: Probe) -> ExitCode {
    let address = Configuration::private_listen(config).map_err(|error| error.to_string());
    match address.and_then(|address| health_check::ask(address, probe)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format_args!("sky-callback-gateway: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn read(config: &Path) -> Result<Start, ConfigurationError> {
    let configuration = Configuration::load(config)?;
    let mut temporal = temporal_from_environment()?;
    temporal.compress(configuration.settings.grpc_compression);
    Ok(Start {
        configuration,
        temporal,
    })
}

fn wrong(error: impl std::fmt::Display) -> ExitCode {
    complain(&format_args!("sky-callback-gateway: {error}"));
    ExitCode::from(WRONG_CONFIGURATION)
}

#[cfg(test)]
mod views;
