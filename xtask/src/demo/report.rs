//! The end of the demo: what was requested, and what all parties say about it.

use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use harness::{Books, Document, End, LedgerEntry, Operation};
use serde_json::Value;

use super::staged::Staged;

/// What everybody says about an operation after its end.
pub(crate) struct Ended<'s> {
    pub(crate) staged: &'s Staged,
    /// Which account and partner, and why.
    pub(crate) account: Value,
    pub(crate) books: Books,
    /// How many events the workflow's history has.
    pub(crate) history_events: String,
}

/// A row for each operation.
pub(crate) fn table(ended: &[Ended<'_>]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header([
        "request",
        "asked for",
        "account (partner): why",
        "the partner's ledger",
        "billing",
        "outcome",
        "events",
    ]);
    for Ended {
        staged,
        account,
        books,
        history_events,
    } in ended
    {
        let Operation {
            request_id,
            kind,
            amount,
            currency,
            ..
        } = &staged.operation;
        table.add_row([
            request_id.clone(),
            format!("{}\n{amount} {currency}", kind.as_str()),
            why(account),
            lines(books.ledger.iter().map(movement)),
            lines(books.documents.iter().map(record)),
            outcome(&books.end),
            history_events.clone(),
        ]);
    }
    table
}

/// Prints what is wrong; true if nothing is.
pub(crate) fn print_differences(ended: &[Ended<'_>]) -> bool {
    let mut all_is_right = true;
    for Ended { staged, books, .. } in ended {
        for it in books.differences(&staged.operation, &staged.expected) {
            let id = &staged.operation.request_id;
            eprintln!("WRONG  {id}: {}: {}", it.what, it.detail);
            all_is_right = false;
        }
    }
    if all_is_right {
        println!("All of it is right: money moved once or not at all, and billing knows of it.");
    }
    all_is_right
}

/// Such as "kg-main (sky): KG: route 1", in two lines.
fn why(account: &Value) -> String {
    let [merchant, partner, chosen_by] =
        ["merchant", "partner", "chosen_by"].map(|field| account[field].as_str().unwrap_or("?"));
    format!("{merchant} ({partner}):\n{chosen_by}")
}

fn movement(entry: &LedgerEntry) -> String {
    format!("{} {} {}", entry.kind, entry.amount, entry.currency)
}

fn record(document: &Document) -> String {
    format!("{} {}", document.amount, document.currency)
}

fn outcome(end: &End) -> String {
    match end {
        End::Outcome(outcome) if outcome["decline_code"].is_string() => {
            format!(
                "{}: {}",
                end.label(),
                outcome["decline_code"].as_str().unwrap_or_default()
            )
        }
        _ => end.label().to_owned(),
    }
}

fn lines(of: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = of.collect();
    if lines.is_empty() {
        "nothing".to_owned()
    } else {
        lines.join("\n")
    }
}
