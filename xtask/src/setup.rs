//! What the other commands need.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use harness::{Browser, Example, LocalStripe, StripeWorld, network, temporal_cli};

/// Installs what is needed, and prints what there is.
pub(crate) async fn setup() -> anyhow::Result<()> {
    println!("Temporal's CLI: {}", temporal_cli().await?.display());
    tell("a browser to test Temporal's UI with", browser().await);
    let localstripe = LocalStripe::install().await;
    tell("localstripe, another simulator of Stripe", localstripe);
    tell("Stripe World, one more", StripeWorld::install().await);
    for example in Example::ALL {
        let what = format!("what the example for {example:?} needs");
        tell(&what, example.install().await);
    }
    tell("networks in which packets can be lost", network::check());
    println!(
        "cargo-nextest: {}",
        if has_nextest() {
            "found"
        } else {
            "not found, so `cargo xtask test` uses `cargo test`, which is slower"
        }
    );
    Ok(())
}

fn tell<T>(what: &str, wanted: anyhow::Result<T>) {
    match wanted {
        Ok(_) => println!("{what}: found"),
        Err(missing) => println!("{what}: none: {missing:#}"),
    }
}

/// Finds Temporal's CLI, or installs it.
pub(crate) async fn temporal_cli() -> anyhow::Result<PathBuf> {
    if let Some(path) = temporal_cli::find()? {
        return Ok(path);
    }
    println!("Temporal's CLI is nowhere: installing it into the target folder");
    temporal_cli::install().await
}

/// Finds the browser for the tests of Temporal's UI, and installs what controls it.
pub(crate) async fn browser() -> anyhow::Result<Browser> {
    Browser::install().await?;
    Browser::find()
}

/// Whether cargo-nextest is installed.
pub(crate) fn has_nextest() -> bool {
    let asked = Command::new("cargo")
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    asked.is_ok_and(|status| status.success())
}
