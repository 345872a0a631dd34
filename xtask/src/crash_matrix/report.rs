//! The table, in Markdown: a row for each point and kind, a column for each strike.

use std::collections::BTreeSet;
use std::time::Duration;

use harness::{Books, OperationKind};

use super::held::Held;
use super::point::{POINTS, Point};
use super::strike::Strike;

/// What was done, and what was seen.
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) took: Duration,
}

/// One strike.
pub(crate) struct Column {
    pub(crate) strike: Strike,
    /// What was seen of each operation; nothing where this machine lacks what the strike takes.
    pub(crate) seen: Option<Vec<(Held, Books)>>,
}

/// What was seen of the operations of one row in one column.
enum Cell {
    NotHeld,
    NotRun,
    Right(String),
    Wrong(String),
}

impl Table {
    /// The whole document.
    pub(crate) fn document(&self) -> String {
        let header = self.columns.iter().map(|it| it.strike.title());
        let header: Vec<&str> = header.collect();
        let mut text = format!(
            "In {} s. Wrong cells: {}. Cells not run: {}.\n\n| point | operation | {} |\n|{}\n",
            self.took.as_secs(),
            self.wrong(),
            self.not_run(),
            header.join(" | "),
            " --- |".repeat(2 + header.len()),
        );
        for (point, kind) in rows() {
            let cells = self.columns.iter().map(|it| it.cell(point, kind));
            let cells: Vec<Cell> = cells.collect();
            if cells.iter().all(|it| matches!(it, Cell::NotHeld)) {
                continue;
            }
            let cells: Vec<String> = cells.into_iter().map(Cell::text).collect();
            let (point, kind) = (point.title(), kind.as_str());
            text += &format!("| {point} | {kind} | {} |\n", cells.join(" | "));
        }
        text
    }

    /// How many cells are wrong.
    pub(crate) fn wrong(&self) -> usize {
        self.columns.iter().map(Column::wrong).sum()
    }

    /// How many cells this machine could not run.
    pub(crate) fn not_run(&self) -> usize {
        let columns = self.columns.iter();
        let not_run = columns.map(|column| column.count(|it| matches!(it, Cell::NotRun)));
        not_run.sum()
    }
}

impl Column {
    /// How many of its cells are wrong.
    pub(crate) fn wrong(&self) -> usize {
        self.count(|it| matches!(it, Cell::Wrong(_)))
    }

    fn count(&self, is_counted: impl Fn(&Cell) -> bool) -> usize {
        let cells = rows().map(|(point, kind)| self.cell(point, kind));
        cells.filter(is_counted).count()
    }

    fn cell(&self, point: Point, kind: OperationKind) -> Cell {
        if !self.strike.scene().points.contains(&point) {
            return Cell::NotHeld;
        }
        let Some(seen) = &self.seen else {
            return Cell::NotRun;
        };
        let here = seen
            .iter()
            .filter(|(held, _)| held.point == point && held.operation.kind == kind);
        let mut right = BTreeSet::new();
        let mut wrong = BTreeSet::new();
        for (held, books) in here {
            let differences = books.differences(&held.operation, &held.point.expected());
            let unexplained = differences.iter().filter(|it| it.reason.is_none());
            wrong.extend(unexplained.map(|it| it.what));
            right.insert(cell_text(kind, books));
        }
        let right = Vec::from_iter(right).join("; ");
        if wrong.is_empty() {
            Cell::Right(right)
        } else {
            let wrong = Vec::from_iter(wrong).join(", ");
            Cell::Wrong(format!("**WRONG, {wrong}**: {right}"))
        }
    }
}

impl Cell {
    fn text(self) -> String {
        match self {
            Cell::NotHeld => "-".to_owned(),
            Cell::NotRun => "not run".to_owned(),
            Cell::Right(text) | Cell::Wrong(text) => text,
        }
    }
}

/// Every row of the table.
fn rows() -> impl Iterator<Item = (Point, OperationKind)> {
    POINTS
        .into_iter()
        .flat_map(|point| point.kinds().iter().map(move |&kind| (point, kind)))
}

fn cell_text(kind: OperationKind, books: &Books) -> String {
    let movement = match kind {
        OperationKind::ExtraPayment => "charge",
        OperationKind::Reversal => "refund",
    };
    let moved = counted(books.ledger.len(), movement);
    let billed = counted(books.documents.len(), "bill");
    format!("{moved}, {billed}, {}", books.end.label())
}

fn counted(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use harness::End;
    use serde_json::json;

    use super::*;

    fn table(strike: Strike, seen: Option<Vec<(Held, Books)>>) -> Table {
        Table {
            columns: vec![Column { strike, seen }],
            took: Duration::ZERO,
        }
    }

    #[test]
    fn what_was_not_run_is_counted_and_is_not_right() {
        let table = table(Strike::PacketsLost, None);
        assert_eq!((table.wrong(), table.not_run()), (0, 36));
        let document = table.document();
        assert!(document.contains("Cells not run: 36."), "{document}");
        assert_eq!(document.matches("| not run |").count(), 36);
    }

    #[test]
    fn a_cell_is_wrong_where_one_of_its_operations_is() {
        let strike = Strike::WorkerFrozenUntilOthersSubmit;
        let rejected = |held: &Held| {
            let mut outcome = held.operation.input();
            outcome["outcome"] = json!("rejected");
            Books {
                ledger: Vec::new(),
                documents: Vec::new(),
                end: End::Outcome(outcome),
            }
        };
        let completed = |held: &Held| {
            let mut books = rejected(held);
            let End::Outcome(outcome) = &mut books.end else {
                unreachable!()
            };
            outcome["outcome"] = json!("completed");
            books
        };
        let mut seen = strike.scene().operations();
        seen.retain(|held| held.operation.kind == OperationKind::Reversal);
        let seen = seen.into_iter().enumerate().map(|(number, held)| {
            let books = if number == 0 {
                completed(&held)
            } else {
                rejected(&held)
            };
            (held, books)
        });
        let table = table(strike, Some(seen.collect()));
        let words = "**WRONG, another outcome, completed, and nothing moved**: \
                     0 refunds, 0 bills, completed; 0 refunds, 0 bills, rejected";
        assert_eq!(table.wrong(), 1);
        assert!(table.document().contains(words), "{}", table.document());
    }
}
