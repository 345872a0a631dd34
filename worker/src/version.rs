//! Which build of which deployment this worker is, where Temporal's Worker Versioning is used.

use std::env;

use temporalio_common::worker::{
    VersioningBehavior, WorkerDeploymentOptions, WorkerDeploymentVersion, build_id_from_current_exe,
};

use crate::Failure;

/// The variables that Temporal's worker controller sets.
const NAME: &str = "TEMPORAL_DEPLOYMENT_NAME";
const BUILD: &str = "TEMPORAL_WORKER_BUILD_ID";

/// The SDK's word where it can't read the program.
const UNDETERMINED: &str = "undetermined";

/// The version of this process's environment. Without the variables the worker has no version, and polls like any other.
/// With the deployment's name alone, the build is [`own_build`].
///
/// A worker with a version gets nothing until that version is current or ramping.
pub(crate) fn from_environment() -> Result<Option<WorkerDeploymentVersion>, Failure> {
    let value = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let (name, build) = match (value(NAME), value(BUILD)) {
        (None, None) => return Ok(None),
        (Some(name), Some(build)) => (name, build),
        // Two builds that can't read themselves would be one version.
        (Some(_), None) if own_build() == UNDETERMINED => {
            return Err(Failure::Configuration(format!(
                "{NAME} is set and {BUILD} is not, and the program can't be read: set {BUILD}"
            )));
        }
        (Some(name), None) => (name, own_build().to_owned()),
        (None, Some(_)) => {
            return Err(Failure::Configuration(format!(
                "{BUILD} is set and {NAME} is not: a worker's version needs a deployment; set \
                 {NAME}, or remove {BUILD}"
            )));
        }
    };
    let version = WorkerDeploymentVersion::builder()
        .deployment_name(name)
        .build_id(build)
        .build();
    Ok(Some(version))
}

/// A worker of this version, whose payments stay on it until they go on as a new run.
pub(crate) fn pinned(version: WorkerDeploymentVersion) -> WorkerDeploymentOptions {
    WorkerDeploymentOptions::new(version)
        .use_worker_versioning(true)
        .default_versioning_behavior(VersioningBehavior::Pinned)
        .build()
}

/// The commit that the program was built from; a hash of the program where the build did not name it.
fn own_build() -> &'static str {
    let revision = program_version::REVISION.filter(|revision| !revision.is_empty());
    revision.unwrap_or_else(build_id_from_current_exe)
}

/// The answer to `--version`.
pub(crate) fn text() -> String {
    format!(
        "sky-worker {}, build {}",
        *program_version::VERSION,
        own_build()
    )
}
