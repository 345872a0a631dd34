//! The processes of a stack, which never outlive it.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde_json::Value;

use crate::place::hand_on;

/// A program that leads a process group of its own. Dropping it kills the group.
pub struct Process {
    name: String,
    child: Child,
    output: PathBuf,
    log: PathBuf,
}

impl Process {
    /// Starts `program` and waits until its first line of output says that it is ready.
    pub async fn start(name: &str, program: &Command, logs: &Path) -> anyhow::Result<Process> {
        let mut process = Process::spawn(name, program, logs)?;
        process.wait_until_ready().await?;
        Ok(process)
    }

    /// Starts `program`. Its output goes to `<name>.out` in the folder `logs`, its standard error to
    /// `<name>.log`.
    pub fn spawn(name: &str, program: &Command, logs: &Path) -> anyhow::Result<Process> {
        let output = logs.join(format!("{name}.out"));
        let log = logs.join(format!("{name}.log"));
        let child = watched(program)
            .stdout(File::create(&output)?)
            .stderr(File::options().append(true).create(true).open(&log)?)
            .spawn()
            .with_context(|| format!("{name} can't be started"))?;
        Ok(Process {
            name: name.to_owned(),
            child,
            output,
            log,
        })
    }

    /// A field of the JSON line with which it said that it is ready.
    pub fn announced(&self, key: &str) -> anyhow::Result<String> {
        let line = self.first_line()?.unwrap_or_default();
        serde_json::from_str::<Value>(&line)
            .ok()
            .and_then(|words| Some(words.get(key)?.as_str()?.to_owned()))
            .ok_or_else(|| anyhow!("{} did not announce {key:?} but: {line}", self.name))
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Freezes it. Its sockets stay open, and what is sent to it is kept for it.
    pub(crate) fn freeze(&self) -> anyhow::Result<()> {
        self.signal(Signal::SIGSTOP)
    }

    /// Continues it after it was frozen.
    pub(crate) fn thaw(&self) -> anyhow::Result<()> {
        self.signal(Signal::SIGCONT)
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) -> anyhow::Result<()> {
        self.signal(Signal::SIGTERM)
    }

    /// Sends SIGTERM, and waits until it has stopped.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.terminate()?;
        // A frozen process handles the signal only when it continues.
        self.thaw()?;
        let deadline = Instant::now() + STOP_TIMEOUT;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Err(self.failure(&format!("did not stop within {STOP_TIMEOUT:?}")));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        Ok(kill(Pid::from_raw(self.child.id().cast_signed()), signal)?)
    }

    async fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + START_TIMEOUT;
        while self.first_line()?.is_none() {
            if let Some(status) = self.child.try_wait()? {
                return Err(self.failure(&format!("ended at its start with {status}")));
            }
            if Instant::now() > deadline {
                return Err(self.failure(&format!("was not ready within {START_TIMEOUT:?}")));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    fn first_line(&self) -> anyhow::Result<Option<String>> {
        let output = fs::read_to_string(&self.output)?;
        Ok(output.split_once('\n').map(|(line, _)| line.to_owned()))
    }

    /// What went wrong with it, with the last lines of its output.
    pub(crate) fn failure(&self, what: &str) -> anyhow::Error {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..];
        anyhow!("{} {what}\n{}", self.name, last.join("\n"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Fails only if the group has no process left, which is the goal.
        let _ = killpg(
            Pid::from_raw(self.child.id().cast_signed()),
            Signal::SIGKILL,
        );
        let _ = self.child.wait();
    }
}

/// Runs a program to its end.
pub(crate) async fn run(program: Command) -> anyhow::Result<Output> {
    let name = program.get_program().to_string_lossy().into_owned();
    let output = tokio::process::Command::from(program)
        .kill_on_drop(true)
        .output();
    output
        .await
        .with_context(|| format!("{name} can't be started"))
}

/// How long a process may take until it is ready. Long, because the machine may be busy building.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a process may take to stop; much longer than the grace period of a stack's worker, for the
/// same reason.
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

const LOG_LINES_SHOWN: usize = 15;

/// Becomes the program, and leaves a watcher next to it in its process group. The watcher waits on
/// a pipe whose other end only the stack's process has open. When that process ends, even by `kill
/// -9`, the pipe closes and the watcher kills the group, including itself.
const BECOME_WATCHED: &str = r#"
    exec 3<&0 </dev/null
    (read -r _ <&3; kill -9 0) >/dev/null 2>&1 &
    exec "$@" 3<&-
"#;

fn watched(program: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", BECOME_WATCHED, "sh"])
        .arg(program.get_program())
        .args(program.get_args())
        .process_group(0)
        .stdin(Stdio::piped());
    hand_on(program, &mut shell);
    shell
}

#[cfg(test)]
mod tests;
