//! Temporal's own dev server, and its command line to set the scene and to look at histories.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use workflows::contract::search_attributes::registrations;

/// Ends the server together with whoever started it: the shell waits for the end of its own stdin.
const WITH_ITS_OWNER: &str = r#""$@" >/dev/null 2>&1 & echo $!; read -r _; kill -9 $!"#;

const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A running server. Dropping it is `kill -9`.
pub(super) struct DevServer {
    pub(super) address: String,
    shell: Child,
    server: Pid,
}

/// The server that all tests share whose server may live.
pub(super) fn shared() -> &'static DevServer {
    static SHARED: OnceLock<DevServer> = OnceLock::new();
    SHARED.get_or_init(|| DevServer::start(&free_address(), &[]))
}

/// An address at which nobody listens, and that no other test gets.
pub(super) fn free_address() -> String {
    format!("127.0.0.1:{}", harness::free_port().unwrap())
}

impl DevServer {
    /// Starts a server and waits until it serves its namespace.
    pub(super) fn start(address: &str, more: &[&str]) -> DevServer {
        let (_, port) = address.rsplit_once(':').unwrap();
        let mut shell = Command::new("sh")
            .args(["-c", WITH_ITS_OWNER, "sh", &program()])
            .args(["server", "start-dev", "--headless", "--port", port])
            .args(search_attributes())
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pid = String::new();
        let stdout = shell.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut pid).unwrap();
        let server = DevServer {
            address: address.to_owned(),
            shell,
            server: Pid::from_raw(pid.trim().parse().unwrap()),
        };
        server.wait_until_it_serves();
        server
    }

    /// Starts the workflow that would carry out this request; no worker takes it up.
    pub(super) fn start_workflow(&self, request_id: &str) {
        let kind = ["--type", "process_extra_payment", "--task-queue", "t"];
        self.workflow("start", &payment(request_id), &kind);
    }

    /// Starts the workflow that would look at this request again; no worker takes it up.
    pub(super) fn start_look_again(&self, request_id: &str) {
        let kind = ["--type", "look_again_at_payment", "--task-queue", "t"];
        self.workflow("start", &look_again(request_id), &kind);
    }

    /// Closes the workflow that looks at this request again.
    pub(super) fn close_look_again(&self, request_id: &str) {
        self.workflow("terminate", &look_again(request_id), &[]);
    }

    /// Closes the workflow of this request.
    pub(super) fn close_workflow(&self, request_id: &str) {
        self.workflow("terminate", &payment(request_id), &[]);
    }

    /// The signals in the history of this request's workflow.
    pub(super) fn signals(&self, request_id: &str) -> Vec<Value> {
        self.signals_of(&payment(request_id))
    }

    /// The signals in the history of the workflow that looks at this request again.
    pub(super) fn signals_to_look_again(&self, request_id: &str) -> Vec<Value> {
        self.signals_of(&look_again(request_id))
    }

    fn signals_of(&self, id: &str) -> Vec<Value> {
        let history = self.workflow("show", id, &["-o", "json"]);
        let history: Value = serde_json::from_slice(&history).unwrap();
        let events = history["events"].as_array().unwrap();
        let signals = events
            .iter()
            .filter_map(|event| event.get("workflowExecutionSignaledEventAttributes"));
        signals.cloned().collect()
    }

    /// The ids of all workflows that hand over a saved card, once this one is among them.
    pub(super) fn saved_cards_once_there_is(&self, id: &str) -> BTreeSet<String> {
        let query = r#"WorkflowType="record_saved_card""#;
        let started = Instant::now();
        loop {
            let output = self.ask(&["workflow", "list", "--query", query, "-o", "json"]);
            let listed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
            let ids = listed.iter().map(|it| &it["execution"]["workflowId"]);
            let ids: BTreeSet<String> =
                ids.filter_map(|id| Some(id.as_str()?.to_owned())).collect();
            if ids.contains(id) {
                return ids;
            }
            assert!(
                started.elapsed() < LONGEST_WAIT,
                "{id} is not among {ids:?}"
            );
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Stops the server's process without ending it: it takes connections and answers nothing.
    pub(super) fn freeze(&self) {
        kill(self.server, Signal::SIGSTOP).unwrap();
        // On a busy machine it runs on for a moment.
        let stat = format!("/proc/{}/stat", self.server);
        while !fs::read_to_string(&stat).unwrap().contains(") T ") {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Lets a frozen server go on.
    pub(super) fn thaw(&self) {
        kill(self.server, Signal::SIGCONT).unwrap();
    }

    fn wait_until_it_serves(&self) {
        let started = Instant::now();
        let describe = ["operator", "namespace", "describe", "default"];
        while !self.ask(&describe).status.success() {
            assert!(
                started.elapsed() < LONGEST_WAIT,
                "the dev server does not serve"
            );
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn workflow(&self, verb: &str, id: &str, more: &[&str]) -> Vec<u8> {
        let output = self.ask(&[&["workflow", verb, "--workflow-id", id], more].concat());
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    fn ask(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(program());
        command.args(arguments).args(["--address", &self.address]);
        command.output().unwrap()
    }
}

impl Drop for DevServer {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn payment(request_id: &str) -> String {
    format!("sky-payment-{request_id}")
}

fn look_again(request_id: &str) -> String {
    format!("sky-look-again-{request_id}")
}

/// Those that our workflows start with.
fn search_attributes() -> impl Iterator<Item = String> {
    let flag = |(name, kind)| format!("--search-attribute={name}={kind}");
    registrations().into_iter().map(flag)
}

/// The program `temporal`, from `TEMPORAL_CLI` or the path.
fn program() -> String {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    let find = || {
        let program = std::env::var("TEMPORAL_CLI").unwrap_or("temporal".to_owned());
        let found = Command::new(&program).arg("--version").output();
        assert!(
            found.is_ok_and(|output| output.status.success()),
            "these tests need Temporal's command line: put `temporal` on the path, or name it in \
             TEMPORAL_CLI (tried {program:?})"
        );
        program
    };
    PROGRAM.get_or_init(find).clone()
}
