//! What was measured, as a table or as JSON: each figure with its spread, beside its floor.

use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Value, json};

/// A figure, measured once in each round. All numbers are thousandths.
pub(crate) struct Figure {
    what: String,
    unit: &'static str,
    samples: Vec<u64>,
    floor: Vec<u64>,
}

impl Figure {
    /// A figure of one sample a round, and of the floor's, if there is one, in the same rounds.
    pub(crate) fn new(
        what: impl Into<String>,
        unit: &'static str,
        samples: Vec<u64>,
        floor: Vec<u64>,
    ) -> Figure {
        Figure {
            what: what.into(),
            unit,
            samples,
            floor,
        }
    }

    /// How many times its floor it is: the median of the rounds, in thousandths.
    fn ratio(&self) -> Option<u64> {
        let pairs = self.samples.iter().zip(&self.floor);
        let ratios: Vec<_> = pairs
            .map(|(own, floor)| own * 1000 / (*floor).max(1))
            .collect();
        (!ratios.is_empty()).then(|| median(&ratios))
    }
}

/// A row for each figure.
pub(crate) fn table(figures: &[Figure]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header([
        "what",
        "unit",
        "median",
        "least to most",
        "floor",
        "least to most",
        "ratio",
    ]);
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for figure in figures {
        let [median, spread] = cells(&figure.samples);
        let [floor, floor_spread] = cells(&figure.floor);
        let ratio = figure.ratio().map(decimal).unwrap_or_default();
        let (what, unit) = (figure.what.clone(), figure.unit.to_owned());
        table.add_row([what, unit, median, spread, floor, floor_spread, ratio]);
    }
    table
}

/// The same for programs.
pub(crate) fn json(figures: &[Figure]) -> Value {
    let figures = figures.iter().map(|figure| {
        json!({
            "what": figure.what, "unit": figure.unit,
            "own": summary(&figure.samples), "floor": summary(&figure.floor),
            "ratio": figure.ratio().map(number),
        })
    });
    figures.collect()
}

fn summary(samples: &[u64]) -> Value {
    let Some((least, most)) = samples.iter().min().zip(samples.iter().max()) else {
        return Value::Null;
    };
    json!({
        "median": number(median(samples)), "least": number(*least), "most": number(*most),
        "samples": samples.iter().copied().map(number).collect::<Vec<_>>(),
    })
}

fn cells(samples: &[u64]) -> [String; 2] {
    let Some((least, most)) = samples.iter().min().zip(samples.iter().max()) else {
        return Default::default();
    };
    let spread = if least == most {
        String::new()
    } else {
        format!("{} to {}", decimal(*least), decimal(*most))
    };
    [decimal(median(samples)), spread]
}

fn median(samples: &[u64]) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len().saturating_sub(1) / 2..=sorted.len() / 2;
    match sorted.get(middle) {
        Some(middle) => middle.iter().sum::<u64>() / middle.len() as u64,
        None => 0,
    }
}

fn number(thousandths: u64) -> Value {
    json!(decimal(thousandths).parse::<f64>().ok())
}

/// With as many decimals as say something.
fn decimal(thousandths: u64) -> String {
    let (whole, rest) = (thousandths / 1000, thousandths % 1000);
    match whole {
        _ if rest == 0 => whole.to_string(),
        0..10 => format!("{whole}.{:02}", rest / 10),
        10..100 => format!("{whole}.{}", rest / 100),
        _ => whole.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_the_median_of_the_rounds() {
        let figure = Figure::new(
            "w",
            "ms",
            vec![2_000, 9_000, 4_000],
            vec![1_000, 3_000, 8_000],
        );
        assert_eq!(figure.ratio(), Some(2_000));
        assert_eq!(json(&[figure])[0]["own"]["median"], 4.0);
    }

    #[test]
    fn large_numbers_have_no_decimals() {
        assert_eq!(decimal(9_256), "9.25");
        assert_eq!(decimal(31_900), "31.9");
        assert_eq!(decimal(841_300), "841");
        assert_eq!(decimal(20_000), "20");
    }
}
