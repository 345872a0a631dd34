//! A real Alertmanager with the deployed routes, whose receivers tell a page of ours.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use crate::free_port::free_port;
use crate::process::Process;
use crate::programs::installed;
use crate::prometheus::{DEPLOYED, hurry};
use crate::stack::Stack;

/// A running Alertmanager. Dropping it kills it.
pub struct Alertmanager {
    address: String,
    http: reqwest::Client,
    told: Arc<Mutex<Vec<Value>>>,
    receiving: AbortHandle,
    _process: Process,
}

impl Alertmanager {
    /// The program, if it is on the `PATH`. Debian has another name for it.
    pub fn find() -> Option<PathBuf> {
        installed("alertmanager").or_else(|| installed("prometheus-alertmanager"))
    }

    /// Starts one with the deployed configuration, whose pauses are shorter by the factor `pace`.
    /// Both receivers are webhooks that are noted here.
    pub async fn start(stack: &Stack, pace: u32) -> anyhow::Result<Alertmanager> {
        let program = Alertmanager::find().context("alertmanager is not on the PATH")?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let page = listener.local_addr()?;
        let told = Arc::default();
        let receiving = tokio::spawn(receive(listener, Arc::clone(&told))).abort_handle();

        let folder = stack.folder().join("alertmanager");
        fs::create_dir_all(&folder)?;
        let deployed = format!("{DEPLOYED}/../alertmanager/alertmanager.yml");
        let mut text = hurry(&fs::read_to_string(deployed)?, pace);
        for name in ["on-call", "tickets"] {
            let receiver = format!("  - name: {name}\n");
            ensure!(text.contains(&receiver), "there is no receiver {name}");
            let tells = format!("    webhook_configs: [{{ url: \"http://{page}/{name}\" }}]\n");
            text = text.replace(&receiver, &(receiver.clone() + &tells));
        }
        fs::write(folder.join("alertmanager.yml"), text)?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let mut command = Command::new(program);
        command
            .current_dir(&folder)
            .args([
                "--config.file",
                "alertmanager.yml",
                "--storage.path",
                "data",
            ])
            .args(["--cluster.listen-address", "", "--log.level", "warn"])
            .args(["--web.listen-address", &address]);
        let logs = stack.folder().join("logs");
        Ok(Alertmanager {
            address,
            http: stack.http().clone(),
            told,
            receiving,
            _process: Process::spawn("alertmanager", &command, &logs)?,
        })
    }

    /// Its address, as `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The alerts that it shows now.
    pub async fn alerts(&self) -> anyhow::Result<Vec<Value>> {
        let url = format!("http://{}/api/v2/alerts", self.address);
        let answer = self.http.get(url).send().await?.error_for_status()?;
        Ok(serde_json::from_str(&answer.text().await?)?)
    }

    /// Every notification that its receivers got, in order.
    pub fn told(&self) -> Vec<Value> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.clone()
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        self.receiving.abort();
    }
}

async fn receive(listener: TcpListener, told: Arc<Mutex<Vec<Value>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        // A notification that can't be read is not noted, and then the test misses it.
        if let Ok(notification) = read_one(stream).await {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            told.push(notification);
        }
    }
}

/// One request with a length, answered without reading its head any further.
async fn read_one(mut stream: TcpStream) -> anyhow::Result<Value> {
    let mut bytes = Vec::new();
    loop {
        ensure!(stream.read_buf(&mut bytes).await? > 0, "it ended early");
        let text = String::from_utf8_lossy(&bytes);
        let Some((_, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        // The rest of it may not have come yet.
        if let Ok(notification) = serde_json::from_str(body) {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(answer).await?;
            return Ok(notification);
        }
    }
}
