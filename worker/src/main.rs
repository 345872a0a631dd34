//! `sky-worker`: runs the workflows and their activities, and makes the signing keys.

mod account_watch;
mod builds;
mod configuration;
mod doctor;
mod healthcheck;
mod key_watch;
mod metrics;
mod new_keys;
mod open_operations;
mod polling;
mod private_port;
mod replay;
mod setup;
mod spans;
mod temporal;
mod try_key;
mod version;
#[cfg(test)]
mod views;
mod witness;
mod workflow_types;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use activities::partner::sky::key_pair;
use clap::{Parser, Subcommand};
use health_check::Probe;
use mimalloc::MiMalloc;
use temporal_connection::{Misconfigured, NotConnected};
use terminal_text::{complain, print, shown};
use tracing::warn;
use tracing_subscriber::EnvFilter;

use crate::configuration::Configuration;

/// Each call to Temporal allocates many small buffers, and the system's allocator is slow at that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Runs payments and reversals. Temporal's address comes from TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE
/// and the other TEMPORAL_* variables, as for Temporal's own command.
#[derive(Parser)]
#[command(
    name = "sky-worker",
    arg_required_else_help = true,
    args_conflicts_with_subcommands = true
)]
struct Arguments {
    /// Prints the version, and the build id that a worker has without TEMPORAL_WORKER_BUILD_ID.
    // Not clap's own, which would read the whole program for the build id at each start.
    #[arg(short = 'V', long)]
    version: bool,
    #[command(subcommand)]
    verb: Option<Verb>,
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
    /// Asks the private port of the worker that runs on this machine. Exits with 0 if it is well,
    /// otherwise with 1.
    Healthcheck {
        /// The worker's configuration file.
        #[arg(long, env = "SKY_WORKER_CONFIG")]
        config: PathBuf,
        /// What to ask for.
        #[arg(long, value_enum, default_value = "live")]
        probe: Probe,
    },
    /// Looks at everything that payments need around this worker: Temporal, keys, partners, billing,
    /// the gateway. Says what is wrong, each with its fix, and changes nothing. Exits with 1 if
    /// something is wrong.
    Doctor(doctor::Arguments),
    /// Makes a call that moves nothing with a key, and says whether the partner accepts the key.
    // Clap does not break this line, and it is longer than 80 characters.
    #[command(
        override_usage = "sky-worker try-key [OPTIONS] --config <CONFIG> --merchant <MERCHANT>\n       \
                          --purpose <PURPOSE>"
    )]
    TryKey(try_key::Arguments),
    /// Creates what Temporal's namespace needs: the namespace, its retention, the search attributes.
    /// What is there already stays.
    Setup(setup::Arguments),
    /// Replays the workflows of Temporal's namespace on this build, and lists those that it could
    /// not go on with. Exits with 1 if there are any. Nothing is changed.
    Replay(replay::Arguments),
    /// Prints the address to register with the partner for saved cards. It contains a token: give
    /// it to nobody else.
    SavedCardAddress {
        /// The configuration file.
        #[arg(long, env = "SKY_WORKER_CONFIG")]
        config: PathBuf,
    },
    /// Creates a key pair for one purpose and prints the public key for the partner.
    NewKeys(new_keys::Arguments),
    /// Prints the fingerprint of a signing key, to compare it with the partner's over another
    /// channel.
    Fingerprint {
        /// The private or the public key, a PEM file.
        file: PathBuf,
    },
}

/// The exit status for wrong configuration (EX_CONFIG of sysexits.h).
const WRONG_CONFIGURATION: u8 = 78;

fn main() -> ExitCode {
    // Without any argument it prints its help.
    let Some(verb) = Arguments::parse().verb else {
        println!("{}", version::text());
        return ExitCode::SUCCESS;
    };
    let result = match verb {
        Verb::Run { config } => load(&config).and_then(|configuration| {
            for warning in &configuration.warnings {
                warn!("{}: {warning}", config.display());
            }
            polling::run(configuration, config)
        }),
        Verb::Check { config } => check(&config),
        Verb::Healthcheck { config, probe } => healthcheck::healthcheck(&config, probe),
        Verb::Doctor(arguments) => doctor::run(&arguments),
        Verb::Setup(arguments) => setup::setup(&arguments),
        Verb::Replay(arguments) => replay::replay(&arguments),
        Verb::SavedCardAddress { config } => {
            load(&config).map(|configuration| println!("{}", configuration.saved_card_address()))
        }
        Verb::TryKey(arguments) => load(&arguments.config)
            .and_then(|configuration| try_key::run(&arguments, &configuration)),
        Verb::NewKeys(arguments) => new_keys::make(&arguments),
        Verb::Fingerprint { file } => key_pair::fingerprint_of(&file)
            .map(|fingerprint| println!("{fingerprint}"))
            .map_err(Failure::Other),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Configuration(message)) => {
            complain(&format_args!("sky-worker: {message}"));
            ExitCode::from(WRONG_CONFIGURATION)
        }
        Err(Failure::Other(message)) => {
            complain(&format_args!("sky-worker: {message}"));
            ExitCode::FAILURE
        }
    }
}

/// Why the process ends, in a message for the operator.
enum Failure {
    Configuration(String),
    Other(String),
}

impl Failure {
    fn other(error: impl std::fmt::Display) -> Failure {
        Failure::Other(error.to_string())
    }
}

impl From<NotConnected> for Failure {
    fn from(reason: NotConnected) -> Failure {
        match reason {
            NotConnected::Misconfigured(fault) => fault.into(),
            NotConnected::Away(error) => Failure::Other(format!(
                "Temporal is out of reach; check that it runs, and TEMPORAL_ADDRESS: {}",
                shown(&error.to_string())
            )),
        }
    }
}

impl From<Misconfigured> for Failure {
    fn from(fault: Misconfigured) -> Failure {
        Failure::Configuration(fault.to_string())
    }
}

fn check(path: &Path) -> Result<(), Failure> {
    for warning in load(path)?.warnings {
        complain(&warned(path, &warning));
    }
    temporal_connection::from_environment(None)?;
    version::from_environment()?;
    // The exporter belongs to a runtime, which nothing else here needs.
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::other)?;
    let traces = runtime.block_on(async { spans::export() });
    traces.map_err(|error| Failure::Configuration(error.to_string()))?;
    print(&good(path));
    Ok(())
}

fn warned(file: &Path, warning: &str) -> String {
    format!("sky-worker: {}: warning: {warning}", file.display())
}

fn good(file: &Path) -> String {
    format!("{}: good", file.display())
}

fn load(path: &Path) -> Result<Configuration, Failure> {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,temporalio_sdk_core=warn"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Configuration::load(path).map_err(|error| Failure::Configuration(error.to_string()))
}
