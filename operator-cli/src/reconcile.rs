//! The verb `reconcile`: two tables for people, one object for programs.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::context::CommandContext;
use crate::reconciliation::{self, DayReport, Entry, Reconciliation, Side};
use anyhow::Context;

use crate::arguments::Report;
use crate::equivalent;
use crate::exit::Exit;
use crate::labels::kind;
use crate::terminal::{Cell, Table, print, print_json};
use crate::totals::main_units;

pub(crate) async fn reconcile(context: &CommandContext, report: &Report) -> anyhow::Result<Exit> {
    let Report {
        file,
        date,
        merchant,
    } = report;
    let name = file.display();
    let report = if file == Path::new("-") {
        DayReport::read(io::stdin().lock(), *date).context("standard input")?
    } else {
        let source = File::open(file).with_context(|| format!("{name} can't be read"))?;
        DayReport::read(source, *date).with_context(|| name.to_string())?
    };
    let command = equivalent::closed_since(report.day, merchant.as_deref())?;
    context.output.equivalent(&command);
    let payments = context.payments().await?;
    let reconciliation = reconciliation::reconcile(&payments, report, merchant.as_deref()).await?;
    if context.output.is_json() {
        print_json(&reconciliation)?
    } else {
        print_comparison(&reconciliation)?
    }
    Ok(if reconciliation.agrees() {
        Exit::Fine
    } else {
        Exit::Differs
    })
}

pub(crate) fn print_comparison(reconciliation: &Reconciliation) -> io::Result<()> {
    let Reconciliation { date, matched, .. } = reconciliation;
    if !reconciliation.entries.is_empty() {
        entries(&reconciliation.entries).print()?;
        print(&"")?;
    }
    sums(reconciliation).print()?;
    let others = reconciliation.entries.len();
    print(&"")?;
    print(&format!("{date} (UTC): {matched} matched, {others} not"))?;
    print(&"What only we have is found by Temporal's list, which lags behind by moments.")
}

fn entries(entries: &[Entry]) -> Table {
    let mut table = Table::new(&["REQUEST", "CLASS", "DIFFERS IN", "OURS", "THEIRS"]).notes(2);
    for entry in entries {
        let differs = Some(entry.differs.join(", "));
        table.row([
            Cell::new(&entry.request_id),
            Cell::new(entry.class.as_str()),
            Cell::or_dash(differs.filter(|fields| !fields.is_empty())),
            Cell::or_dash(entry.ours.as_ref().map(side_text)),
            Cell::or_dash(entry.theirs.as_ref().map(side_text)),
        ]);
    }
    table
}

/// The sums are of money that moved.
fn sums(reconciliation: &Reconciliation) -> Table {
    let header = ["CLASS", "KIND", "OPERATIONS", "OURS", "THEIRS"];
    let mut table = Table::new(&header).align_right(&[2, 3, 4]);
    for tally in &reconciliation.sums {
        let money = |minor| match main_units(minor, tally.currency) {
            Some(amount) => format!("{amount} {}", tally.currency),
            None => "not known".to_owned(),
        };
        table.row([
            Cell::new(tally.class.as_str()),
            Cell::new(kind(tally.kind)),
            Cell::new(tally.operations),
            Cell::new(money(tally.ours_minor)),
            Cell::new(money(tally.theirs_minor)),
        ]);
    }
    table
}

fn side_text(side: &Side) -> String {
    let money = side.money.map(|money| money.to_string());
    [
        Some(kind(side.kind).to_owned()),
        Some(side.status.to_string()),
        money,
        side.partner_payment_id.clone(),
        side.merchant.clone(),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<String>>()
    .join(" ")
}

#[cfg(test)]
mod views;
