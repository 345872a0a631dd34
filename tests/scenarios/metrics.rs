//! The worker's metrics, compared with `docs/metrics.md` and with what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use harness::{Stack, Timings};
use serde_json::json;

use crate::books::{
    QUICK, builder, charge, ends, fault, give_back, needs_attention, set_custom_scenario, stack,
    until,
};

#[tokio::test]
async fn every_metric_is_in_the_documentation_and_the_other_way_round() {
    let stack = stack().await;
    let open = json!({ "never_completes": true });
    set_custom_scenario(&stack, "open", open).await;
    charge(&stack, "open").await;
    charge(&stack, "one").await;
    ends(&stack, "one", "completed").await;
    let documented = documented();
    // The open operations are listed every two seconds.
    let mut served = BTreeSet::new();
    for _ in 0..120 {
        served = described(&scrape(&stack).await);
        if served == documented {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(served, documented);
}

#[tokio::test]
async fn what_happens_to_payments_is_counted() {
    // A callback that is slow on a busy machine is not taken for a lost one.
    let timings = Timings {
        first_check: "10s",
        longest_pause: "10s",
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    let early =
        json!({ "callback": { "when": "before_answer", "times": 2 }, "executes_after": "100ms" });
    let partner = stack.partner();
    partner.set_custom_scenario("early", early).await.unwrap();
    partner.set_scenario("lost", "callback_lost").await.unwrap();
    let odd = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    partner.set_custom_scenario("odd", odd).await.unwrap();
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    fault(&stack, "denied", json!({ "on": "submit", "kind": unknown })).await;
    for id in ["early", "lost", "denied", "odd", "prompt"] {
        charge(&stack, id).await;
    }
    give_back(&stack, "back").await;
    for id in ["early", "lost", "denied", "prompt", "back"] {
        ends(&stack, id, "completed").await;
    }
    needs_attention(&stack, "odd", "asked 125.50 KGS").await;

    let counts = |name: &str| format!("{name}{{");
    let waiting = ["needs_attention", "KGS"];
    let text = until("all of it is counted", async || {
        let text = scrape(&stack).await;
        let open = value(&text, &counts("sky_open_operations"), &waiting);
        (open == 1).then_some(text)
    })
    .await;
    let value = |name: &str, labels: &[&str]| value(&text, &counts(name), labels);
    assert_eq!(value("sky_account_info", &["kg-main", "sky"]), 1);
    let extra = ["extra_payment", "kg-main", "KGS", "completed"];
    assert_eq!(value("sky_operations_closed_total", &extra), 4);
    let closed = value("sky_operations_closed_minor_units_total", &extra);
    assert_eq!(closed, 4 * 12_550);
    let reversals = value("sky_operations_closed_total", &["payment_reversal"]);
    assert_eq!(reversals, 1);
    assert_eq!(value("sky_open_operations_minor_units", &waiting), 12_550);
    assert!(value("sky_callbacks_total", &["early"]) >= 1);
    assert!(value("sky_callbacks_total", &["prompt"]) >= 1);
    assert_eq!(value("sky_callbacks_lost_total", &["kg-main"]), 1);
    assert!(value("sky_partner_differences_total", &["amount"]) >= 1);
    let denials = value("sky_partner_access_denials_total", &["key_unknown"]);
    assert_eq!(denials, 1);
    let charges = ["completeMerchantAcquiring", "answered"];
    assert!(value("sky_partner_requests_total", &charges) >= 4);
    assert_eq!(value("sky_billing_requests_total", &["recorded"]), 4);
    let reversal = ["process_payment_reversal"];
    assert!(value("temporal_workflow_completed_total", &reversal) >= 1);
}

/// What the worker serves.
pub(crate) async fn scrape(stack: &Stack) -> String {
    let url = format!("{}/metrics", stack.worker_private_url().unwrap());
    let answer = stack.http().get(url).send().await.unwrap();
    answer.text().await.unwrap()
}

/// The sum of the samples whose labels have all these values.
pub(crate) fn value(text: &str, name: &str, labels: &[&str]) -> u64 {
    let samples = text.lines().filter(|line| line.starts_with(name));
    let samples = samples.filter(|line| {
        let has = |value: &&str| line.contains(&format!("=\"{value}\""));
        labels.iter().all(has)
    });
    let values = samples.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap());
    values.sum()
}

/// Our series in Prometheus' text, each with its labels and its kind as the documentation has them.
fn described(text: &str) -> BTreeSet<String> {
    let mut kinds = BTreeMap::new();
    let mut labels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in text.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE sky_") {
            let (name, kind) = kind.split_once(' ').unwrap();
            kinds.insert(name, kind);
        } else if let Some(sample) = line.strip_prefix("sky_") {
            let (series, _) = sample.rsplit_once(' ').unwrap();
            let (name, pairs) = series.split_once('{').unwrap_or((series, "}"));
            let name = match kinds.get(name) {
                Some(_) => name,
                None => name.rsplit_once('_').unwrap().0,
            };
            let names = pairs.split("\",").filter_map(|pair| pair.split_once('='));
            let names = names.map(|(name, _)| name).filter(|name| *name != "le");
            labels.entry(name).or_default().extend(names);
        }
    }
    let rows = kinds.iter().map(|(name, kind)| {
        let labels: Vec<&str> = labels[name].iter().copied().collect();
        row(&format!("sky_{name}"), labels, kind)
    });
    rows.collect()
}

/// The worker's rows in the documentation.
fn documented() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/metrics.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once("## The worker").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `sky_"));
    let rows = rows.map(|line| {
        let (series, rest) = line.split_once("` | ").unwrap();
        let (kind, _) = rest.split_once(" | ").unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let labels = labels.trim_end_matches('}').split(',');
        let labels = labels.filter(|label| !label.is_empty()).collect();
        row(&format!("sky_{name}"), labels, kind)
    });
    rows.collect()
}

fn row(name: &str, mut labels: Vec<&str>, kind: &str) -> String {
    labels.sort_unstable();
    format!("{name}{{{}}} {kind}", labels.join(","))
}
