//! Our outcomes compared with the partner's report of the day.

use std::process::Output;
use std::time::Duration;

use harness::{Operation, OperationKind, Stack};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::books::{
    self, charge, ends, give_back, reaches, set_custom_scenario, set_scenario, start, until,
};

const HEADER: &str = "requestId,kind,status,declineCode,amount,currency,partnerPaymentId,updatedAt";

/// Longer than any test here takes.
const LONGEST_TEST: Duration = Duration::from_secs(120);

#[tokio::test]
async fn a_day_report_that_tells_what_we_tell_is_matched() {
    let stack = stack().await;
    let report = a_day(&stack).await;
    let (code, told) = reconcile(&stack, &report, &[]).await;
    assert_eq!((code, &told["matched"]), (0, &json!(4)), "{told}");
    assert_eq!(told["entries"], json!([]));
    // The partner declined the third payment, so it moved no money.
    let sums = json!([
        { "class": "matched", "kind": "extra_payment", "currency": "JPY", "operations": 1,
          "ours_minor": 125, "theirs_minor": 125 },
        { "class": "matched", "kind": "extra_payment", "currency": "KGS", "operations": 2,
          "ours_minor": 12550, "theirs_minor": 12550 },
        { "class": "matched", "kind": "payment_reversal", "currency": "KGS", "operations": 1,
          "ours_minor": 12550, "theirs_minor": 12550 },
    ]);
    assert_eq!(told["sums"], sums);

    // Ours is still running, so the report may say anything.
    let endless = json!({ "never_completes": true });
    set_custom_scenario(&stack, "open", endless).await;
    charge(&stack, "open").await;
    reaches(&stack, "open", "awaiting_completion").await;
    let report = stack.partner().day_report(&today()).await.unwrap();
    let (code, told) = reconcile(&stack, &report, &[]).await;
    assert_eq!((code, classes(&told)), (0, json!([["open", "still_open"]])));
}

#[tokio::test]
async fn what_differs_from_the_day_report_is_told_by_class() {
    let stack = stack().await;
    let report = a_day(&stack).await;
    let mut lines: Vec<String> = report.lines().map(str::to_owned).collect();
    let line = |id: &str| {
        let mut lines = report.lines();
        lines.position(|line| line.starts_with(&format!("{id},")))
    };
    let (charged, refunded) = (line("charged").unwrap(), line("refunded").unwrap());
    lines[charged] = lines[charged].replace("125.50", "130.00");
    lines.push(lines[refunded].replace("refunded,", "unheard-of,"));
    lines.remove(refunded);
    let report = lines.join("\n");

    // Temporal's list, by which the removed one is found, lags behind.
    let told = until("the removed one is listed", async || {
        let (code, told) = reconcile(&stack, &report, &["--merchant", "kg-main"]).await;
        assert_eq!(code, 8, "{told}");
        (told["entries"].as_array().unwrap().len() == 3).then_some(told)
    })
    .await;
    let expected = json!([
        ["charged", "differs"],
        ["unheard-of", "only_theirs"],
        ["refunded", "only_ours"],
    ]);
    assert_eq!(classes(&told), expected);
    let differs = &told["entries"][0];
    assert_eq!(differs["differs"], json!(["amount"]));
    assert_eq!(differs["ours"]["amount"], "125.50");
    assert_eq!(differs["theirs"]["amount"], "130.00");
    assert_eq!(told["matched"], 2);

    // With another account, ours differ and none is missing.
    let (code, told) = reconcile(&stack, &report, &["--merchant", "other"]).await;
    let entries = told["entries"].as_array().unwrap();
    assert_eq!((code, entries.len()), (8, 4), "{told}");
    let charged = entries.iter().find(|it| it["request_id"] == "charged");
    let differs = &charged.unwrap()["differs"];
    assert_eq!(differs, &json!(["amount", "merchant"]));
}

#[tokio::test]
async fn a_double_or_another_amount_differs_whether_ours_has_ended_or_runs() {
    let stack = stack().await;
    charge(&stack, "ended").await;
    ends(&stack, "ended", "completed").await;
    let endless = json!({ "never_completes": true });
    set_custom_scenario(&stack, "running", endless).await;
    charge(&stack, "running").await;
    reaches(&stack, "running", "awaiting_completion").await;
    let report = stack.partner().day_report(&today()).await.unwrap();
    let told = async |report: &str| reconcile(&stack, report, &[]).await;

    // As the partner has them.
    let (code, as_it_is) = told(&report).await;
    assert_eq!(code, 0, "{as_it_is}");
    let done = report.replace("PENDING", "COMPLETED");
    let (code, running) = told(&done).await;
    assert_eq!(
        (code, classes(&running)),
        (0, json!([["running", "still_open"]]))
    );
    // Three movements of each, one of them of another amount.
    let mut tripled = done.clone();
    for line in done.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let payment_id = fields[6];
        for (again, amount) in [("pp-2", "125.50"), ("pp-3", "130.00")] {
            let again = line.replace(payment_id, &format!("{again}-{}", fields[0]));
            tripled += &(again.replace("125.50", amount) + "\n");
        }
    }
    let (code, told_of_it) = told(&tripled).await;
    assert_eq!(
        (code, &told_of_it["matched"]),
        (8, &json!(0)),
        "{told_of_it}"
    );
    let entries = told_of_it["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 6, "{told_of_it}");
    for entry in entries {
        let differs = entry["differs"].to_string();
        assert_eq!(entry["class"], "differs", "{entry}");
        assert!(differs.contains("partner_payment_id"), "{entry}");
        let other = entry["theirs"]["amount"] == "130.00";
        assert_eq!(differs.contains("amount"), other, "{entry}");
    }
    // One movement of another amount of what still runs.
    let other = done.replace(
        "running,PAYMENT,COMPLETED,,125.50",
        "running,PAYMENT,COMPLETED,,130.00",
    );
    let (code, told_of_it) = told(&other).await;
    assert_eq!(
        (code, classes(&told_of_it)),
        (8, json!([["running", "differs"]]))
    );
}

