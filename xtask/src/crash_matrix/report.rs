//! The table, in Markdown: a row for each point and kind, a column for each strike.

use std::time::Duration;

use super::point::Kind;
use super::stage::Operation;
use super::strike::Strike;
use super::verdict::Evidence;

/// What was done, and what was seen.
pub(crate) struct Table {
    /// The rows.
    pub(crate) operations: Vec<Operation>,
    pub(crate) columns: Vec<Column>,
    pub(crate) took: Duration,
}

/// One strike.
pub(crate) struct Column {
    pub(crate) strike: Strike,
    /// In the order of the rows; nothing where this machine lacks what the strike takes.
    pub(crate) evidence: Option<Vec<Evidence>>,
}

impl Table {
    /// The whole document.
    pub(crate) fn document(&self) -> String {
        let header = self.columns.iter().map(|it| it.strike.words());
        let header: Vec<&str> = header.collect();
        let mut text = format!(
            "{}\n\n| point | operation | {} |\n|{}\n",
            self.made(),
            header.join(" | "),
            " --- |".repeat(2 + header.len()),
        );
        for (row, operation) in self.operations.iter().enumerate() {
            let kind = match operation.kind {
                Kind::ExtraPayment => "extra payment",
                Kind::Reversal => "reversal",
            };
            let cells = self.columns.iter().map(|column| match &column.evidence {
                Some(evidence) => evidence[row].words(),
                None => "not run".to_owned(),
            });
            let cells: Vec<String> = cells.collect();
            let point = operation.point.words();
            text += &format!("| {point} | {kind} | {} |\n", cells.join(" | "));
        }
        text
    }

    /// How many cells are wrong.
    pub(crate) fn wrong(&self) -> usize {
        let evidence = self.columns.iter().filter_map(|it| it.evidence.as_ref());
        let cells = evidence.flatten();
        cells.filter(|cell| cell.wrong().is_some()).count()
    }

    /// How many cells this machine could not run.
    pub(crate) fn not_run(&self) -> usize {
        let columns = self.columns.iter().filter(|it| it.evidence.is_none());
        columns.count() * self.operations.len()
    }

    fn made(&self) -> String {
        format!(
            "{} operations in each of {} systems, in {} s. Wrong cells: {}. Cells not run: {}.",
            self.operations.len(),
            self.columns.len(),
            self.took.as_secs(),
            self.wrong(),
            self.not_run(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::operations;
    use super::*;

    #[test]
    fn what_was_not_run_is_counted_and_is_not_right() {
        let column = Column {
            strike: Strike::PacketsLost,
            evidence: None,
        };
        let table = Table {
            operations: operations(),
            columns: vec![column],
            took: Duration::ZERO,
        };
        assert_eq!((table.wrong(), table.not_run()), (0, 25));
        let document = table.document();
        assert!(document.contains("Cells not run: 25."), "{document}");
        assert_eq!(document.matches("| not run |").count(), 25);
    }
}
