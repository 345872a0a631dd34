//! Which alerts fire, from one look at Prometheus to the next.

use std::collections::BTreeMap;

use harness::Alert;

/// The alerts that fire, each with its words, by name and labels.
#[derive(Default)]
pub(crate) struct Alarms(BTreeMap<String, Alarm>);

/// One that fires.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Alarm {
    pub(crate) name: String,
    pub(crate) summary: String,
}

/// What changed between two looks.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Change {
    Fires(Alarm),
    Clears(Alarm),
}

impl Alarms {
    /// Takes note of what fires now; returns what changed.
    pub(crate) fn look(&mut self, alerts: &[Alert]) -> Vec<Change> {
        let firing = alerts.iter().filter(|alert| alert.is_firing());
        let now: BTreeMap<String, Alarm> = firing
            .map(|alert| {
                let alarm = Alarm {
                    name: alert.name().to_owned(),
                    summary: alert.summary().to_owned(),
                };
                (alert.labels.to_string(), alarm)
            })
            .collect();
        let new = now.iter().filter(|(key, _)| !self.0.contains_key(*key));
        let gone = self.0.iter().filter(|(key, _)| !now.contains_key(*key));
        let changes = new
            .map(|(_, alarm)| Change::Fires(alarm.clone()))
            .chain(gone.map(|(_, alarm)| Change::Clears(alarm.clone())))
            .collect();
        self.0 = now;
        changes
    }

    /// Whether an alert of this name fires.
    pub(crate) fn is_firing(&self, name: &str) -> bool {
        self.0.values().any(|alarm| alarm.name == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn alert(currency: &str, state: &str) -> Alert {
        Alert {
            labels: json!({ "alertname": "SkyBillingBacklog", "currency": currency }),
            annotations: json!({ "summary": currency }),
            state: state.to_owned(),
        }
    }

    #[test]
    fn each_alert_fires_once_and_clears_once() {
        let alarm = |summary: &str| Alarm {
            name: "SkyBillingBacklog".to_owned(),
            summary: summary.to_owned(),
        };
        let mut alarms = Alarms::default();
        assert_eq!(alarms.look(&[alert("KGS", "pending")]), []);
        assert!(!alarms.is_firing("SkyBillingBacklog"));
        let both = [alert("KGS", "firing"), alert("KZT", "firing")];
        let fires = [Change::Fires(alarm("KGS")), Change::Fires(alarm("KZT"))];
        assert_eq!(alarms.look(&both), fires);
        assert_eq!(alarms.look(&both), []);
        assert_eq!(alarms.look(&both[1..]), [Change::Clears(alarm("KGS"))]);
        assert!(alarms.is_firing("SkyBillingBacklog"));
        assert_eq!(alarms.look(&[]), [Change::Clears(alarm("KZT"))]);
        assert!(!alarms.is_firing("SkyBillingBacklog"));
    }
}
