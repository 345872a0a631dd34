//! Where a campaign happens: the running system, and a diary of what was done to it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Output;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use harness::{End, Stack};
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::RwLock;
use tokio::time::sleep;

use super::repeat::Repeat;

/// The running system, with its diary.
pub(crate) struct Field {
    /// Written while a process is killed or started.
    pub(crate) stack: RwLock<Stack>,
    diary: Mutex<Diary>,
}

/// What was done so far.
pub(crate) struct Diary {
    pub(crate) started: usize,
    pub(crate) endings: BTreeMap<String, End>,
    pub(crate) repeats: BTreeMap<String, Vec<Repeat>>,
    /// What needs attention now.
    pub(crate) attention: BTreeSet<String>,
    /// What ever did.
    pub(crate) attention_ever: BTreeSet<String>,
    /// What procaas and operators did, and which processes died.
    pub(crate) deeds: BTreeMap<&'static str, usize>,
    pub(crate) begun: Instant,
    pub(crate) last_ending: Instant,
}

impl Field {
    pub(crate) fn new(stack: Stack) -> Field {
        Field {
            stack: RwLock::new(stack),
            diary: Mutex::new(Diary {
                started: 0,
                endings: BTreeMap::new(),
                repeats: BTreeMap::new(),
                attention: BTreeSet::new(),
                attention_ever: BTreeSet::new(),
                deeds: BTreeMap::new(),
                begun: Instant::now(),
                last_ending: Instant::now(),
            }),
        }
    }

    /// The diary; not to be held over a wait.
    pub(crate) fn diary(&self) -> MutexGuard<'_, Diary> {
        self.diary.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `sky-payments` until Temporal and a worker answer, which they do not while they are
    /// down.
    pub(crate) async fn payments(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        loop {
            let command = self.stack.read().await.payments_command(arguments)?;
            let output = Command::from(command)
                .kill_on_drop(true)
                .output()
                .await
                .context("sky-payments can't be started")?;
            if output.status.code() != Some(OUT_OF_REACH) {
                return Ok(output);
            }
            sleep(PAUSE).await;
        }
    }
}

impl Diary {
    pub(crate) fn write(&mut self, deed: &'static str) {
        *self.deeds.entry(deed).or_default() += 1;
    }

    pub(crate) fn end(&mut self, request_id: &str, end: End) {
        self.endings.insert(request_id.to_owned(), end);
        self.last_ending = Instant::now();
    }
}

/// The JSON that a command printed.
pub(crate) fn answer(output: &Output) -> anyhow::Result<Value> {
    serde_json::from_slice(&output.stdout).with_context(|| error_text(output))
}

/// What a command wrote on standard error.
pub(crate) fn error_text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

/// The exit code of `sky-payments` for it.
const OUT_OF_REACH: i32 = 6;

const PAUSE: Duration = Duration::from_millis(400);
