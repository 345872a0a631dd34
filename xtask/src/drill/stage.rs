//! What all drills share: the system, Prometheus, and the commentary.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use harness::{Expected, Operation, OperationKind, Prometheus, Stack, Timings};
use serde_json::{Value, json};

use super::alarms::{Alarms, Change};

/// The rules' times are this much shorter here: a second stands for a minute.
const PACE: u32 = 60;

/// The running system of one drill.
pub(crate) struct Stage {
    pub(crate) stack: Stack,
    prometheus: Prometheus,
    alarms: Alarms,
    begun: Instant,
    rides: Vec<String>,
    traffic: bool,
}

impl Stage {
    /// Starts the system and Prometheus. An operation that is still open after this long needs
    /// attention.
    pub(crate) async fn set(needs_attention_after: &'static str) -> anyhow::Result<Stage> {
        println!("Starting Temporal, the worker, the gateway, the partner, billing and Prometheus");
        let begun = Instant::now();
        let timings = Timings {
            request_timeout: "1s",
            first_check: "1s",
            longest_pause: "4s",
            shows_within: "1s",
            needs_attention_after,
            attention_check: "8s",
            ..Timings::default()
        };
        let stack = Stack::builder()
            .timings(timings)
            .default_scenario(sound())
            .with_ui()
            .start()
            .await?;
        let prometheus = Prometheus::start(&stack, PACE).await?;
        let stage = Stage {
            stack,
            prometheus,
            alarms: Alarms::default(),
            begun,
            rides: Vec::new(),
            traffic: false,
        };
        stage.until_quiet().await?;
        stage.say(&format!(
            "Prometheus: {}   Temporal's UI: {}",
            stage.prometheus.url(),
            stage.stack.temporal().ui_url().unwrap_or_default()
        ));
        stage.say("No alert fires. A minute of the alerts' times is a second here.");
        Ok(stage)
    }

    /// A line of the story.
    pub(crate) fn say(&self, line: &str) {
        println!("{:6.1}s  {line}", self.begun.elapsed().as_secs_f32());
    }

    /// A part of the story.
    pub(crate) fn head(&self, line: &str) {
        println!("\n=== {line}");
    }

    /// Opens an alert's page of the runbook.
    pub(crate) fn page(&self, alert: &str) -> anyhow::Result<()> {
        let path = format!("docs/runbook/alerts/{alert}.md");
        let text = fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR")))?;
        let meaning = text.split("## ").nth(1).unwrap_or_default();
        let meaning = meaning.trim_start_matches("What it means").trim();
        self.head(&format!("The runbook: {path}"));
        for line in meaning.lines() {
            println!("    {line}");
        }
        println!();
        Ok(())
    }

    /// Starts an extra payment.
    pub(crate) async fn charge(&mut self, id: &str) -> anyhow::Result<()> {
        let operation = Operation::new(OperationKind::ExtraPayment, id);
        self.stack.start(&operation).await?;
        self.rides.push(id.to_owned());
        Ok(())
    }

    /// From now on a payment is made each second, by itself; or no more.
    pub(crate) fn set_traffic(&mut self, traffic: bool) {
        self.traffic = traffic;
    }

    /// Runs `sky-payments` as an operator does, and shows what it says.
    pub(crate) async fn payments(&self, arguments: &[&str]) -> anyhow::Result<()> {
        println!("    $ sky-payments {}", arguments.join(" "));
        show(&self.stack.payments_words(arguments).await?);
        Ok(())
    }

    /// Runs a command as an operator does, and shows what it says.
    pub(crate) fn run(&self, command: &mut Command, shown_as: &str) -> anyhow::Result<()> {
        println!("    $ {shown_as}");
        let output = command.current_dir(self.stack.folder()).output()?;
        show(&String::from_utf8_lossy(&output.stdout));
        show(&String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "it ended with {}", output.status);
        Ok(())
    }

    /// Asks Prometheus, and shows what it says.
    pub(crate) async fn query(&self, expression: &str) -> anyhow::Result<()> {
        println!("    promql> {expression}");
        for sample in self.prometheus.query(expression).await? {
            println!("      {} {}", sample.metric, sample.value.1);
        }
        Ok(())
    }

    /// Waits until alerts of these names fire.
    pub(crate) async fn until_firing(&mut self, names: &[&str]) -> anyhow::Result<()> {
        let fire = |alarms: &Alarms| names.iter().all(|name| alarms.is_firing(name));
        self.until(fire, &format!("{} to fire", names.join(" and ")))
            .await
    }

    /// Waits until no alert of these names fires.
    pub(crate) async fn until_clear(&mut self, names: &[&str]) -> anyhow::Result<()> {
        self.head("The alerts clear");
        let clear = |alarms: &Alarms| !names.iter().any(|name| alarms.is_firing(name));
        self.until(clear, &format!("{} to clear", names.join(" and ")))
            .await
    }

    /// Compares the partner's ledger and billing with what was requested: each payment once.
    pub(crate) async fn settle(&mut self) -> anyhow::Result<()> {
        self.traffic = false;
        self.head("The money");
        for id in &self.rides {
            let books = self.stack.books(id, "60s").await?;
            let wrong = books.differences(&self.stack.operation(id), &Expected::Completed);
            ensure!(wrong.is_empty(), "{id}: {wrong:?}");
        }
        self.say(&format!(
            "All payments ({}) were charged once and billed once.",
            self.rides.len()
        ));
        Ok(())
    }

    /// Lets time pass, and tells which alerts fire and clear meanwhile.
    pub(crate) async fn watch(&mut self, time: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.look().await?;
        }
        Ok(())
    }

    /// Before it scraped anything, everything seemed to be down.
    async fn until_quiet(&self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.prometheus.alerts().await?.is_empty() {
            ensure!(
                Instant::now() < deadline,
                "alerts fire before anything happened"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    async fn until(&mut self, holds: impl Fn(&Alarms) -> bool, what: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !holds(&self.alarms) {
            if Instant::now() > deadline {
                bail!("waited {PATIENCE:?} in vain for {what}");
            }
            self.look().await?;
        }
        Ok(())
    }

    /// One look at the alerts, and with traffic one more payment. It takes about half a second.
    async fn look(&mut self) -> anyhow::Result<()> {
        if self.traffic {
            let id = format!("ride-{}", self.rides.len() + 1);
            self.charge(&id).await?;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let alerts = self.prometheus.alerts().await?;
        for change in self.alarms.look(&alerts) {
            match change {
                Change::Fires(it) => self.say(&format!("FIRING  {}: {}", it.name, it.summary)),
                Change::Clears(it) => self.say(&format!("CLEARED {}", it.name)),
            }
        }
        Ok(())
    }
}

/// A partner that answers correctly, and would charge again for a second submission.
pub(crate) fn sound() -> Value {
    json!({ "completes_after": "300ms", "second_submission": "charges_again" })
}

fn show(text: &str) {
    for line in text.lines() {
        println!("      {line}");
    }
}

/// How long to wait for an alert. The longest range of a rule is half a minute here.
const PATIENCE: Duration = Duration::from_secs(90);
