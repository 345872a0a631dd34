//! What runs beside the programs: systemd, nginx, Prometheus, Alertmanager, Grafana.

use std::fs;
use std::path::PathBuf;

use harness::profile_folder;

use crate::check_deploy::check::Check;
use crate::check_deploy::stage::Stage;
use crate::check_deploy::verdict::{Verdict, all as all_of, ask, ask_for_silence};

const UNITS: [&str; 2] = [
    "systemd/sky-worker.service",
    "systemd/sky-callback-gateway.service",
];

/// In tenths, of systemd's 10 for a service without any protection.
const MOST_EXPOSURE: &str = "15";

pub(super) fn all() -> Vec<Check> {
    vec![
        Check::new(
            "systemd's units, by systemd-analyze verify",
            UNITS.map(|unit| (unit, "ProtectSystem=", "ProtectSistem=")),
            |stage| all_of(UNITS.map(|unit| verify(stage, unit))),
        )
        .needing("systemd-analyze", "Debian: systemd"),
        Check::new(
            "systemd's units, by systemd-analyze security",
            UNITS.map(|unit| (unit, "CapabilityBoundingSet=\n", "\n")),
            |stage| all_of(UNITS.map(|unit| exposure(stage, unit))),
        )
        .needing("systemd-analyze", "Debian: systemd"),
        Check::new(
            "nginx's configuration, by nginx -t",
            [
                (
                    "nginx/nginx.conf",
                    "server_tokens off;",
                    "server_token off;",
                ),
                ("compose/nginx/http.conf", "keepalive 32;", "keepalive;"),
                (
                    "compose/nginx/server.conf",
                    "listen 8443 ssl;",
                    "listen 8443 tls;",
                ),
            ],
            nginx,
        )
        .needing("nginx", "Debian: nginx-light"),
        Check::new(
            "Prometheus' configuration and rules, by promtool",
            [
                (
                    "prometheus/prometheus.yml",
                    "scrape_configs:",
                    "scrape_config:",
                ),
                ("prometheus/rules.yml", "for: 2m", "for: two"),
            ],
            |stage| {
                let mut promtool = stage.tools.command("promtool")?;
                promtool.args(["check", "config"]);
                ask(promtool.arg(stage.deploy.join("prometheus/prometheus.yml")))
            },
        )
        .needing("promtool", "Debian: prometheus"),
        Check::new(
            "the alerts' tests, by promtool",
            [
                (
                    "prometheus/rules_test.yml",
                    "alertname: SkyWorkerDown",
                    "alertname: SkyWorkerUp",
                ),
                ("prometheus/rules.yml", "severity: page", "severity: ticket"),
            ],
            |stage| {
                let mut promtool = stage.tools.command("promtool")?;
                promtool.current_dir(stage.deploy.join("prometheus"));
                ask(promtool.args(["test", "rules", "rules_test.yml"]))
            },
        )
        .needing("promtool", "Debian: prometheus"),
        Check::new(
            "Alertmanager's configuration, by amtool",
            [(
                "alertmanager/alertmanager.yml",
                "receiver: on-call",
                "receiver: nobody",
            )],
            |stage| {
                let mut amtool = stage.tools.command("amtool")?;
                ask(amtool
                    .arg("check-config")
                    .arg(stage.deploy.join("alertmanager/alertmanager.yml")))
            },
        )
        .needing("amtool", "Debian: prometheus-alertmanager"),
        Check::new(
            "the dashboard, as JSON",
            [("grafana/payments.json", "{", "")],
            |stage| {
                let text = fs::read_to_string(stage.deploy.join("grafana/payments.json"))?;
                Ok(match serde_json::from_str::<serde_json::Value>(&text) {
                    Ok(_) => Verdict::Accepted,
                    Err(error) => Verdict::Refused(error.to_string()),
                })
            },
        ),
    ]
}

/// The unit with the programs that were built in the place of the installed ones.
fn unit(stage: &Stage, file: &str) -> anyhow::Result<PathBuf> {
    let built = profile_folder()?.display().to_string();
    stage.rewrite(file, |text| text.replace("/usr/local/bin", &built))
}

fn verify(stage: &Stage, file: &str) -> anyhow::Result<Verdict> {
    let mut analyze = stage.tools.command("systemd-analyze")?;
    ask_for_silence(analyze.arg("verify").arg(unit(stage, file)?))
}

fn exposure(stage: &Stage, file: &str) -> anyhow::Result<Verdict> {
    let mut analyze = stage.tools.command("systemd-analyze")?;
    analyze.args([
        "security",
        "--no-pager",
        "--offline=true",
        "--threshold",
        MOST_EXPOSURE,
    ]);
    ask(analyze.arg(unit(stage, file)?))
}

fn nginx(stage: &Stage) -> anyhow::Result<Verdict> {
    let secrets = stage.secrets()?.display().to_string();
    stage.rewrite("compose/nginx/server.conf", |text| {
        text.replace("/etc/sky/secrets", &secrets)
    })?;
    let folder = stage.deploy.join("nginx");
    fs::rename(stage.deploy.join("compose/nginx"), folder.join("site"))?;
    let mut nginx = stage.tools.command("nginx")?;
    nginx.arg("-t").arg("-p").arg(&folder);
    ask(nginx
        .arg("-c")
        .arg(folder.join("nginx.conf"))
        .args(["-e", "stderr"]))
}
