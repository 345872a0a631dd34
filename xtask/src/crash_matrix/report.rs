//! The table, in Markdown: a row for each point and kind, a column for each strike.

use std::time::Duration;

use super::point::Kind;
use super::stage::Operation;
use super::strike::STRIKES;
use super::verdict::Evidence;

/// The whole document. `columns` are in the order of [`STRIKES`], each in the order of the rows.
pub(crate) fn document(
    operations: &[Operation],
    columns: &[Vec<Evidence>],
    took: Duration,
) -> String {
    let header: Vec<&str> = STRIKES.iter().map(|strike| strike.words()).collect();
    let mut text = format!(
        "{}\n\n{}\n\n| point | operation | {} |\n|{}\n",
        TITLE,
        made(operations.len(), columns, took),
        header.join(" | "),
        " --- |".repeat(2 + header.len()),
    );
    for (row, operation) in operations.iter().enumerate() {
        let kind = match operation.kind {
            Kind::ExtraPayment => "extra payment",
            Kind::Reversal => "reversal",
        };
        let cells: Vec<String> = columns.iter().map(|column| column[row].words()).collect();
        let point = operation.point.words();
        text += &format!("| {point} | {kind} | {} |\n", cells.join(" | "));
    }
    text
}

/// How many cells are wrong.
pub(crate) fn wrong(columns: &[Vec<Evidence>]) -> usize {
    let cells = columns.iter().flatten();
    cells.filter(|evidence| evidence.wrong().is_some()).count()
}

const TITLE: &str = "# What crashes do to money

Each row is a point where a workflow waits for something. One operation was held there, the fault
of the column struck, what it struck came back, and everything that held the operation was lifted.
A cell says what the partner's ledger and billing hold in the end, and how the workflow closed.
The partner is one that charges again for each submission that it accepts.

That a cell can be wrong was tried once: with a partner that hid what it had executed for 150 s, from
a worker that was told to allow for 3 s, the four cells of \"submission executed, not answered\" where
the worker lived on, cut off from Temporal or not, were double, and the command failed.";

fn made(rows: usize, columns: &[Vec<Evidence>], took: Duration) -> String {
    format!(
        "Made by `cargo xtask crash-matrix` in {} s: {rows} operations in each of {} systems, struck once
while all of them were at their points, as journals, histories and state queries showed. \"Started,
no task of it taken up\" is held by a start delay, \"first task\" by a frozen worker, the rest by the
partner and billing. Wrong cells: {}.",
        took.as_secs(),
        columns.len(),
        wrong(columns),
    )
}
