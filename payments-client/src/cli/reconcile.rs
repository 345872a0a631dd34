//! The verb `reconcile`: for people two tables, for programs one object.

use std::fs::File;
use std::io;

use anyhow::Context;
use comfy_table::Table;
use payments_client::reconciliation::{DayReport, Entry, Reconciliation, Side};

use crate::arguments::Report;
use crate::equivalent;
use crate::exit::Exit;
use crate::output::print;
use crate::tables::{print_table, table};
use crate::verbs::Desk;

pub(crate) async fn reconcile(desk: &Desk, report: &Report) -> anyhow::Result<Exit> {
    let Report {
        file,
        date,
        merchant,
    } = report;
    let source = File::open(file).with_context(|| format!("{} can't be read", file.display()))?;
    let report = DayReport::read(source)?;
    let day = match date {
        Some(date) => *date,
        None => report.day()?,
    };
    let command = equivalent::closed_since(day, merchant.as_deref())?;
    desk.output.equivalent(&command);
    let payments = desk.payments().await?;
    let reconciliation = payments.reconcile(report, day, merchant.as_deref()).await?;
    match desk.output.is_json() {
        true => print(&serde_json::to_string(&reconciliation)?)?,
        false => tell(&reconciliation)?,
    }
    Ok(match reconciliation.agrees() {
        true => Exit::Fine,
        false => Exit::Differs,
    })
}

fn tell(reconciliation: &Reconciliation) -> io::Result<()> {
    let Reconciliation { date, matched, .. } = reconciliation;
    if !reconciliation.entries.is_empty() {
        print_table(&entries(&reconciliation.entries))?;
        print(&"")?;
    }
    print_table(&sums(reconciliation))?;
    let others = reconciliation.entries.len();
    print(&format!("\n{date} (UTC): {matched} matched, {others} not"))?;
    print(&"What only we have is found by Temporal's list, which lags behind by moments.")
}

fn entries(entries: &[Entry]) -> Table {
    let mut table = table();
    table.set_header(["REQUEST", "CLASS", "DIFFERS IN", "OURS", "THEIRS"]);
    table.add_rows(entries.iter().map(|entry| {
        [
            entry.request_id.to_string(),
            entry.class.as_str().to_owned(),
            match entry.differs.is_empty() {
                true => "-".to_owned(),
                false => entry.differs.join(", "),
            },
            entry.ours.as_ref().map_or("-".to_owned(), in_words),
            entry.theirs.as_ref().map_or("-".to_owned(), in_words),
        ]
    }));
    table
}

/// The sums are of money that moved, in minor units: 12550 for 125.50 KGS.
fn sums(reconciliation: &Reconciliation) -> Table {
    let mut table = table();
    table.set_header([
        "CLASS",
        "KIND",
        "CURRENCY",
        "OPERATIONS",
        "OURS (MINOR)",
        "THEIRS (MINOR)",
    ]);
    table.add_rows(reconciliation.sums.iter().map(|tally| {
        [
            tally.class.as_str().to_owned(),
            tally.kind.to_owned(),
            tally.currency.to_owned(),
            tally.operations.to_string(),
            tally.ours_minor.to_string(),
            tally.theirs_minor.to_string(),
        ]
    }));
    table
}

fn in_words(side: &Side) -> String {
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
