//! Operations and sums in tables that fit the terminal.

use std::io;

use comfy_table::Color;
use payments_client::{Description, WorkflowExecutionStatus};
use serde_json::{Value, json};
use workflows::contract::state::Phase;

use crate::labels::{age, kind, standing};
use crate::selected_operations::SelectedOperation;
use crate::terminal::{Cell, Table, print};
use crate::totals::Total;

/// One row each.
pub(crate) fn print_operations(chosen: &[SelectedOperation]) -> io::Result<()> {
    let looked = chosen.iter().any(|one| one.state.is_some());
    let mut header = vec![
        "REQUEST", "KIND", "AMOUNT", "ORDER", "MERCHANT", "STATE", "BEGUN", "AGE",
    ];
    if looked {
        header.push("AT STAKE");
    }
    let proposed = chosen.iter().any(|one| proposal(one).is_some());
    if proposed {
        header.push("PROPOSED");
    }
    let mut table = Table::new(&header).align_right(&[2]);
    for one in chosen {
        let mut cells = row(&one.description);
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
    let mut table = Table::new(&["KIND", "OPERATIONS", "SUM"]).align_right(&[1, 2]);
    for total in totals {
        let sum = match (total.amount(), total.currency) {
            (Some(amount), Some(currency)) => format!("{amount} {currency}"),
            _ => "not known yet".to_owned(),
        };
        table.row([
            Cell::new(kind(total.kind)),
            Cell::new(total.operations),
            Cell::new(sum),
        ]);
    }
    table.print()?;
    if shown < operations {
        print(&format!("{shown} of {operations} operations are shown"))
    } else {
        print(&format!("{operations} operations"))
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

fn row(it: &Description) -> Vec<Cell> {
    vec![
        Cell::new(&it.request_id),
        Cell::new(kind(it.kind)),
        Cell::or_dash(it.money),
        Cell::or_dash(it.order_id.as_ref()),
        Cell::or_dash(it.merchant.as_ref()),
        state(it),
        Cell::or_dash(it.begun_at.map(|at| format!("{at:.0}"))),
        Cell::or_dash(age(it)),
    ]
}

fn state(it: &Description) -> Cell {
    let cell = Cell::new(standing(it));
    let needs_attention = it.phase.as_deref() == Some(Phase::NeedsAttention.as_str());
    match it.status {
        WorkflowExecutionStatus::Running if needs_attention || it.paused_step.is_some() => {
            cell.colored(Color::Red)
        }
        WorkflowExecutionStatus::Running => cell.colored(Color::Yellow),
        WorkflowExecutionStatus::Completed => cell,
        _ => cell.colored(Color::Red),
    }
}

fn proposal(one: &SelectedOperation) -> Option<String> {
    let proposal = one.state.as_ref()?.as_ref().ok()?.proposal.as_ref()?;
    let resolution = &proposal.resolution;
    Some(format!("{}: {}", resolution.words(), resolution.reason))
}

fn at_stake(one: &SelectedOperation) -> String {
    match &one.state {
        None => "-".to_owned(),
        Some(Err(_)) => "not known: no worker answers".to_owned(),
        Some(Ok(state)) => state
            .at_stake
            .map_or("nothing sent", |it| it.words())
            .to_owned(),
    }
}
