//! Tables that fit the terminal.

#![expect(clippy::disallowed_types, reason = "the one place for it")]

use std::fmt::Display;
use std::io::{self, Write};

use comfy_table::{CellAlignment, Color, ContentArrangement, presets};

use super::shown::shown;
use super::streams::anstream_out;

/// As wide as the terminal; without one as wide as necessary, for `grep` and `awk`.
pub(crate) struct Table(comfy_table::Table);

/// One field of it.
pub(crate) struct Cell(comfy_table::Cell);

impl Table {
    pub(crate) fn new(header: &[&str]) -> Table {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(header.iter().map(|title| Cell::new(title).0));
        Table(table)
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.0.add_row(cells.into_iter().map(|cell| cell.0));
    }

    /// Aligns these columns to the right, for numbers.
    pub(crate) fn align_right(mut self, columns: &[usize]) -> Table {
        for column in columns {
            if let Some(column) = self.0.column_mut(*column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        self
    }

    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = anstream_out();
        // The style has a space before each line.
        self.0
            .lines()
            .try_for_each(|line| writeln!(out, "{}", line.trim_start_matches(' ').trim_end()))
    }
}

impl Cell {
    pub(crate) fn new(text: impl Display) -> Cell {
        Cell(comfy_table::Cell::new(shown(&text.to_string())))
    }

    /// A dash if there is nothing.
    pub(crate) fn or_dash(text: Option<impl Display>) -> Cell {
        text.map_or_else(|| Cell::new("-"), Cell::new)
    }

    pub(crate) fn colored(self, color: Color) -> Cell {
        Cell(self.0.fg(color))
    }
}
