//! Runs `sky-payments` in a stack, and remembers what was requested.

use std::process::{Command, Output};
use std::sync::PoisonError;

use anyhow::Context;
use serde_json::Value;

use super::Stack;
use crate::books::{Books, End};
use crate::operation::{Kind, Operation};
use crate::process::run;
use crate::programs::program;

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
        operation.unwrap_or_else(|| Operation::new(Kind::ExtraPayment, request_id))
    }

    /// Waits for an operation's end for at most this long, and asks all parties about it.
    pub async fn books(&self, request_id: &str, patience: &str) -> anyhow::Result<Books> {
        let wait = ["wait", request_id, "--timeout", patience];
        let end = match End::told(&self.payments_output(&wait).await?) {
            Some(end) => end,
            None => {
                let state = self.payments(&["status", request_id]).await?;
                End::Open(state["phase"].as_str().unwrap_or_default().to_owned())
            }
        };
        Books::read(self, request_id, end).await
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
