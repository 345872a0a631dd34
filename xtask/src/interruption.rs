//! The request to stop: Ctrl-C, or SIGTERM.

use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

/// Waits until somebody wants this program to stop, and says how it is to exit then.
pub(crate) async fn interrupted() -> anyhow::Result<ExitCode> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(ExitCode::from(130))
}
