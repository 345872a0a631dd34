//! The gateway's process, with a configuration of its own.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use callback_token::CallbackSecret;
use jiff::{SignedDuration, Timestamp};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;
use workflows::contract::ids::RequestId;

use super::wire::{self, Reply};

pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_sky-callback-gateway");
const SECRET: &[u8] = b"a-secret-of-more-than-32-bytes-for-tests";

/// Two secrets of an endpoint at Stripe, in files of these names without the prefix.
pub(super) const STRIPE_SECRET: &[u8] = b"whsec_the-secret-of-an-endpoint-for-tests";
pub(super) const STRIPE_OLD_SECRET: &[u8] = b"whsec_the-old-secret-of-an-endpoint-for-tests";

const SECRET_TABLE: &str = "[[callback.secrets]]\nid = \"test\"\nfile = \"callback-secret\"\n";

/// A running gateway; dropping it kills it.
pub(super) struct Gateway {
    pub(super) public: String,
    pub(super) private: String,
    folder: TempDir,
    process: Child,
}

impl Gateway {
    /// Starts a gateway with these lines of `[gateway]`, before the Temporal at this address.
    pub(super) fn start(temporal: &str, settings: &str) -> Gateway {
        Gateway::start_in(temporal, settings, &[])
    }

    /// Starts one before a Temporal that is there, and waits until callbacks may come.
    pub(super) fn ready(temporal: &str, settings: &str) -> Gateway {
        let gateway = Gateway::start(temporal, settings);
        gateway.wait_until_ready();
        gateway
    }

    /// Starts a gateway with more in its environment.
    pub(super) fn start_in(temporal: &str, settings: &str, more: &[(&str, &str)]) -> Gateway {
        Gateway::start_logging_to(|log| log.into(), temporal, settings, more)
    }

    /// Starts a gateway whose log nobody reads.
    pub(super) fn start_unread(temporal: &str) -> Gateway {
        Gateway::start_logging_to(|_| Stdio::piped(), temporal, "", &[])
    }

    fn start_logging_to(
        stderr: impl FnOnce(File) -> Stdio,
        temporal: &str,
        settings: &str,
        more: &[(&str, &str)],
    ) -> Gateway {
        let folder = tempfile::tempdir().unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let free_ports = "listen = \"127.0.0.1:0\"\nprivate_listen = \"127.0.0.1:0\"";
        let toml = format!("[gateway]\n{free_ports}\n{settings}\n{SECRET_TABLE}");
        fs::write(folder.path().join("gateway.toml"), toml).unwrap();
        for (name, secret) in [
            ("callback-secret", SECRET),
            ("stripe-secret", STRIPE_SECRET),
            ("stripe-old-secret", STRIPE_OLD_SECRET),
        ] {
            write_secret(&folder.path().join(name), secret, 0o600);
        }
        let mut process = command("run", folder.path())
            .env("TEMPORAL_ADDRESS", temporal)
            .envs(more.iter().copied())
            .stdout(Stdio::piped())
            .stderr(stderr(log))
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let ports: Value = serde_json::from_str(&line).unwrap();
        let port = |name: &str| {
            let (_, address) = ports[name].as_str().unwrap().rsplit_once('/').unwrap();
            address.to_owned()
        };
        Gateway {
            public: port("listening"),
            private: port("private"),
            folder,
            process,
        }
    }

    /// Sends a callback as the partner would, under a token that was issued `age` seconds ago.
    pub(super) fn callback(&self, request_id: &str, age: i64) -> Reply {
        let token = token(request_id, age);
        wire::ask(&self.public, &wire::callback(&token, request_id))
    }

    /// The status with which it answers this request.
    pub(super) fn status(&self, request: &str) -> u16 {
        wire::ask(&self.public, request).status
    }

    /// Whether the private port says that callbacks may come.
    pub(super) fn is_ready(&self) -> bool {
        wire::get(&self.private, "/health/ready").status == 200
    }

    /// Waits until callbacks may come.
    pub(super) fn wait_until_ready(&self) {
        let started = Instant::now();
        while !self.is_ready() {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "not ready: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Why it answered so, as its log tells it under the answer's id.
    pub(super) fn reason(&self, reply: &Reply) -> String {
        self.line(reply)["reason"].as_str().unwrap().to_owned()
    }

    /// The line of its log about this answer. It is written a moment after the answer, and all lines
    /// before it are written then.
    pub(super) fn line(&self, reply: &Reply) -> Value {
        let id = reply.header("x-request-id").unwrap();
        let started = Instant::now();
        loop {
            let log = self.log();
            let mut lines = log.lines().filter(|line| line.contains("\"reason\""));
            if let Some(line) = lines.find(|line| line.contains(id)) {
                return serde_json::from_str(line).unwrap();
            }
            assert!(started.elapsed() < Duration::from_secs(20), "not in {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What it wrote to stderr so far.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// The memory it holds, in kB.
    pub(super) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.unwrap().trim().trim_end_matches(" kB");
        kilobytes.parse().unwrap()
    }

    /// Sends it a signal.
    pub(super) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.process.id().try_into().unwrap()), signal).unwrap();
    }

    /// Waits until it has ended.
    pub(super) fn wait(mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The value of one of its metrics.
pub(super) fn metric(gateway: &Gateway, series: &str) -> Option<f64> {
    let metrics = wire::get(&gateway.private, "/metrics").body;
    let line = metrics.lines().find_map(|line| line.strip_prefix(series))?;
    line.trim().parse().ok()
}

/// Waits until it is so.
pub(super) fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{what} does not come"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Checks a configuration with `check`.
pub(super) fn check(folder: &Path, toml: &str) -> Output {
    fs::write(folder.join("gateway.toml"), toml).unwrap();
    command("check", folder).output().unwrap()
}

/// Asks a running gateway's private port with `healthcheck`.
pub(super) fn healthcheck(folder: &Path, private: &str, probe: &str) -> Output {
    let toml = format!("[gateway]\nprivate_listen = \"{private}\"\n");
    fs::write(folder.join("gateway.toml"), toml).unwrap();
    let mut command = command("healthcheck", folder);
    command.args(["--probe", probe]).output().unwrap()
}

/// Runs a gateway that ends by itself.
pub(super) fn run_to_its_end(temporal: &str, environment: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("gateway.toml"), SECRET_TABLE).unwrap();
    write_secret(&folder.path().join("callback-secret"), SECRET, 0o600);
    let mut command = command("run", folder.path());
    command.env("TEMPORAL_ADDRESS", temporal);
    command.envs(environment.iter().copied()).output().unwrap()
}

/// Writes a file of this mode.
pub(super) fn write_secret(path: &Path, secret: &[u8], mode: u32) {
    let mut options = OpenOptions::new();
    let options = options.write(true).create_new(true).mode(mode);
    options.open(path).unwrap().write_all(secret).unwrap();
}

/// A good token, issued `age` seconds ago.
pub(super) fn token(request_id: &str, age: i64) -> String {
    let secret = CallbackSecret::new("test", SECRET).unwrap();
    let issued_at = Timestamp::now() - SignedDuration::from_secs(age);
    secret.issue(&RequestId::parse(request_id).unwrap(), issued_at)
}

/// A good token for the address of saved cards.
pub(super) fn saved_card_token() -> String {
    let secret = CallbackSecret::new("test", SECRET).unwrap();
    secret.issue_for_saved_cards(Timestamp::now())
}

fn command(verb: &str, folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    let file = folder.join("gateway.toml");
    command.args([verb, "--config"]).arg(file);
    command
}
