//! Held against the recorded histories, one for each end and path: `snapshots/` says what an
//! operator reads of each.

use std::fs;
use std::path::Path;

use temporalio_client::WorkflowHistory;

use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;

use super::*;

async fn events(name: &str) -> Vec<HistoryEvent> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/histories");
    let json = fs::read(folder.join(format!("{name}.json"))).unwrap();
    let history = WorkflowHistory::from_json(&json).unwrap();
    history.into_events().await.unwrap()
}

fn told(timeline: &Timeline) -> String {
    let lines: Vec<String> = timeline.lines().map(|(_, line)| line).collect();
    lines.join("\n")
}

#[tokio::test]
async fn each_recorded_history_tells_its_story() {
    for name in [
        "abandoned",
        "answer-lost",
        "approved",
        "access-denied",
        "billed-by-hand",
        "billing-refused",
        "callback-lost",
        "cancelled",
        "charge-lost",
        "completed",
        "continued",
        "declined",
        "invalid",
        "long",
        "rate-limited",
        "rejected",
        "reset",
        "reversed",
    ] {
        let timeline = Timeline::read(&events(name).await);
        insta::assert_snapshot!(name, told(&timeline));
        assert_eq!(timeline.begins_late, name == "continued");
    }
}

#[tokio::test]
async fn a_fallback_that_takes_over_is_told() {
    let timeline = Timeline::read(&events("fallen-back").await);
    let told = told(&timeline);
    let account = "it goes over the account stripe-main at the partner stripe, chosen by KG: route 1; \
                   kg-main refused connections";
    assert_eq!(told.matches(account).count(), 1, "{told}");
    assert!(told.contains("prepare to charge"), "{told}");
    assert_eq!(timeline.merchant.as_deref(), Some("stripe-main"));
}

/// The second begins late.
#[tokio::test]
async fn recorded_lives_fit_the_terminal() {
    for name in ["billing-refused", "continued"] {
        let timeline = Timeline::read(&events(name).await);
        let view = || crate::show::print_timeline(&timeline);
        crate::terminal::captured::assert_view(&format!("show-{name}"), view);
    }
}

#[tokio::test]
async fn what_is_under_way_is_told_too() {
    let events = events("charge-lost").await;
    let until = |kind: fn(&Attributes) -> bool| {
        let is_kind = |event: &&HistoryEvent| event.attributes.as_ref().is_some_and(kind);
        let id = events.iter().find(is_kind).unwrap().event_id;
        Timeline::read(&events[..id as usize])
    };
    let waits = until(|it| matches!(it, Attributes::TimerStartedEventAttributes(_)));
    let last = waits.entries.last().unwrap();
    assert_eq!(last.kind, EntryKind::Wait);
    assert!(last.until.unwrap() > last.at);
    let asks = until(|it| {
        let Attributes::ActivityTaskScheduledEventAttributes(it) = it else {
            return false;
        };
        let name = it.activity_type.as_ref().map(|it| it.name.as_str());
        name == Some("payment_status")
    });
    let last = asks.entries.last().unwrap();
    assert_eq!(last.text, "the partner is being asked");
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn entry(second: i64, kind: EntryKind, text: &str) -> Entry {
    Entry {
        at: at(second),
        kind,
        text: text.to_owned(),
        until: None,
        times: 1,
        last_at: None,
        data: serde_json::Value::Null,
    }
}

#[test]
fn what_repeats_itself_is_told_once() {
    let wait = |second: i64| Entry {
        until: Some(at(second + 5)),
        ..entry(second, EntryKind::Wait, "x")
    };
    let mut entries = vec![entry(0, EntryKind::Asked, "asked")];
    for n in 0..100 {
        entries.push(entry(10 * n, EntryKind::Check, "PENDING"));
        // Two timers one after the other are one wait.
        entries.extend([wait(10 * n), wait(10 * n + 5)]);
    }
    entries.push(entry(2000, EntryKind::Check, "COMPLETED"));
    let told = without_repeats(entries);
    let told: Vec<_> = told
        .iter()
        .map(|it| (it.text.as_str(), it.times, it.last_at))
        .collect();
    assert_eq!(
        told,
        [
            ("asked", 1, None),
            ("PENDING", 100, Some(at(990))),
            ("waits 10s", 100, Some(at(990))),
            ("COMPLETED", 1, None),
        ]
    );
}

#[test]
fn a_life_fits_the_terminal() {
    let input = serde_json::json!({
        "request_id": "ride-7-extra-1", "order_id": "ride-7", "amount": "125.50", "currency": "KGS",
    });
    let says = "sent; the partner answers pending (pp-758f9a12), but amount: asked 125.50 KGS, the \
                partner says 130.00 KGS";
    let asks = "sky-payments:ann asks for an extra payment of 125.50 KGS, order ride-7";
    let timeline = Timeline {
        entries: vec![
            Entry {
                data: input,
                ..entry(0, EntryKind::Asked, asks)
            },
            entry(1, EntryKind::Submission, says),
        ],
        begins_late: false,
        merchant: None,
    };
    let view = || crate::show::print_timeline(&timeline);
    crate::terminal::captured::assert_view("show", view);
}
