//! The end of the demo: what was asked for, and what everybody says about it.

use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use harness::{Document, LedgerEntry};

use super::operation::CURRENCY;
use super::verdict::Evidence;
use super::word;

/// A row for each operation.
pub(crate) fn table(evidence: &[Evidence]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header([
        "request",
        "asked for",
        "the partner's ledger",
        "billing",
        "outcome",
        "events",
    ]);
    for evidence in evidence {
        let operation = evidence.operation;
        table.add_row([
            operation.request_id.to_owned(),
            format!("{} {} {CURRENCY}", operation.kind.verb(), operation.amount),
            lines(evidence.ledger.iter().map(movement)),
            lines(evidence.documents.iter().map(record)),
            outcome(evidence),
            evidence.history_events.clone(),
        ]);
    }
    table
}

/// Prints what is not as it must be; true when there is nothing.
pub(crate) fn tell_differences(evidence: &[Evidence]) -> bool {
    let mut all_is_right = true;
    for evidence in evidence {
        for difference in evidence.differences() {
            eprintln!("WRONG  {}: {difference}", evidence.operation.request_id);
            all_is_right = false;
        }
    }
    if all_is_right {
        println!("All of it is right: money moved once or not at all, and billing knows of it.");
    }
    all_is_right
}

fn movement(entry: &LedgerEntry) -> String {
    format!("{} {} {}", entry.kind, entry.amount, entry.currency)
}

fn record(document: &Document) -> String {
    format!("{} {}", document.amount, document.currency)
}

fn outcome(evidence: &Evidence) -> String {
    let outcome = word(&evidence.outcome, "outcome");
    match word(&evidence.outcome, "decline_code") {
        "" => outcome.to_owned(),
        code => format!("{outcome}: {code}"),
    }
}

fn lines(of: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = of.collect();
    match lines.is_empty() {
        true => "nothing".to_owned(),
        false => lines.join("\n"),
    }
}
