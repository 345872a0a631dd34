//! The commands of this repository: `cargo xtask setup`, `demo`, `test`, `conformance`,
//! `crash-matrix`, `campaign`, `stuck`, `drill`, `upgrade`, `bench`, `book`, `check-deploy`, `schemas`
//! and `schemathesis`.

mod bench;
mod book;
mod build;
mod campaign;
mod check_deploy;
mod conformance;
mod crash_matrix;
mod demo;
mod drill;
mod fetched;
mod interruption;
mod schemas;
mod schemathesis;
mod setup;
mod stuck;
mod test;
mod upgrade;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use interruption::or_interrupted;

/// Runs the whole system on this machine: Temporal, the worker, the callback gateway, and
/// simulators of the partner and of billing.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Checks what the other commands need, and installs Temporal's CLI into the target folder if
    /// it is not found.
    Setup,
    /// Builds everything, runs payments and refunds at two partners, and checks where the money went.
    Demo {
        /// Leaves everything running until Ctrl-C, to look around and try more.
        #[arg(long)]
        keep: bool,
    },
    /// Builds everything, plays what must hold with every partner at each partner and simulator, and
    /// prints a table.
    Conformance,
    /// Builds everything, kills or freezes processes or drops packets at every point where a
    /// payment waits for something, and prints a table of what money moved.
    CrashMatrix(crash_matrix::CrashMatrix),
    /// Builds everything, makes many payments and refunds while almost everything goes wrong, and
    /// compares all books.
    Campaign(campaign::Campaign),
    /// Builds everything, stages an incident, shows which alerts fire, and takes the runbook's steps
    /// until they clear. Without a name, lists the drills.
    Drill {
        /// Which incident.
        name: Option<drill::Drill>,
    },
    /// Builds everything, makes 2,000 payments, and finds, explains and resolves the stuck ones.
    Stuck(stuck::Stuck),
    /// Builds the worker of an earlier commit and everything of this one, and upgrades, ramps and goes
    /// back with payments open in each phase.
    Upgrade {
        /// The commit, such as HEAD~5 or a tag.
        commit: String,
    },
    /// Builds everything, and checks the files in `deploy` with the tools that know them, fetched into the
    /// target folder or installed. Each check must also refuse a broken copy.
    CheckDeploy,
    /// Builds the documentation as a book in target/book/html. Fails if a link leads nowhere, or if a diagram
    /// can't be drawn.
    Book,
    /// Builds in release and measures.
    #[command(subcommand)]
    Bench(Bench),
    /// Builds everything, and tests the gateway against its OpenAPI document with schemathesis,
    /// from PyPI.
    Schemathesis {
        /// Passed to schemathesis, such as --max-examples 1000.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Writes the JSON Schemas in docs/api/schemas, generated from the Rust types.
    Schemas {
        /// Only compares them, and fails if they differ.
        #[arg(long)]
        check: bool,
    },
    /// Builds everything and runs all tests, with cargo-nextest if it is installed.
    Test {
        /// Passed to the test runner, such as the name of a test.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

#[derive(Subcommand)]
enum Bench {
    /// Measures how many callbacks per second the gateway refuses and accepts, in comparison with
    /// the possible maximum, and whether slow peers delay others. Fails if a limit is missed.
    Gateway {
        /// Passed to the benchmark, such as --turns 20.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Measures what a payment and a reversal cost, beside a workflow of the same shape that does
    /// nothing.
    Payments {
        /// Passed to the benchmark, such as --parts cpu,isolation --rounds 3 --output json.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Arguments::parse().verb {
        None => Arguments::command()
            .print_help()
            .map(|()| ExitCode::SUCCESS)
            .map_err(anyhow::Error::from),
        Some(Verb::Setup) => setup::setup().await.map(|()| ExitCode::SUCCESS),
        Some(Verb::Demo { keep }) => or_interrupted(demo::demo(keep)).await,
        Some(Verb::Conformance) => or_interrupted(conformance::conformance()).await,
        Some(Verb::CrashMatrix(arguments)) => {
            or_interrupted(crash_matrix::crash_matrix(&arguments)).await
        }
        Some(Verb::Campaign(campaign)) => or_interrupted(campaign::campaign(&campaign)).await,
        Some(Verb::Drill { name: None }) => {
            drill::list();
            Ok(ExitCode::SUCCESS)
        }
        Some(Verb::Drill { name: Some(name) }) => or_interrupted(drill::drill(name)).await,
        Some(Verb::Stuck(arguments)) => or_interrupted(stuck::stuck(&arguments)).await,
        Some(Verb::Upgrade { commit }) => or_interrupted(upgrade::upgrade(&commit)).await,
        Some(Verb::CheckDeploy) => check_deploy::check_deploy()
            .await
            .map(|()| ExitCode::SUCCESS),
        Some(Verb::Book) => book::book().map(|()| ExitCode::SUCCESS),
        Some(Verb::Bench(Bench::Gateway { arguments })) => bench::gateway(&arguments).await,
        Some(Verb::Bench(Bench::Payments { arguments })) => bench::payments(&arguments).await,
        Some(Verb::Schemas { check }) => schemas::schemas(check),
        Some(Verb::Schemathesis { arguments }) => {
            or_interrupted(schemathesis::schemathesis(&arguments)).await
        }
        Some(Verb::Test { arguments }) => test::test(&arguments).await,
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
