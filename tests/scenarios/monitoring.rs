//! The deployed monitoring, checked against the system: a real Prometheus scrapes a real worker and
//! a real gateway, and every query of the dashboard and every series of an alert exists.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use harness::{DEPLOYED, Prometheus, Stack, Timings, not_tested};
use serde_json::{Value, json};

use crate::books::{
    QUICK, builder, charge, ends, fault, give_back, needs_attention, reaches, start_raw, until,
};
use crate::deploys::run_earlier_code_until;

#[tokio::test]
async fn every_query_of_the_dashboard_and_every_series_of_an_alert_is_there() {
    if Prometheus::find().is_none() {
        return not_tested(
            "the dashboard",
            "prometheus is missing (Debian: prometheus)",
        );
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
    let deadline = Instant::now() + Duration::from_secs(180);
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

#[tokio::test]
async fn accounts_are_listed_with_the_calls_that_prometheus_has_counted() {
    if Prometheus::find().is_none() {
        return not_tested(
            "how calls are counted",
            "prometheus is missing (Debian: prometheus)",
        );
    }
    // No call of a busy machine goes unanswered.
    let timings = Timings {
        request_timeout: "10s",
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    let prometheus = Prometheus::start(&stack, 60).await.unwrap();
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    fault(&stack, "denied", json!({ "on": "submit", "kind": unknown })).await;
    charge(&stack, "denied").await;
    ends(&stack, "denied", "completed").await;
    let asked = ["accounts", "--prometheus", prometheus.url()];
    let calls = until("prometheus has counted the refusal", async || {
        let calls = stack.payments(&asked).await.ok()?["calls"].clone();
        (calls["refused_per_second"].as_f64()? > 0.0).then_some(calls)
    })
    .await;
    let all = calls["per_second"].as_f64();
    assert!(all > calls["refused_per_second"].as_f64(), "{calls}");
    assert_eq!(calls["unanswered_per_second"], 0.0);
    let words = stack.payments_words(&asked).await.unwrap();
    assert!(words.contains("/s in 5 min, 0."), "{words}");
    assert!(words.contains("/s refused, 0/s unanswered"), "{words}");

    // The accounts are listed all the same.
    let secret = prometheus.url().replace("http://", "http://ann:secret@");
    drop(prometheus);
    for (url, why) in [
        (secret.as_str(), "error sending request"),
        (stack.gateway_private_url(), "not as Prometheus does"),
    ] {
        let asked = ["accounts", "--prometheus", url];
        let output = stack.payments_output(&asked).await.unwrap();
        assert_eq!(output.status.code(), Some(1));
        let account: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(account["merchant"], "kg-main");
        assert_eq!(account["calls"], Value::Null);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("(--prometheus)"), "{told}");
        assert!(told.contains(why), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
}

/// Some of each that the dashboard shows.
async fn make_payments(stack: &Stack) {
    let partner = stack.partner();
    partner.set_scenario("lost", "callback_lost").await.unwrap();
    partner.set_scenario("declined", "declined").await.unwrap();
    let odd = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    partner.set_custom_scenario("odd", odd).await.unwrap();
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    fault(stack, "denied", json!({ "on": "submit", "kind": unknown })).await;
    for id in ["prompt", "lost", "declined", "odd", "denied"] {
        charge(stack, id).await;
    }
    give_back(stack, "back").await;
    for id in ["prompt", "lost", "denied", "back"] {
        ends(stack, id, "completed").await;
    }
    ends(stack, "declined", "declined").await;
    needs_attention(stack, "odd", "asked 125.50 KGS").await;
    stack.billing().set_down(true).await.unwrap();
    charge(stack, "unbilled").await;
    reaches(stack, "unbilled", "finalizing").await;
}

/// The queries of the dashboard that is deployed, and what its variables choose from.
fn dashboard() -> impl Iterator<Item = String> {
    let text = fs::read_to_string(format!("{DEPLOYED}/../grafana/payments.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let panels = elements(&dashboard["panels"]).into_iter();
    let targets = panels.flat_map(|panel| elements(&panel["targets"]));
    let queries = targets.map(|target| target["expr"].as_str().unwrap().to_owned());
    let variables = elements(&dashboard["templating"]["list"]).into_iter();
    let choices = variables.filter_map(|variable| {
        let values = variable["query"].as_str()?.strip_prefix("label_values(")?;
        let (series, label) = values.strip_suffix(')')?.rsplit_once(", ")?;
        Some(format!("count by ({label}) ({series})"))
    });
    let all = queries.chain(choices);
    all.map(|query| query.replace("$merchant", ".*").replace("$partner", ".*"))
}

fn elements(list: &Value) -> Vec<Value> {
    list.as_array().cloned().unwrap_or_default()
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
            let labels = if rest[end..].starts_with('{') {
                rest[end..].find('}').unwrap() + 1
            } else {
                0
            };
            let begins_here = !expressions[..at].ends_with(is_name);
            if begins_here {
                series.insert(rest[..end + labels].to_owned());
            }
        }
    }
    series.into_iter()
}
