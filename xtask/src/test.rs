//! `cargo xtask test`.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::ExitCode;
use std::thread::available_parallelism;

use harness::{Example, LocalStripe, StripeWorld, network};

use crate::build::{build_with_tests, cargo};
use crate::setup::{browser, has_nextest, temporal_cli};

/// Builds the programs that the scenarios start, then becomes the test runner, so that its exit
/// code and its handling of signals are this program's.
pub(crate) async fn test(arguments: &[String]) -> anyhow::Result<ExitCode> {
    become_runner(arguments, &[]).await
}

/// The same, with variables for the tests.
pub(crate) async fn become_runner(
    arguments: &[String],
    environment: &[(&str, &Path)],
) -> anyhow::Result<ExitCode> {
    let temporal = temporal_cli().await?;
    tell_if_missing("Temporal's UI is not tested", browser().await);
    let localstripe = LocalStripe::install().await;
    tell_if_missing("Nothing is tested with localstripe", localstripe);
    let world = StripeWorld::install().await;
    tell_if_missing("Nothing is tested with Stripe World", world);
    for example in Example::ALL {
        let what = format!("The example for {example:?} is not run");
        tell_if_missing(&what, example.install().await);
    }
    tell_if_missing("The tests that lose packets are not run", network::check());
    build_with_tests().await?;
    let runner: &[&str] = if has_nextest() {
        &["nextest", "run"]
    } else {
        &["test"]
    };
    let mut tests = cargo();
    tests.args(runner).arg("--workspace").args(arguments);
    tests.env("TEMPORAL_CLI", temporal);
    tests.envs(environment.iter().copied());
    // Temporal's server takes half of the processor's time, a tenth of that to collect garbage of small heaps.
    tests.env("GOGC", "400");
    // Most of the time a scenario waits for a timer, so twice as many as cores run at once.
    let at_once = available_parallelism().map_or(2, |cores| 2 * cores.get());
    for variable in ["RUST_TEST_THREADS", "NEXTEST_TEST_THREADS"] {
        if std::env::var_os(variable).is_none() {
            tests.env(variable, at_once.to_string());
        }
    }
    let error = tests.exec();
    Err(anyhow::Error::new(error).context("cargo can't be started"))
}

fn tell_if_missing<T>(what_follows: &str, wanted: anyhow::Result<T>) {
    if let Err(missing) = wanted {
        println!("{what_follows}: {missing:#}");
    }
}
