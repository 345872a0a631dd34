//! Runs `sky-payments` in a stack, and remembers what was requested.

use std::process::{Command, Output};
use std::sync::PoisonError;

use anyhow::Context;
use serde_json::Value;

use super::Stack;
use crate::books::{Books, End};
use crate::operation::{Operation, OperationKind};
use crate::process::run;
use crate::programs::program;

/// How often an end is waited for, at most.
const WAITS: usize = 5;

/// The exit code where Temporal or the workers can't be reached (`docs/terminal.md`).
const OUT_OF_REACH: i32 = 6;

impl Stack {
    /// Starts an operation with `sky-payments`, and remembers what was requested.
    pub async fn start(&self, operation: &Operation) -> anyhow::Result<Value> {
        let id = operation.request_id.clone();
        self.asked_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(id)
            .or_insert_with(|| operation.clone());
        self.payments(&operation.start_arguments()).await
    }

    /// The first operation that was started with this request id; an extra payment if it was
    /// started in another way.
    pub fn operation(&self, request_id: &str) -> Operation {
        let asked_for = self
            .asked_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let operation = asked_for.get(request_id).cloned();
        operation.unwrap_or_else(|| Operation::new(OperationKind::ExtraPayment, request_id))
    }

    /// Waits for an operation's end for at most this long, and asks all parties about it. Where
    /// Temporal or the worker was out of reach for a moment, as on a busy machine, it waits again.
    pub async fn books(&self, request_id: &str, patience: &str) -> anyhow::Result<Books> {
        let wait = ["wait", request_id, "--timeout", patience];
        for _ in 0..WAITS {
            let waited = self.payments_output(&wait).await?;
            if let Some(end) = End::told(&waited) {
                return Books::read(self, request_id, end).await;
            }
            if waited.status.code() != Some(OUT_OF_REACH) {
                break;
            }
        }
        let state = self.payments(&["status", request_id]).await?;
        let phase = state["phase"].as_str().unwrap_or_default().to_owned();
        Books::read(self, request_id, End::Open(phase)).await
    }

    /// Runs `sky-payments` and returns the JSON that it prints. Any exit code is accepted: for a
    /// declined payment, for instance, it is not 0.
    pub async fn payments(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let output = self.payments_output(arguments).await?;
        serde_json::from_slice(&output.stdout).with_context(|| {
            let words = String::from_utf8_lossy(&output.stderr);
            let words = words.trim_end();
            format!(
                "sky-payments {arguments:?} ended with {}: {words}",
                output.status
            )
        })
    }

    /// Runs `sky-payments` with JSON output; returns its exit code and everything that it prints.
    pub async fn payments_output(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        run(self.payments_command(arguments)?).await
    }

    /// Runs `sky-payments` like an operator, whatever its exit code; returns everything that it
    /// prints.
    pub async fn payments_words(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = self.temporal.program_command(&program("sky-payments")?);
        command.args(arguments);
        let output = run(command).await?;
        let words = [output.stderr, output.stdout];
        Ok(words
            .map(|it| String::from_utf8_lossy(&it).into_owned())
            .concat())
    }

    /// `sky-payments` with JSON output, to be run without borrowing this stack meanwhile.
    pub fn payments_command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = self.temporal.program_command(&program("sky-payments")?);
        command.args(["--output", "json"]).args(arguments);
        Ok(command)
    }
}
