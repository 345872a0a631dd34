//! A real Prometheus that scrapes a stack, with the deployed rules.

mod pace;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::free_port::free_port;
use crate::process::Process;
use crate::programs::installed;
use crate::stack::Stack;

pub(crate) use pace::hurry;

/// The folder with the deployed configuration and rules.
pub const DEPLOYED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/prometheus");

/// A running Prometheus. Dropping it kills it.
pub struct Prometheus {
    url: String,
    http: reqwest::Client,
    process: Process,
    folder: PathBuf,
    pace: u32,
    alertmanager: Option<String>,
}

/// An alert that is pending or firing.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Alert {
    /// Its labels.
    pub labels: Value,
    /// Its text and its page in the runbook.
    pub annotations: Value,
    /// `pending` or `firing`.
    pub state: String,
}

/// One series of a query's result.
#[derive(Clone, Debug, Deserialize)]
pub struct Sample {
    /// Its labels.
    pub metric: Value,
    /// The time, and the value as text.
    pub value: (f64, String),
}

#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
struct Alerts {
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
struct QueryResult {
    result: Vec<Sample>,
}

impl Prometheus {
    /// The program, if it is on the `PATH`.
    pub fn find() -> Option<PathBuf> {
        installed("prometheus")
    }

    /// Starts one that scrapes this stack's gateway and its newest worker. With a `pace` above 1
    /// all durations in rules and configuration are shorter by that factor, and the expressions
    /// stay the same; but it scrapes once a second at most.
    pub async fn start(stack: &Stack, pace: u32) -> anyhow::Result<Prometheus> {
        let program = Prometheus::find().context("prometheus is not on the PATH")?;
        let folder = stack.folder().join("prometheus");
        fs::create_dir_all(&folder)?;
        let rules = fs::read_to_string(format!("{DEPLOYED}/rules.yml"))?;
        fs::write(folder.join("rules.yml"), hurry(&rules, pace))?;
        configure(&folder, stack, pace, None)?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let mut command = Command::new(program);
        command
            .current_dir(&folder)
            .args(["--config.file", "prometheus.yml", "--log.level", "warn"])
            .args(["--storage.tsdb.path", "data", "--web.enable-lifecycle"])
            .args(["--web.listen-address", &address]);
        let process = Process::spawn("prometheus", &command, &stack.folder().join("logs"))?;
        let prometheus = Prometheus {
            url: format!("http://{address}"),
            http: stack.http().clone(),
            process,
            folder,
            pace,
            alertmanager: None,
        };
        prometheus.wait_until_it_scrapes(stack).await?;
        Ok(prometheus)
    }

    /// Its own page, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Tells the Alertmanager at this address, a `host:port`, of its alerts from now on.
    pub async fn tell(&mut self, stack: &Stack, address: &str) -> anyhow::Result<()> {
        self.alertmanager = Some(address.to_owned());
        self.follow(stack).await?;
        // It would tell nobody of what fires before it has found it, and then wait for a minute.
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            let found: Value = self.get("/api/v1/alertmanagers", &[]).await?;
            if found["activeAlertmanagers"].to_string().contains(address) {
                return Ok(());
            }
            ensure!(
                Instant::now() < deadline,
                "prometheus finds no alertmanager"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Scrapes the worker that is now the newest.
    pub async fn follow(&self, stack: &Stack) -> anyhow::Result<()> {
        let alertmanager = self.alertmanager.as_deref();
        configure(&self.folder, stack, self.pace, alertmanager)?;
        let reload = self.http.post(format!("{}/-/reload", self.url));
        let answer = reload.send().await?.error_for_status();
        answer.context("prometheus does not reload")?;
        self.wait_until_it_scrapes(stack).await
    }

    /// The alerts that are pending or firing now.
    pub async fn alerts(&self) -> anyhow::Result<Vec<Alert>> {
        let Alerts { alerts } = self.get("/api/v1/alerts", &[]).await?;
        Ok(alerts)
    }

    /// The current result of an expression; an error if the expression is invalid.
    pub async fn query(&self, expression: &str) -> anyhow::Result<Vec<Sample>> {
        let answer = self.get("/api/v1/query", &[("query", expression)]).await;
        let QueryResult { result } = answer.with_context(|| expression.to_owned())?;
        Ok(result)
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> anyhow::Result<T> {
        let url = reqwest::Url::parse_with_params(&format!("{}{path}", self.url), query)?;
        let answer = self.http.get(url).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path} answered {status}: {text}");
        let Answer { data } = serde_json::from_str(&text)?;
        Ok(data)
    }

    /// It checks for new targets every five seconds.
    async fn wait_until_it_scrapes(&self, stack: &Stack) -> anyhow::Result<()> {
        let deadline = Instant::now() + START_TIMEOUT;
        let worker = stack.worker_private_url()?;
        for url in [worker.as_str(), stack.gateway_private_url()] {
            let instance = url.trim_start_matches("http://");
            let up = format!("up{{instance=\"{instance}\"}} == 1");
            while self
                .query(&up)
                .await
                .map_or(true, |samples| samples.is_empty())
            {
                if Instant::now() > deadline {
                    return Err(self.process.failure("scraped nothing in time"));
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Ok(())
    }
}

impl Alert {
    /// The name of its rule.
    pub fn name(&self) -> &str {
        self.labels["alertname"].as_str().unwrap_or_default()
    }

    /// Whether it has lasted as long as its rule requires.
    pub fn is_firing(&self) -> bool {
        self.state == "firing"
    }

    /// Its text for people.
    pub fn summary(&self) -> &str {
        self.annotations["summary"].as_str().unwrap_or_default()
    }
}

/// Writes the deployed configuration with this stack's addresses.
fn configure(
    folder: &Path,
    stack: &Stack,
    pace: u32,
    alertmanager: Option<&str>,
) -> anyhow::Result<()> {
    let deployed = fs::read_to_string(format!("{DEPLOYED}/prometheus.yml"))?;
    let mut text = hurry(&deployed, pace);
    let worker = stack.worker_private_url()?;
    for (port, url) in [
        ("9464", worker.as_str()),
        ("9465", stack.gateway_private_url()),
        ("9093", alertmanager.unwrap_or("127.0.0.1:9093")),
    ] {
        let target = format!("127.0.0.1:{port}");
        ensure!(
            text.contains(&target),
            "prometheus.yml has no target {target}"
        );
        text = text.replace(&target, url.trim_start_matches("http://"));
    }
    fs::write(folder.join("prometheus.yml"), text)?;
    Ok(())
}

const START_TIMEOUT: Duration = Duration::from_secs(60);
