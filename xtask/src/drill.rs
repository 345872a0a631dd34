//! `cargo xtask drill NAME`: an incident on a laptop. A real Prometheus watches the real system
//! with the deployed rules, with a second for each minute. The alerts fire, the runbook's steps are
//! taken, and the alerts clear.

mod alarms;
mod billing_away;
mod callbacks_stopped;
mod charge_then_timeout;
mod key_rejected;
mod partner_away;
mod stage;

use std::process::ExitCode;

use anyhow::ensure;
use clap::ValueEnum;
use harness::Prometheus;

use crate::build::build_programs;
use crate::setup::temporal_cli;

/// The incidents.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Drill {
    /// The partner charges a card, its answer is lost, and then it can't be asked
    ChargeThenTimeout,
    /// The partner answers nothing at all
    PartnerAway,
    /// Riders are charged, and billing does not record it
    BillingAway,
    /// The partner finishes payments but sends no more callbacks
    CallbacksStopped,
    /// The partner no longer knows our signing key
    KeyRejected,
}

/// Runs a drill; fails when an alert did not fire, or did not clear, or money went wrong.
pub(crate) async fn drill(drill: Drill) -> anyhow::Result<ExitCode> {
    ensure!(
        Prometheus::find().is_some(),
        "a drill needs prometheus on the PATH: install Debian's package prometheus, or unpack a \
         release of it there"
    );
    temporal_cli().await?;
    build_programs().await?;
    match drill {
        Drill::ChargeThenTimeout => charge_then_timeout::drill().await?,
        Drill::PartnerAway => partner_away::drill().await?,
        Drill::BillingAway => billing_away::drill().await?,
        Drill::CallbacksStopped => callbacks_stopped::drill().await?,
        Drill::KeyRejected => key_rejected::drill().await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells which drills there are.
pub(crate) fn list() {
    println!("cargo xtask drill NAME, with one of:\n");
    for drill in Drill::value_variants() {
        if let Some(value) = drill.to_possible_value() {
            let help = value
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            println!("  {:20} {help}", value.get_name());
        }
    }
}
