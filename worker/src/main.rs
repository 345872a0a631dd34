//! `sky-worker`: runs the workflows and their activities, and makes the signing keys.

mod configuration;
mod metrics;
mod new_keys;
mod open_operations;
mod polling;
mod private_port;
mod spans;
mod temporal;
mod witness;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::configuration::Configuration;

/// Runs payments and reversals. Temporal's address comes from TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE
/// and the other TEMPORAL_* variables, as for Temporal's own command.
#[derive(Parser)]
#[command(name = "sky-worker", version)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Polls the task queue until SIGTERM or Ctrl-C.
    Run {
        /// The configuration file.
        #[arg(long, env = "SKY_WORKER_CONFIG")]
        config: PathBuf,
    },
    /// Reads the configuration and all files that it names, reports errors, and exits.
    Check {
        /// The configuration file.
        #[arg(long, env = "SKY_WORKER_CONFIG")]
        config: PathBuf,
    },
    /// Prints the address to register with the partner for saved cards. It contains a token: give
    /// it to nobody else.
    SavedCardAddress {
        /// The configuration file.
        #[arg(long, env = "SKY_WORKER_CONFIG")]
        config: PathBuf,
    },
    /// Creates a key pair for one purpose and prints the public key for the partner.
    NewKeys(new_keys::Arguments),
}

/// The exit status for wrong configuration (EX_CONFIG of sysexits.h).
const WRONG_CONFIGURATION: u8 = 78;

fn main() -> ExitCode {
    let result = match Arguments::parse().verb {
        Verb::Run { config } => load(config).and_then(polling::run),
        Verb::Check { config } => load(config).map(|_| println!("the configuration is sound")),
        Verb::SavedCardAddress { config } => {
            load(config).map(|configuration| println!("{}", configuration.saved_card_address()))
        }
        Verb::NewKeys(arguments) => new_keys::make(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Configuration(message)) => {
            eprintln!("sky-worker: {message}");
            ExitCode::from(WRONG_CONFIGURATION)
        }
        Err(Failure::Other(message)) => {
            eprintln!("sky-worker: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Why the process ends, in a message for the operator.
enum Failure {
    Configuration(String),
    Other(String),
}

fn load(path: PathBuf) -> Result<Configuration, Failure> {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,temporalio_sdk_core=warn"));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Configuration::load(&path).map_err(|error| Failure::Configuration(error.to_string()))
}
