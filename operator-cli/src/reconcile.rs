//! The verb `reconcile`: two tables for people, one object for programs.

use std::fs::File;
use std::io;

use crate::context::CommandContext;
use crate::reconciliation::{self, DayReport, Entry, Reconciliation, Side};
use anyhow::Context;

use crate::arguments::Report;
use crate::equivalent;
use crate::exit::Exit;
use crate::terminal::{Cell, Table, print, print_json};

pub(crate) async fn reconcile(context: &CommandContext, report: &Report) -> anyhow::Result<Exit> {
    let Report {
        file,
        date,
        merchant,
    } = report;
    let source = File::open(file).with_context(|| format!("{} can't be read", file.display()))?;
    let report = DayReport::read(source, *date)?;
    let command = equivalent::closed_since(report.day(), merchant.as_deref())?;
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

fn print_comparison(reconciliation: &Reconciliation) -> io::Result<()> {
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
    let mut table = Table::new(&["REQUEST", "CLASS", "DIFFERS IN", "OURS", "THEIRS"]);
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

/// The sums are of money that moved, in minor units: 12550 for 125.50 KGS.
fn sums(reconciliation: &Reconciliation) -> Table {
    let mut table = Table::new(&[
        "CLASS",
        "KIND",
        "CURRENCY",
        "OPERATIONS",
        "OURS (MINOR)",
        "THEIRS (MINOR)",
    ]);
    for tally in reconciliation.sums.iter() {
        table.row([
            Cell::new(tally.class.as_str()),
            Cell::new(tally.kind),
            Cell::new(tally.currency),
            Cell::new(tally.operations),
            Cell::new(tally.ours_minor),
            Cell::new(tally.theirs_minor),
        ]);
    }
    table
}

fn side_text(side: &Side) -> String {
    let money = side.money.map(|money| money.to_string());
    [
        Some(side.kind.to_owned()),
        Some(side.status.clone()),
        money,
        side.partner_payment_id.clone(),
        side.merchant.clone(),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<String>>()
    .join(" ")
}
