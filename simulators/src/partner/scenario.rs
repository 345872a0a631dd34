//! What happens to an operation, and the faults on the way.

use std::{collections::HashMap, time::Duration};

use jiff::{
    Timestamp,
    fmt::strtime,
    tz::{TimeZone, offset},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    fault::{Call, Fault},
    messages::{OrderId, RequestId},
};
use crate::misbehaviour::Answer;

/// What happens. Every field is optional; durations are written as `"30s"` or `"250ms"`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// The operation is declined with this code; `""` declines without a code.
    pub decline: Option<String>,
    /// The time from acceptance to the final status. With `"0s"` the submission's answer is final.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub completes_after: Duration,
    /// The operation stays pending.
    pub never_completes: bool,
    /// The time from the submission to its acceptance, and so to its answer.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub executes_after: Duration,
    /// How long after its acceptance `paymentStatus` does not find the operation.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub status_lag: Duration,
    /// What a second submission of the same request id does.
    pub second_submission: SecondSubmission,
    /// The callback about the final status.
    pub callback: Callback,
    /// Faults on the wire. The first one that is due applies.
    pub faults: Vec<Fault>,
    /// A final status is reported once, and as its opposite afterwards.
    pub final_answer_flips: bool,
    /// The operation gets this amount instead of the requested one.
    pub reports_amount: Option<String>,
    /// The format of `updatedAt` in answers, for strftime and at the offset +06:00, instead of RFC
    /// 3339 in UTC.
    pub updated_at_form: Option<String>,
}

impl Default for Scenario {
    fn default() -> Scenario {
        Scenario {
            decline: None,
            completes_after: Duration::from_millis(300),
            never_completes: false,
            executes_after: Duration::ZERO,
            status_lag: Duration::ZERO,
            second_submission: SecondSubmission::default(),
            callback: Callback::default(),
            faults: Vec::new(),
            final_answer_flips: false,
            reports_amount: None,
            updated_at_form: None,
        }
    }
}

impl Scenario {
    /// This scenario with some of its fields replaced.
    pub(super) fn with(&self, changes: &Map<String, Value>) -> serde_json::Result<Scenario> {
        let mut scenario = serde_json::to_value(self)?;
        for (field, value) in changes {
            scenario[field] = value.clone();
        }
        serde_json::from_value(scenario)
    }

    /// The answer with its date in this scenario's format. A text that is no date format is used
    /// unchanged.
    pub(super) fn date(&self, mut answer: Answer) -> Answer {
        let form = self.updated_at_form.as_deref();
        let written = answer.body.get("updatedAt").and_then(Value::as_str);
        let moment = written.and_then(|text| text.parse::<Timestamp>().ok());
        if let (Some(form), Some(moment)) = (form, moment) {
            let there = moment.to_zoned_datetime(TimeZone::fixed(offset(6)));
            let text = strtime::format(form, &there).unwrap_or_else(|_| form.to_owned());
            answer.body["updatedAt"] = json!(text);
        }
        answer
    }

    /// True if the answer to the submission already has the final status.
    pub(super) fn is_final_at_once(&self) -> bool {
        let at_once = self.completes_after.is_zero() || self.callback.when == When::BeforeAnswer;
        at_once && !self.never_completes
    }
}

/// What a second submission of the same request id does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondSubmission {
    /// It is answered with the first one's state, or 409 `request_conflict` if it differs.
    #[default]
    Dedupe,
    /// It creates a second operation, and moves money a second time. `paymentStatus` still answers
    /// about the first.
    ChargesAgain,
}

/// The callback about the final status.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Callback {
    /// When it is sent, or that it never is.
    pub when: When,
    /// An additional delay.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub delay: Duration,
    /// How many are sent.
    pub times: u32,
    /// All at once instead of one after another.
    pub concurrent: bool,
    /// The request id to send instead of the operation's own.
    pub wrong_request_id: Option<String>,
}

impl Default for Callback {
    fn default() -> Callback {
        Callback {
            when: When::default(),
            delay: Duration::ZERO,
            times: 1,
            concurrent: false,
            wrong_request_id: None,
        }
    }
}

/// When a callback is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// As soon as the operation is final.
    #[default]
    AfterCompletion,
    /// The operation is final at once, and the submission's answer waits until the callback is
    /// accepted, up to 5 seconds.
    BeforeAnswer,
    /// Never.
    Never,
}

/// Every scenario that was set. The one of the request id takes precedence, then the one of the
/// order id, then the default.
#[derive(Debug, Default)]
pub(super) struct Scenarios {
    pub(super) default: Scenario,
    pub(super) by_request: HashMap<RequestId, Scenario>,
    pub(super) by_order: HashMap<OrderId, Scenario>,
}

impl Scenarios {
    pub(super) fn new(default: Scenario) -> Scenarios {
        Scenarios {
            default,
            ..Scenarios::default()
        }
    }

    /// The scenario that applies.
    pub(super) fn find(
        &mut self,
        request_id: Option<&RequestId>,
        order_id: Option<&OrderId>,
    ) -> &mut Scenario {
        request_id
            .and_then(|id| self.by_request.get_mut(id))
            .or_else(|| order_id.and_then(|id| self.by_order.get_mut(id)))
            .unwrap_or(&mut self.default)
    }

    /// The scenario that applies, and the fault in it that affects this call.
    pub(super) fn play(
        &mut self,
        call: Call,
        request_id: Option<&RequestId>,
        order_id: Option<&OrderId>,
    ) -> (Scenario, Option<Fault>) {
        let scenario = self.find(request_id, order_id);
        let fault = scenario.faults.iter_mut().find_map(|fault| fault.due(call));
        (scenario.clone(), fault)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn fields_left_out_are_those_of_the_default() {
        let default = Scenario {
            decline: Some("x".to_owned()),
            ..Scenario::default()
        };
        let scenario = default
            .with(&changes(json!({ "status_lag": "1m 30s" })))
            .unwrap();
        assert_eq!(scenario.status_lag, Duration::from_secs(90));
        assert_eq!(scenario.decline.as_deref(), Some("x"));
        assert!(
            default
                .with(&changes(json!({ "decline": null })))
                .unwrap()
                .decline
                .is_none()
        );
    }

    #[test]
    fn a_field_never_heard_of_is_refused() {
        let default = Scenario::default();
        assert!(default.with(&changes(json!({ "declines": "x" }))).is_err());
        assert!(
            default
                .with(&changes(json!({ "completes_after": "-1s" })))
                .is_err()
        );
        let fault = json!({ "faults": [{ "on": "submit", "kind": "rest" }] });
        assert!(default.with(&changes(fault)).is_err());
    }

    #[test]
    fn faults_follow_one_another() {
        let faults = json!({ "faults": [
            { "on": "status", "kind": "reset", "skip": 1, "times": 2 },
            { "on": "submit", "kind": "silence" },
            { "on": "status", "kind": "garbage", "times": 0 },
        ] });
        let mut scenarios = Scenarios::new(Scenario::default().with(&changes(faults)).unwrap());
        let mut played = || {
            let fault = scenarios.play(Call::Status, None, None).1;
            fault.map(|fault| serde_json::to_value(&fault.kind).unwrap())
        };
        let expected = ["garbage", "reset", "reset", "garbage", "garbage"];
        for kind in expected {
            assert_eq!(played(), Some(json!(kind)));
        }
    }
}
