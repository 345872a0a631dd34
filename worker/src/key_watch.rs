//! Reads the keys anew when the configuration or a key's file has changed. All of the configuration
//! is read and checked as at a start, and only the keys are taken from it. What can't be read changes
//! nothing.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::interval;
use tracing::{error, info};

use crate::configuration::{Configuration, Keys};
use crate::metrics;

/// How often the files are looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// What changes when a file is written, replaced, or gets another mode: device, inode, length, and the
/// time of its last change.
type Stamp = Option<(u64, u64, u64, i64, i64)>;

/// Keeps these keys as the files have them.
pub(crate) async fn watch(configuration: PathBuf, mut keys: Keys) {
    // What changed since the start is read at the first tick.
    let mut seen = Vec::new();
    let mut stale: Option<String> = None;
    let mut ticks = interval(PERIOD);
    loop {
        ticks.tick().await;
        let now = stamps(&configuration, &keys);
        // What was wrong may be put right in a file that is not looked at yet, such as a new key's.
        if now == seen && stale.is_none() {
            continue;
        }
        let files = keys.files().to_vec();
        let path = configuration.clone();
        let read = spawn_blocking(move || {
            let read = Configuration::load(&path).map(|configuration| configuration.keys);
            read.map_err(|problem| problem.to_string())
        });
        let problem = match read.await {
            Ok(Ok(newer)) => keys.renew(newer).err(),
            Ok(Err(problem)) => Some(problem),
            // The runtime shuts down.
            Err(_) => return,
        };
        metrics::keys_are_stale(problem.is_some());
        match &problem {
            None => info!("the keys were read anew"),
            Some(problem) if stale.as_ref() != Some(problem) => error!(
                problem,
                "the keys can't be read anew; those read before go on"
            ),
            Some(_) => {}
        }
        // From before the files were read, so that what changed meanwhile is read at the next tick.
        // Where other files are named now, those: reading once more would try a refused key again.
        seen = if keys.files() == files {
            now
        } else {
            stamps(&configuration, &keys)
        };
        stale = problem;
    }
}

fn stamps(configuration: &Path, keys: &Keys) -> Vec<Stamp> {
    let files = keys.files().iter().map(PathBuf::as_path);
    files.chain([configuration]).map(stamp).collect()
}

fn stamp(file: &Path) -> Stamp {
    let metadata: Metadata = fs::metadata(file).ok()?;
    Some((
        metadata.dev(),
        metadata.ino(),
        metadata.len(),
        metadata.ctime(),
        metadata.ctime_nsec(),
    ))
}
