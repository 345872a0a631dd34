//! The processes: Temporal in memory, the gateway, and the reference.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;

use harness::{Process, ServerOptions, TemporalServer};
use tempfile::TempDir;
use temporalio_client::{Client, ClientOptions, Connection, ConnectionOptions, Url};

use crate::signals;

/// The limits that are no part of what is measured: one peer asks as fast as it can.
const CONFIGURATION: &str = r#"
[gateway]
listen = "127.0.0.1:0"
private_listen = "127.0.0.1:0"
requests_per_second_per_peer = 10_000_000
burst_per_peer = 10_000_000

[[callback.secrets]]
id = "load"
file = "callback-secret"
"#;

/// All that runs. Dropping it ends the processes.
pub(crate) struct Scene {
    /// `host:port` of the gateway's public port.
    pub(crate) gateway: String,
    /// The gateway's process.
    pub(crate) gateway_process: u32,
    /// `host:port` of the reference.
    pub(crate) axum: String,
    /// A client of the same Temporal as the gateway's.
    pub(crate) client: Client,
    /// What the tokens are issued under.
    pub(crate) secret: Vec<u8>,
    _processes: [Process; 2],
    _temporal: TemporalServer,
    _folder: TempDir,
}

impl Scene {
    /// Starts everything, with so many workflows open.
    pub(crate) async fn start(workflows: usize) -> Scene {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let secret = format!("{:032x}{:032x}", fastrand::u128(..), fastrand::u128(..));
        let mut file = OpenOptions::new();
        let file = file.write(true).create_new(true).mode(0o600);
        file.open(path.join("callback-secret"))
            .unwrap()
            .write_all(secret.as_bytes())
            .unwrap();
        fs::write(path.join("gateway.toml"), CONFIGURATION).unwrap();

        let temporal = TemporalServer::start(path, ServerOptions::default())
            .await
            .unwrap();
        let client = connect(&temporal.address()).await;
        signals::open(&client, workflows).await;

        let mut gateway = Command::new(env!("CARGO_BIN_EXE_sky-callback-gateway"));
        gateway
            .current_dir(path)
            .args(["run", "--config", "gateway.toml"])
            .env("TEMPORAL_ADDRESS", temporal.address());
        let gateway = Process::start("gateway", &gateway, &path.join("logs"))
            .await
            .unwrap();
        let mut axum = Command::new(std::env::current_exe().unwrap());
        axum.arg("--plain-axum");
        let axum = Process::start("axum", &axum, &path.join("logs"))
            .await
            .unwrap();
        let address = |process: &Process| {
            process
                .announced("listening")
                .unwrap()
                .replace("http://", "")
        };
        Scene {
            gateway: address(&gateway),
            gateway_process: gateway.id(),
            axum: address(&axum),
            client,
            secret: secret.into_bytes(),
            _processes: [gateway, axum],
            _temporal: temporal,
            _folder: folder,
        }
    }
}

async fn connect(address: &str) -> Client {
    let url = Url::parse(&format!("http://{address}")).unwrap();
    let connection = Connection::connect(ConnectionOptions::new(url).build())
        .await
        .unwrap();
    Client::new(connection, ClientOptions::new("default").build()).unwrap()
}
