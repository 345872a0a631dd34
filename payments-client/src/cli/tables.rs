//! Operations and sums in tables that fit the terminal.

use std::io;

use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table, presets};
use jiff::{SignedDuration, Timestamp};
use payments_client::{Description, Total, WorkflowExecutionStatus};
use serde_json::{Value, json};
use workflows::state::Phase;

use crate::choice::One;
use crate::output::{kind, print, standing};

/// One row each.
pub(crate) fn print_operations(chosen: &[One]) -> io::Result<()> {
    let looked = chosen.iter().any(|one| one.state.is_some());
    let mut table = table();
    let mut header = vec![
        "REQUEST", "KIND", "AMOUNT", "ORDER", "ACCOUNT", "STATE", "BEGUN", "AGE",
    ];
    if looked {
        header.push("AT STAKE");
    }
    let proposed = chosen.iter().any(|one| proposal(one).is_some());
    if proposed {
        header.push("PROPOSED");
    }
    table.set_header(header);
    for one in chosen {
        let mut cells = row(&one.description);
        if looked {
            cells.push(Cell::new(at_stake(one)));
        }
        if proposed {
            cells.push(Cell::new(proposal(one).unwrap_or_else(|| "-".to_owned())));
        }
        table.add_row(cells);
    }
    if let Some(amounts) = table.column_mut(2) {
        amounts.set_cell_alignment(CellAlignment::Right);
    }
    print_table(&table)
}

/// `shown` of all the `operations` stand in the table above.
pub(crate) fn print_sums(totals: &[Total], shown: usize, operations: usize) -> io::Result<()> {
    let mut table = table();
    table.set_header(["KIND", "OPERATIONS", "SUM"]);
    for total in totals {
        let sum = match (total.amount(), total.currency) {
            (Some(amount), Some(currency)) => format!("{amount} {currency}"),
            _ => "not known yet".to_owned(),
        };
        table.add_row([
            kind(total.kind).to_owned(),
            total.operations.to_string(),
            sum,
        ]);
    }
    for column in [1, 2] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    print_table(&table)?;
    match shown < operations {
        true => print(&format!("{shown} of {operations} operations are shown")),
        false => print(&format!("{operations} operations")),
    }
}

pub(crate) fn sums_json(totals: &[Total]) -> Vec<Value> {
    let sum = |total: &Total| {
        json!({
            "kind": total.kind, "currency": total.currency, "operations": total.operations,
            "amount": total.amount(), "amount_minor": total.minor,
        })
    };
    totals.iter().map(sum).collect()
}

/// As wide as the terminal; elsewhere as wide as it has to be, for `grep` and `awk`.
pub(crate) fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table
}

pub(crate) fn print_table(table: &Table) -> io::Result<()> {
    // The style has a space before each line.
    table
        .lines()
        .try_for_each(|line| print(&line.trim_start_matches(' ').trim_end()))
}

/// How long ago, or how long it took.
pub(crate) fn age(it: &Description) -> Option<String> {
    let until = it.closed_at.unwrap_or_else(Timestamp::now);
    let seconds = until.duration_since(it.begun_at?).as_secs();
    // To two places: nobody needs the seconds of a day.
    let round = match seconds {
        0..3600 => 1,
        3600..86_400 => 60,
        _ => 3600,
    };
    Some(format!(
        "{:#}",
        SignedDuration::from_secs(seconds - seconds % round)
    ))
}

fn row(it: &Description) -> Vec<Cell> {
    let or_dash = |text: Option<String>| Cell::new(text.unwrap_or_else(|| "-".to_owned()));
    vec![
        Cell::new(&it.request_id),
        Cell::new(kind(it.kind)),
        or_dash(it.money.map(|money| money.to_string())),
        or_dash(it.order_id.clone()),
        or_dash(it.merchant.clone()),
        state(it),
        or_dash(it.begun_at.map(|at| format!("{at:.0}"))),
        or_dash(age(it)),
    ]
}

fn state(it: &Description) -> Cell {
    let cell = Cell::new(standing(it));
    let needs_attention = it.phase.as_deref() == Some(Phase::NeedsAttention.as_str());
    match it.status {
        WorkflowExecutionStatus::Running if needs_attention => cell.fg(Color::Red),
        WorkflowExecutionStatus::Running => cell.fg(Color::Yellow),
        WorkflowExecutionStatus::Completed => cell,
        _ => cell.fg(Color::Red),
    }
}

fn proposal(one: &One) -> Option<String> {
    let proposal = one.state.as_ref()?.as_ref().ok()?.proposal.as_ref()?;
    let resolution = &proposal.resolution;
    Some(format!("{}: {}", resolution.words(), resolution.reason))
}

fn at_stake(one: &One) -> String {
    match &one.state {
        None => "-".to_owned(),
        Some(Err(_)) => "not known: no worker answers".to_owned(),
        Some(Ok(state)) => state
            .at_stake
            .map_or("nothing sent", |it| it.words())
            .to_owned(),
    }
}