#[tokio::test]
async fn over_consecutive_days_each_payment_is_matched_or_listed_on_exactly_one() {
    let stack = stack().await;
    charge(&stack, "kept").await;
    charge(&stack, "missed").await;
    for id in ["kept", "missed"] {
        ends(&stack, id, "completed").await;
    }
    let report = stack.partner().day_report(&today()).await.unwrap();
    let rows: Vec<&str> = report.lines().skip(1).collect();
    let kept: Vec<&&str> = rows.iter().filter(|it| it.starts_with("kept,")).collect();
    let report = format!("{HEADER}\n{}\n", kept[0]);
    let mut counted = Vec::new();
    for offset in [-1, 0, 1] {
        let report = match offset {
            0 => report.clone(),
            _ => format!("{HEADER}\n"),
        };
        let expected = usize::from(offset == 0);
        let told = until("Temporal's list has it", async || {
            let output = run(&stack, &report, &["--date", &day(offset)]).await;
            let told: Value = serde_json::from_slice(&output.stdout).unwrap();
            (told["entries"].as_array().unwrap().len() == expected).then_some(told)
        })
        .await;
        counted.push((told["matched"].clone(), classes(&told)));
    }
    let nothing = (json!(0), json!([]));
    let today = (json!(1), json!([["missed", "only_ours"]]));
    assert_eq!(counted, [nothing.clone(), today, nothing]);

    // Rows of another day than the one that is named are refused by their line.
    let output = run(&stack, &report, &["--date", &day(-1)]).await;
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(words.contains("line 2, column updatedAt: is of"), "{words}");
}

#[tokio::test]
async fn a_report_that_cannot_be_read_for_certain_is_refused_by_line_and_column() {
    let stack = stack().await;
    for (report, says) in [
        (
            HEADER.replace("kind", "type"),
            "line 1, column 2: must be \"kind\"",
        ),
        (
            format!("{HEADER}\nr-1,PAYMENT,COMPLETED,,1.5,KGS,pp-1,2026-11-24T10:00:00Z"),
            "line 2, column amount: must be written as 1.50",
        ),
        (HEADER.to_owned(), "name it with --date"),
    ] {
        let output = run(&stack, &report, &[]).await;
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
        assert!(message.contains("report.csv: "), "{message}");
    }
}

/// A stack whose operations are all of one day.
async fn stack() -> Stack {
    let time = TimeZone::UTC.to_datetime(Timestamp::now()).time();
    let midnight = Time::MAX.duration_since(time).unsigned_abs();
    if midnight < LONGEST_TEST {
        tokio::time::sleep(midnight + Duration::from_secs(1)).await;
    }
    books::stack().await
}

/// Four ended operations, and the partner's report of today.
async fn a_day(stack: &Stack) -> String {
    set_scenario(stack, "declined", "declined").await;
    charge(stack, "charged").await;
    give_back(stack, "refunded").await;
    charge(stack, "declined").await;
    let yen = Operation::new(OperationKind::ExtraPayment, "yen").of("125", "JPY");
    start(stack, yen).await;
    for id in ["charged", "refunded", "yen"] {
        ends(stack, id, "completed").await;
    }
    ends(stack, "declined", "declined").await;
    stack.partner().day_report(&today()).await.unwrap()
}

/// The exit code, and what is told.
async fn reconcile(stack: &Stack, report: &str, more: &[&str]) -> (i32, Value) {
    let output = run(stack, report, &[&["--date", &today()], more].concat()).await;
    let words = String::from_utf8_lossy(&output.stderr);
    let told = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{words}"));
    (output.status.code().unwrap(), told)
}

async fn run(stack: &Stack, report: &str, more: &[&str]) -> Output {
    let file = stack.folder().join("report.csv");
    std::fs::write(&file, report).unwrap();
    let file = file.to_string_lossy();
    let arguments = [&["reconcile", "--report", &file], more].concat();
    stack.payments_output(&arguments).await.unwrap()
}

fn classes(told: &Value) -> Value {
    let entries = told["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| json!([entry["request_id"], entry["class"]]))
        .collect()
}

fn today() -> String {
    day(0)
}

/// So many days from today, in UTC.
fn day(offset: i64) -> String {
    let now = Timestamp::now() + SignedDuration::from_hours(24 * offset);
    TimeZone::UTC.to_datetime(now).date().to_string()
}
