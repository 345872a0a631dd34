//! The deployed alerts: valid, tested with Prometheus' own tool, and each with a page that says
//! what to do.

use std::fs;
use std::path::Path;
use std::process::Command;

use harness::{DEPLOYED, installed};

#[test]
fn the_rules_are_sound_and_fire_when_they_should() {
    let Some(promtool) = installed("promtool") else {
        eprintln!("not tested: promtool is missing (Debian's package prometheus has it)");
        return;
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

#[test]
fn every_alert_has_a_test_that_fires_it_and_a_page_in_the_runbook() {
    let tests = fs::read_to_string(format!("{DEPLOYED}/rules_test.yml")).unwrap();
    let alerts = alerts();
    assert!(alerts.len() >= 9, "{alerts:?}");
    for alert in &alerts {
        let page = format!("docs/runbook/alerts/{alert}.md");
        let fires = format!("runbook_url: {page}");
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
