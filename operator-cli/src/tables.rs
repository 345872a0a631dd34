//! Operations and sums in tables that fit the terminal.

use std::io;

use clap::builder::styling::AnsiColor;
use jiff::Timestamp;
use payments_client::{Description, WorkflowExecutionStatus};
use serde_json::{Value, json};
use workflows::contract::state::Phase;

use crate::labels::{age, count, kind, standing};
use crate::selected_operations::SelectedOperation;
use crate::terminal::{Cell, Table, print};
use crate::totals::{OPEN, Total};

/// One row each.
pub(crate) fn print_operations(chosen: &[SelectedOperation], now: Timestamp) -> io::Result<()> {
    let looked = chosen.iter().any(|one| one.state.is_some());
    let mut header = vec![
        "REQUEST", "KIND", "AMOUNT", "STATE", "AGE", "ORDER", "MERCHANT",
    ];
    if looked {
        header.push("AT STAKE");
    }
    let proposed = chosen.iter().any(|one| proposal(one).is_some());
    if proposed {
        header.push("PROPOSED");
    }
    let mut table = Table::new(&header)
        .align_right(&[2, 4])
        .spare(&[6, 5, 1])
        .notes(7);
    for one in chosen {
        let mut cells = row(&one.description, now);
        if looked {
            cells.push(Cell::new(at_stake(one)));
        }
        if proposed {
            cells.push(Cell::or_dash(proposal(one)));
        }
        table.row(cells);
    }
    table.print()
}

/// The table above shows `shown` of all the `operations`.
pub(crate) fn print_sums(totals: &[Total], shown: usize, operations: usize) -> io::Result<()> {
    let mut table = Table::new(&["KIND", "STATE", "OPERATIONS", "SUM"]).align_right(&[2, 3]);
    for total in totals {
        let unknown = match total.end.as_str() {
            OPEN => "not known yet",
            _ => "never recorded",
        };
        table.row([
            Cell::new(kind(total.kind)),
            Cell::new(&total.end),
            Cell::new(total.operations),
            Cell::new(total.sum().as_deref().unwrap_or(unknown)),
        ]);
    }
    table.print()?;
    let all = count(operations, "operation");
    if shown < operations {
        print(&format!("{shown} of {all} are shown"))
    } else {
        print(&all)
    }
}

pub(crate) fn sums_json(totals: &[Total]) -> Vec<Value> {
    let sum = |total: &Total| {
        json!({
            "kind": total.kind, "state": total.end, "currency": total.currency, "operations": total.operations,
            "amount": total.amount(), "amount_minor": total.minor,
        })
    };
    totals.iter().map(sum).collect()
}

fn row(it: &Description, now: Timestamp) -> Vec<Cell> {
    vec![
        Cell::new(&it.request_id),
        Cell::new(kind(it.kind)),
        Cell::or_dash(it.money),
        state(it),
        Cell::or_dash(age(it, now)),
        Cell::or_dash(it.order_id.as_ref()),
        Cell::or_dash(it.merchant.as_ref()),
    ]
}

fn state(it: &Description) -> Cell {
    let cell = Cell::new(standing(it));
    let needs_attention = it.phase.as_deref() == Some(Phase::NeedsAttention.as_str());
    match it.status {
        WorkflowExecutionStatus::Running if needs_attention || it.paused_step.is_some() => {
            cell.colored(AnsiColor::Red)
        }
        WorkflowExecutionStatus::Running => cell.colored(AnsiColor::Yellow),
        WorkflowExecutionStatus::Completed => cell,
        _ => cell.colored(AnsiColor::Red),
    }
}

fn proposal(one: &SelectedOperation) -> Option<String> {
    let proposal = one.known()?.proposal.as_ref()?;
    let resolution = &proposal.resolution;
    Some(format!(
        "{}: {}",
        resolution.description(),
        resolution.reason
    ))
}

fn at_stake(one: &SelectedOperation) -> String {
    match &one.state {
        None => "-".to_owned(),
        Some(Err(_)) => "not known: no worker answers".to_owned(),
        Some(Ok(state)) => state
            .at_stake
            .map_or("nothing sent", |it| it.label())
            .to_owned(),
    }
}

#[cfg(test)]
mod views;
