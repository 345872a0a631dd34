//! A report for people.

use std::collections::BTreeMap;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};

use super::Report;

impl Report<'_> {
    /// Tables of what struck and how all ended; then what differs.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{}\n{}\n", self.trouble(), self.endings());
        let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (id, difference) in &self.differences {
            if let Some(reason) = difference.reason {
                by_reason.entry(reason).or_default().push(id);
            }
        }
        for (reason, mut ids) in by_reason {
            ids.dedup();
            text += &format!("EXPLAINED  {reason}: {}\n", ids.join(", "));
        }
        for (id, difference) in self.unexplained() {
            text += &format!("WRONG  {id}: {}: {}\n", difference.what, difference.detail);
        }
        for kind in &self.void {
            text += &format!("VOID  planned, and it never occurred: {kind}\n");
        }
        let unexplained = self.unexplained().count();
        let explained = self.differences.len() - unexplained;
        text += &format!(
            "{} s. Differences: {explained} explained, {unexplained} unexplained. {} needed \
             attention at some time.",
            self.took.as_secs(),
            self.attention_ever
        );
        text
    }

    /// A row for each place where something went wrong.
    fn trouble(&self) -> Table {
        let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
        for (&kind, occurrence) in &self.occurrences {
            let (place, name) = kind.split_once(": ").unwrap_or(("partner", kind));
            let row = rows.entry(place).or_default();
            row.count += occurrence.occurred;
            row.kinds
                .push(if occurrence.planned == occurrence.occurred {
                    format!("{name} {}", occurrence.occurred)
                } else {
                    format!("{name} {} of {}", occurrence.occurred, occurrence.planned)
                });
        }
        let connections = self
            .injected
            .iter()
            .map(|(kind, times)| ("connection", kind.as_str(), times));
        let deeds = self.deeds.iter().map(|(&kind, times)| {
            let (place, name) = kind.split_once(": ").unwrap_or(("other", kind));
            (place, name, times)
        });
        for (place, name, times) in connections.chain(deeds) {
            let row = rows.entry(place).or_default();
            row.count += times;
            row.kinds.push(format!("{name} {times}"));
        }
        let mut table = Table::new();
        table
            .load_style(UTF8_HORIZONTAL_ONLY)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(100)
            .set_header(["where", "times", "what happened, and how often"]);
        for (place, row) in rows {
            table.add_row([
                place.to_owned(),
                row.count.to_string(),
                row.kinds.join(" · "),
            ]);
        }
        table
    }

    fn endings(&self) -> Table {
        let mut table = Table::new();
        table
            .load_style(UTF8_HORIZONTAL_ONLY)
            .set_header(["ended as", "at Sky", "at Stripe"]);
        for (ending, [sky, stripe]) in &self.endings {
            table.add_row([ending.clone(), sky.to_string(), stripe.to_string()]);
        }
        table
    }
}

#[derive(Default)]
struct Row {
    count: usize,
    kinds: Vec<String>,
}
