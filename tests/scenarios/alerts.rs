//! The deployed alerts: valid, tested with Prometheus' own tool, and each with a page that says
//! what to do.

use std::fs;
use std::path::Path;
use std::process::Command;

use harness::{Alertmanager, DEPLOYED, Prometheus, installed, not_tested};

use crate::books::{stack, until};

/// A second for each minute of the rules.
const PACE: u32 = 60;

#[test]
fn the_rules_are_sound_and_fire_when_they_should() {
    let Some(promtool) = installed("promtool") else {
        return not_tested("the rules", "promtool is missing (Debian: prometheus)");
    };
    for arguments in [
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "rules.yml"],
        ["test", "rules", "rules_test.yml"],
    ] {
        let mut command = Command::new(&promtool);
        let output = command
            .current_dir(DEPLOYED)
            .args(arguments)
            .output()
            .unwrap();
        let words = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
        assert!(
            output.status.success(),
            "promtool {arguments:?}: {}",
            words.concat()
        );
    }
}

/// From the running system to whoever is on call, and back when it is over.
#[tokio::test]
async fn who_is_on_call_is_told_of_an_alert_with_a_link_to_its_page_and_of_its_end() {
    if Prometheus::find().is_none() || Alertmanager::find().is_none() {
        let missing = "prometheus or prometheus-alertmanager is missing (both are Debian's)";
        return not_tested("who is told of an alert", missing);
    }
    let mut stack = stack().await;
    let alertmanager = Alertmanager::start(&stack, PACE).await.unwrap();
    let mut prometheus = Prometheus::start(&stack, PACE).await.unwrap();
    prometheus
        .tell(&stack, alertmanager.address())
        .await
        .unwrap();
    let told = async |status: &str| {
        until(&format!("SkyWorkerDown is {status}"), async || {
            let told = alertmanager.told();
            told.into_iter().find(|it| {
                it["status"] == status && it["commonLabels"]["alertname"] == "SkyWorkerDown"
            })
        })
        .await
    };
    stack.kill_worker().unwrap();
    let firing = told("firing").await;
    assert_eq!(firing["receiver"], "on-call", "{firing:#}");
    let alert = &firing["alerts"][0];
    assert_eq!(alert["labels"]["severity"], "page", "{alert:#}");
    assert!(alert["labels"]["repository"].is_null(), "{alert:#}");
    let link = alert["annotations"]["runbook_url"].as_str().unwrap();
    let (base, page) = link.split_once("/docs/").unwrap();
    assert!(base.starts_with("https://"), "{link}");
    assert!(repository().join("docs").join(page).is_file(), "{link}");
    let shown = alertmanager.alerts().await.unwrap();
    assert!(
        shown
            .iter()
            .any(|it| it["annotations"]["runbook_url"] == link),
        "{shown:#?}"
    );

    stack.start_worker().await.unwrap();
    prometheus.follow(&stack).await.unwrap();
    told("resolved").await;
}

#[test]
fn every_alert_has_a_test_that_fires_it_and_a_page_in_the_runbook() {
    let tests = fs::read_to_string(format!("{DEPLOYED}/rules_test.yml")).unwrap();
    let alerts = alerts();
    assert!(alerts.len() >= 9, "{alerts:?}");
    for alert in &alerts {
        let page = format!("docs/runbook/alerts/{alert}.md");
        let fires = format!("runbook_url: /{page}");
        assert!(tests.contains(&fires), "no test fires {alert}");
        assert!(repository().join(&page).is_file(), "{page} is missing");
    }
    let pages = fs::read_dir(repository().join("docs/runbook/alerts")).unwrap();
    assert_eq!(pages.count(), alerts.len(), "a page without an alert");
}

/// The names of the deployed alerts.
fn alerts() -> Vec<String> {
    let rules = fs::read_to_string(format!("{DEPLOYED}/rules.yml")).unwrap();
    let alerts = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    alerts.map(str::to_owned).collect()
}

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
