//! The deployed monitoring, checked against the system: a real Prometheus scrapes a real worker and
//! a real gateway, and every query of the dashboard and every series of an alert exists.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use harness::{DEPLOYED, Prometheus, Stack};
use serde_json::{Value, json};

use crate::books::{builder, charge, ends, fault, give_back, reaches, start_raw};
use crate::deploys::run_earlier_code_until;

#[tokio::test]
async fn every_query_of_the_dashboard_and_every_series_of_an_alert_is_there() {
    if Prometheus::find().is_none() {
        eprintln!("not tested: prometheus is missing (Debian's package prometheus has it)");
        return;
    }
    let mut stack = builder().workers(0).start().await.unwrap();
    // A history that the worker's code does not fit.
    start_raw(&stack, "process_extra_payment", "earlier", "{}").await;
    run_earlier_code_until(&stack, "earlier", "TIMER_STARTED").await;
    stack.start_worker().await.unwrap();
    // Wakes it.
    stack.payments_output(&["cancel", "earlier"]).await.unwrap();
    let prometheus = Prometheus::start(&stack, 60).await.unwrap();
    make_payments(&stack).await;

    let mut missing: BTreeSet<String> = dashboard().chain(series_of_alerts()).collect();
    assert!(missing.len() > 60, "only {}", missing.len());
    let deadline = Instant::now() + Duration::from_secs(90);
    while !missing.is_empty() && Instant::now() < deadline {
        for query in missing.clone() {
            // An error is a query that can't be parsed.
            if !prometheus.query(&query).await.unwrap().is_empty() {
                missing.remove(&query);
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(missing.is_empty(), "nothing for {missing:#?}");
}

/// Some of each that the dashboard shows.
async fn make_payments(stack: &Stack) {
    let partner = stack.partner();
    partner.set_scenario("lost", "callback_lost").await.unwrap();
    partner.set_scenario("declined", "declined").await.unwrap();
    let odd = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    partner.set_custom_scenario("odd", odd).await.unwrap();
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    fault(stack, "barred", json!({ "on": "submit", "kind": unknown })).await;
    for id in ["prompt", "lost", "declined", "odd", "barred"] {
        charge(stack, id).await;
    }
    give_back(stack, "back").await;
    for id in ["prompt", "lost", "barred", "back"] {
        ends(stack, id, "completed").await;
    }
    ends(stack, "declined", "declined").await;
    reaches(stack, "odd", "needs_attention").await;
    stack.billing().set_down(true).await.unwrap();
    charge(stack, "unbilled").await;
    reaches(stack, "unbilled", "finalizing").await;
}

/// The queries of the dashboard that is deployed.
fn dashboard() -> impl Iterator<Item = String> {
    let text = fs::read_to_string(format!("{DEPLOYED}/../grafana/payments.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().clone();
    panels.into_iter().flat_map(|panel| {
        let targets = panel["targets"].as_array().cloned().unwrap_or_default();
        let expressions = targets.into_iter();
        expressions.map(|target| target["expr"].as_str().unwrap().to_owned())
    })
}

/// The series that the deployed alerts go by, each with its labels.
fn series_of_alerts() -> impl Iterator<Item = String> {
    let rules = fs::read_to_string(format!("{DEPLOYED}/rules.yml")).unwrap();
    let expressions: String = rules
        .split("expr: ")
        .skip(1)
        .map(|rule| rule.split("labels: {").next().unwrap())
        .collect();
    let mut series = BTreeSet::new();
    for name in ["sky_", "temporal_", "up{"] {
        for (at, _) in expressions.match_indices(name) {
            let rest = &expressions[at..];
            let is_name = |it: char| it.is_ascii_lowercase() || it == '_';
            let end = rest.find(|it| !is_name(it)).unwrap();
            let labels = match rest[end..].starts_with('{') {
                true => rest[end..].find('}').unwrap() + 1,
                false => 0,
            };
            let begins_here = !expressions[..at].ends_with(is_name);
            if begins_here {
                series.insert(rest[..end + labels].to_owned());
            }
        }
    }
    series.into_iter()
}
