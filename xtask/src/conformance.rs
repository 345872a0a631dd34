//! `cargo xtask conformance`: what must hold with every partner, as a table of scenarios and back ends.

use std::process::ExitCode;

use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use harness::conformance::{
    AtLocalStripe, AtSky, AtStripe, AtStripeWorld, BackEnd, SCENARIOS, Verdict, play,
};
use harness::{LocalStripe, StripeWorld};

use crate::build::build_programs;
use crate::setup::temporal_cli;

/// Plays every scenario at each back end that can be had; fails if one went wrong.
pub(crate) async fn conformance() -> anyhow::Result<ExitCode> {
    temporal_cli().await?;
    build_programs().await?;
    let mut columns = vec![column(&AtSky).await?, column(&AtStripe::default()).await?];
    match localstripe().await {
        Ok(localstripe) => {
            columns.push(column(&localstripe).await?);
            println!("localstripe's list of PaymentIntents takes no filters: the test adds them.");
        }
        Err(missing) => println!("Nothing is proven with localstripe: {missing:#}"),
    }
    match stripe_world().await {
        Ok(world) => columns.push(column(&world).await?),
        Err(missing) => println!("Nothing is proven with Stripe World: {missing:#}"),
    }
    let mut notes = Notes::default();
    println!("{}", table(&columns, &mut notes));
    notes.print();
    Ok(if notes.failed == 0 {
        println!("Nothing went wrong.");
        ExitCode::SUCCESS
    } else {
        println!("{} FAILED.", notes.failed);
        ExitCode::FAILURE
    })
}

async fn localstripe() -> anyhow::Result<AtLocalStripe> {
    LocalStripe::install().await?;
    AtLocalStripe::start().await
}

async fn stripe_world() -> anyhow::Result<AtStripeWorld> {
    StripeWorld::install().await?;
    AtStripeWorld::start().await
}

/// A back end, and what came of each scenario there.
struct Column {
    name: &'static str,
    verdicts: Vec<Verdict>,
}

async fn column<B: BackEnd>(back_end: &B) -> anyhow::Result<Column> {
    println!("Playing {} scenarios at {}", SCENARIOS.len(), B::NAME);
    let played = play(back_end).await?;
    Ok(Column {
        name: B::NAME,
        verdicts: played.into_iter().map(|(_, verdict)| verdict).collect(),
    })
}

fn table(columns: &[Column], notes: &mut Notes) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    let names = columns.iter().map(|column| column.name);
    table.set_header(["scenario"].into_iter().chain(names));
    for (n, scenario) in SCENARIOS.iter().enumerate() {
        let cells = columns.iter().map(|column| notes.cell(&column.verdicts[n]));
        let name = scenario.name.to_owned();
        table.add_row([name].into_iter().chain(cells));
    }
    table
}

/// What is said below the table.
#[derive(Default)]
struct Notes {
    notes: Vec<String>,
    failed: usize,
}

impl Notes {
    fn cell(&mut self, verdict: &Verdict) -> String {
        match verdict {
            Verdict::Proven => "proven".to_owned(),
            Verdict::NotStaged(why) => {
                format!("can't be staged ({})", self.number((*why).to_owned()))
            }
            Verdict::Failed(why) => {
                self.failed += 1;
                format!("FAILED ({})", self.number(why.clone()))
            }
        }
    }

    fn number(&mut self, note: String) -> usize {
        let known = self.notes.iter().position(|it| *it == note);
        known.unwrap_or_else(|| {
            self.notes.push(note);
            self.notes.len() - 1
        }) + 1
    }

    fn print(&self) {
        for (n, note) in self.notes.iter().enumerate() {
            println!("({}) {note}", n + 1);
        }
    }
}
