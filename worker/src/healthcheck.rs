//! `sky-worker healthcheck`: the container's question, where the image has no shell.

use std::fs;
use std::path::Path;

use health_check::Probe;
use serde::Deserialize;

use crate::Failure;
use crate::configuration::WorkerSection;

/// All that is read of the configuration: no key is.
#[derive(Deserialize)]
struct OnlyWorker {
    #[serde(default)]
    worker: WorkerSection,
}

/// Asks the private port of the worker with this configuration. Any failure is status 1: container
/// engines reserve the others.
pub(crate) fn healthcheck(config: &Path, probe: Probe) -> Result<(), Failure> {
    let unreadable = |error: String| Failure::Other(format!("{}: {error}", config.display()));
    let text = fs::read_to_string(config)
        .map_err(|error| unreadable(format!("can't be read: {error}")))?;
    let file: OnlyWorker = toml::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    health_check::ask(file.worker.private_listen, probe).map_err(Failure::Other)
}
