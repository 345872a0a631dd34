//! All processes: the system on a Temporal of its own, and the floor's workers beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use harness::{Process, Stack, Timings};
use payments_client::{PaymentsClient, Temporal};
use serde_json::json;
use temporalio_client::Client;
use workflows::contract::ids::TASK_QUEUE;
use workflows::contract::kind::Kind;

use crate::subject::Subject;
use payments_bench::{CALLED_BACK_AFTER, Floor, Shape};

/// What the floor in Python runs on.
const PACKAGES: [&str; 2] = ["temporalio==1.35.0", "cryptography==50.0.2"];

/// The floor in Python.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/floor.py");

/// The defaults of the worker's configuration, but that nothing is asked about which stays open: that would
/// be counted as a part of other payments.
const TIMINGS: Timings = Timings {
    request_timeout: "10s",
    first_check: "6h",
    growth: 2,
    longest_pause: "6h",
    shows_within: "30s",
    needs_attention_after: "12h",
    attention_check: "6h",
    look_again_after: None,
};

const GAUGES_IN_TESTS: &str = "open_operations_interval = \"2s\"\n";

/// Where Temporal keeps its database.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Storage {
    /// In memory.
    Memory,
    /// In a file.
    File,
}

/// All that runs. Dropping it ends the processes.
pub(crate) struct Scene {
    floor: Option<Process>,
    plain: Option<Process>,
    python: Option<Process>,
    pub(crate) stack: Stack,
    payments: PaymentsClient,
    temporal: Client,
}

impl Scene {
    /// Starts everything but the floor in Python. The settings are lines for the worker's table
    /// `[worker]`.
    pub(crate) async fn start(storage: Storage, settings: &[String]) -> anyhow::Result<Scene> {
        let after = format!("{}ms", CALLED_BACK_AFTER.as_millis());
        let builder = Stack::builder()
            .timings(TIMINGS)
            .workers(0)
            .default_scenario(json!({ "completes_after": after }));
        let builder = match storage {
            Storage::Memory => builder,
            Storage::File => builder.temporal_on_disk(),
        };
        let mut stack = builder.start().await?;
        let path = stack.folder().join("worker.toml");
        let table = format!("[worker]\n{}\n", settings.join("\n"));
        let text = fs::read_to_string(&path)?.replacen("[worker]\n", &table, 1);
        // As often as by default, and not as tests need it.
        fs::write(&path, text.replace(GAUGES_IN_TESTS, ""))?;
        stack.start_worker().await?;
        let address = stack.temporal().address();
        let place = Temporal {
            address: Some(address.clone()),
            namespace: Some("default".to_owned()),
            profile: None,
        };
        let payments =
            PaymentsClient::connect_with(&place, "bench", TASK_QUEUE, |options| options).await?;
        let address = [("TEMPORAL_ADDRESS", address.as_str())];
        let settings = temporal_connection::overridden(&address, None)?;
        let temporal = temporal_connection::connect(&settings).await?;
        let mut scene = Scene {
            floor: None,
            plain: None,
            python: None,
            stack,
            payments,
            temporal,
        };
        scene.restart_floor().await?;
        Ok(scene)
    }

    /// Starts the floor's worker, after killing one that runs; says how long it took to be ready.
    pub(crate) async fn restart_floor(&mut self) -> anyhow::Result<Duration> {
        self.floor = None;
        let begun = Instant::now();
        let mut command = self.command(&std::env::current_exe()?);
        command.arg("--floor");
        self.floor = Some(Process::start("floor-short", &command, &self.logs()).await?);
        Ok(begun.elapsed())
    }

    /// Starts the worker of the floor of the plain shape.
    pub(crate) async fn start_plain_floor(&mut self) -> anyhow::Result<()> {
        let command = self.command(&harness::program("plain-floor")?);
        self.plain = Some(Process::start("floor-plain", &command, &self.logs()).await?);
        Ok(())
    }

    /// Starts the floor's worker in Python. Its packages come from PyPI.
    pub(crate) async fn start_python(&mut self) -> anyhow::Result<()> {
        let packages = harness::python_packages("bench-python", &PACKAGES).await?;
        let mut command = self.command(Path::new("python3"));
        command.arg(SCRIPT).env("PYTHONPATH", packages);
        self.python = Some(Process::start("floor-python", &command, &self.logs()).await?);
        Ok(())
    }

    /// The client of payments.
    pub(crate) fn client(&self) -> PaymentsClient {
        self.payments.clone()
    }

    /// Payments of a kind, of this account if it is not the route's.
    pub(crate) fn payments(&self, kind: Kind, merchant: Option<&'static str>) -> Subject {
        Subject::Payment(self.payments.clone(), kind, merchant)
    }

    /// The floor's workflows of this shape.
    pub(crate) fn floor(&self, shape: Shape) -> Subject {
        let floor = if shape.is_short {
            Floor::Short
        } else {
            Floor::Plain
        };
        Subject::Floor(self.temporal.clone(), floor.name(), shape)
    }

    /// The same by the worker in Python.
    pub(crate) fn floor_in_python(&self, shape: Shape) -> Subject {
        Subject::Floor(self.temporal.clone(), "floor-python", shape)
    }

    /// The process of the floor's worker.
    pub(crate) fn floor_process(&self) -> Option<u32> {
        self.floor.as_ref().map(Process::id)
    }

    /// The process of the worker of the floor of the plain shape.
    pub(crate) fn plain_process(&self) -> Option<u32> {
        self.plain.as_ref().map(Process::id)
    }

    /// The process of the floor's worker in Python.
    pub(crate) fn python_process(&self) -> Option<u32> {
        self.python.as_ref().map(Process::id)
    }

    fn command(&self, program: &Path) -> Command {
        self.stack.temporal().program_command(program)
    }

    fn logs(&self) -> PathBuf {
        self.stack.folder().join("logs")
    }
}
