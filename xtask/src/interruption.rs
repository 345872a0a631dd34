//! The request to stop: Ctrl-C, or SIGTERM.

use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

/// Does the work, unless somebody wants this program to stop before it is done. Then the work is dropped,
/// and with it go all of its processes.
pub(crate) async fn or_interrupted(
    work: impl Future<Output = anyhow::Result<ExitCode>>,
) -> anyhow::Result<ExitCode> {
    tokio::select! {
        result = work => result,
        code = interrupted() => code,
    }
}

/// Waits until somebody wants this program to stop, and says how it is to exit then.
async fn interrupted() -> anyhow::Result<ExitCode> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(ExitCode::from(130))
}
