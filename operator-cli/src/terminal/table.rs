//! Tables that fit the terminal without breaking a word: what does not fit beside the rest stands
//! below its row, and what may be left out is left out, and named.

use std::fmt::Display;
use std::io;

use clap::builder::styling::{AnsiColor, Style};
use console::measure_text_width;
use terminal_text::shown;

use super::lines::{print, print_styled, width};

/// As wide as the terminal; without one as wide as necessary, for `grep` and `awk`.
pub(crate) struct Table {
    header: Vec<&'static str>,
    right: Vec<usize>,
    /// What may be left out, the least important first.
    spare: Vec<usize>,
    /// The first column that may stand below its row.
    notes: usize,
    rows: Vec<Vec<Cell>>,
}

/// One field of it.
pub(crate) struct Cell {
    text: String,
    style: Style,
}

const GAP: usize = 2;

impl Table {
    pub(crate) fn new(header: &[&'static str]) -> Table {
        Table {
            header: header.to_vec(),
            right: Vec::new(),
            spare: Vec::new(),
            notes: header.len(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Aligns these columns to the right, for numbers.
    pub(crate) fn align_right(self, columns: &[usize]) -> Table {
        let right = columns.to_vec();
        Table { right, ..self }
    }

    /// The columns that may be left out, the least important first.
    pub(crate) fn spare(self, columns: &[usize]) -> Table {
        let spare = columns.to_vec();
        Table { spare, ..self }
    }

    /// The columns from this one on may stand below their rows, each with its title.
    pub(crate) fn notes(self, from: usize) -> Table {
        Table {
            notes: from,
            ..self
        }
    }

    pub(crate) fn print(&self) -> io::Result<()> {
        let widths = self.widths();
        let all: Vec<usize> = (0..self.header.len()).collect();
        let fits = |columns: &[usize]| {
            let gaps = GAP * columns.len().saturating_sub(1);
            let sum = columns.iter().map(|column| widths[*column]).sum::<usize>();
            width().is_none_or(|width| gaps + sum <= width)
        };
        if fits(&all) {
            return self.print_columns(&all, &[], &widths);
        }
        let (mut columns, notes) = (all[..self.notes].to_vec(), &all[self.notes..]);
        let mut left_out = Vec::new();
        for spare in &self.spare {
            if fits(&columns) {
                break;
            }
            columns.retain(|column| column != spare);
            left_out.push(self.header[*spare]);
        }
        self.print_columns(&columns, notes, &widths)?;
        if left_out.is_empty() {
            return Ok(());
        }
        let left_out = left_out.join(", ");
        print(&format_args!(
            "(a wider terminal or --output json has: {left_out})"
        ))
    }

    fn print_columns(
        &self,
        columns: &[usize],
        notes: &[usize],
        widths: &[usize],
    ) -> io::Result<()> {
        let header: Vec<Cell> = self.header.iter().map(Cell::new).collect();
        self.print_row(&header, columns, widths)?;
        for row in &self.rows {
            self.print_row(row, columns, widths)?;
            for note in notes.iter().filter(|note| row[**note].text != NOTHING) {
                let title = self.header[*note].to_lowercase();
                print(&format_args!("  {title}: {}", row[*note].text))?;
            }
        }
        Ok(())
    }

    fn print_row(&self, row: &[Cell], columns: &[usize], widths: &[usize]) -> io::Result<()> {
        let gap = " ".repeat(GAP);
        let mut pieces: Vec<(Style, String)> = Vec::new();
        for (n, column) in columns.iter().enumerate() {
            let Cell { text, style } = &row[*column];
            let fill = " ".repeat(widths[*column] - measure_text_width(text));
            let gap = if n == 0 { "" } else { &gap };
            let (before, after) = if self.right.contains(column) {
                (format!("{gap}{fill}"), String::new())
            } else if n + 1 == columns.len() {
                (gap.to_owned(), String::new())
            } else {
                (gap.to_owned(), fill)
            };
            pieces.extend([
                (Style::new(), before),
                (*style, text.clone()),
                (Style::new(), after),
            ]);
        }
        let pieces: Vec<(Style, &dyn Display)> = pieces
            .iter()
            .map(|(style, text)| (*style, text as _))
            .collect();
        print_styled(&pieces)
    }

    fn widths(&self) -> Vec<usize> {
        let titles = self.header.iter().map(|title| title.len());
        let widest = titles.enumerate().map(|(column, title)| {
            let cells = self
                .rows
                .iter()
                .map(|row| measure_text_width(&row[column].text));
            cells.fold(title, usize::max)
        });
        widest.collect()
    }
}

const NOTHING: &str = "-";

impl Cell {
    pub(crate) fn new(text: impl Display) -> Cell {
        Cell {
            text: shown(&text.to_string()).into_owned(),
            style: Style::new(),
        }
    }

    /// A dash if there is nothing.
    pub(crate) fn or_dash(text: Option<impl Display>) -> Cell {
        text.map_or_else(|| Cell::new(NOTHING), Cell::new)
    }

    pub(crate) fn colored(self, color: AnsiColor) -> Cell {
        let style = color.on_default();
        Cell { style, ..self }
    }
}
