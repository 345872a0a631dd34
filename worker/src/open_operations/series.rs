//! The series of the gauges that one listing sets.

use std::collections::{BTreeMap, BTreeSet};

use metrics::gauge;

/// The labels of a series, by their names.
pub(super) type Labels = Vec<(&'static str, String)>;

/// What a listing has found, by gauge and labels.
pub(super) type Values = BTreeMap<(&'static str, Labels), f64>;

/// The series that the listings so far have set.
#[derive(Default)]
pub(super) struct Shown(BTreeSet<(&'static str, Labels)>);

impl Shown {
    /// Sets the gauges. A series can't be removed: one that is not in the listing any more falls to
    /// 0.
    pub(super) fn set(&mut self, values: Values) {
        for (name, labels) in self.0.iter().filter(|series| !values.contains_key(*series)) {
            gauge!(*name, labels).set(0);
        }
        for ((name, labels), value) in values {
            gauge!(name, &labels).set(value);
            self.0.insert((name, labels));
        }
    }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    #[test]
    fn a_series_that_is_not_listed_any_more_falls_to_zero() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let mut shown = Shown::default();
        let mut set = |merchant: &str| {
            let series = ("paused", vec![("merchant", merchant.to_owned())]);
            let values = Values::from([(series, 2.0)]);
            metrics::with_local_recorder(&recorder, || shown.set(values));
            recorder.handle().render()
        };
        set("kg-main");
        let text = set("other");
        for line in [
            r#"paused{merchant="kg-main"} 0"#,
            r#"paused{merchant="other"} 2"#,
        ] {
            assert!(text.lines().any(|it| it == line), "{text}");
        }
    }
}
