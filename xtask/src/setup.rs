//! What the other commands need.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use harness::{Browser, Example, LocalStripe, StripeWorld, network, temporal_cli};

/// Installs what is needed, and prints what there is.
pub(crate) async fn setup() -> anyhow::Result<()> {
    println!("Temporal's CLI: {}", temporal_cli().await?.display());
    println!(
        "a browser to test Temporal's UI with: {}",
        found(browser().await)
    );
    println!(
        "localstripe, another simulator of Stripe: {}",
        found(LocalStripe::install().await)
    );
    println!(
        "Stripe World, one more: {}",
        found(StripeWorld::install().await)
    );
    for example in Example::ALL {
        println!(
            "what the example for {example:?} needs: {}",
            found(example.install().await)
        );
    }
    println!(
        "networks in which packets can be lost: {}",
        found(network::check())
    );
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

fn found<T>(wanted: anyhow::Result<T>) -> String {
    match wanted {
        Ok(_) => "found".to_owned(),
        Err(missing) => format!("none: {missing:#}"),
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
