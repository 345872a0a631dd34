//! The signals that ask a program to stop: SIGTERM, and SIGINT of Ctrl-C. The first one is a request
//! to finish what is under way. The second one ends the process at once, whatever it waits for.

use std::io;
use std::process::exit;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// Whether the program was asked to stop.
pub struct Stop(CancellationToken);

impl Stop {
    /// Listens from now on. Fails where the system lets no signal be handled.
    pub fn listen() -> io::Result<Stop> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let asked = CancellationToken::new();
        let stop = Stop(asked.clone());
        tokio::spawn(async move {
            next(&mut terminate, &mut interrupt).await;
            asked.cancel();
            let kind = next(&mut terminate, &mut interrupt).await;
            warn!("asked to stop a second time: ending at once");
            // As a shell reports a process that the signal killed.
            exit(128 + kind.as_raw_value());
        });
        Ok(stop)
    }

    /// Waits until the program is asked to stop.
    pub async fn asked(&self) {
        self.0.cancelled().await;
    }
}

async fn next(terminate: &mut Signal, interrupt: &mut Signal) -> SignalKind {
    tokio::select! {
        _ = terminate.recv() => SignalKind::terminate(),
        _ = interrupt.recv() => SignalKind::interrupt(),
    }
}
