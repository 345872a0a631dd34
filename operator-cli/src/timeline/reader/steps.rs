//! The steps with the partner and billing: each is an activity that was scheduled, and then
//! reported or not.

use jiff::Timestamp;
use serde_json::Value;
use temporalio_common::protos::temporal::api::common::v1::Payloads;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use workflows::operation::activity_input::PartnerCall;
use workflows::operation::partner_report::{
    BillingReport, Reported, StatusReport, SubmissionReport,
};

use super::Reader;
use super::step::Step;
use crate::timeline::entry::EntryKind;
use crate::timeline::known::Report;
use crate::timeline::{payloads, sentences};

impl Reader {
    /// Whether the event belongs to a step.
    pub(super) fn read_step(&mut self, event_id: i64, attributes: &Attributes) -> bool {
        match attributes {
            Attributes::ActivityTaskScheduledEventAttributes(it) => {
                let name = it.activity_type.as_ref().map(|it| it.name.as_str());
                if let Some(step) = name.and_then(Step::of_activity) {
                    self.steps.insert(event_id, (step, self.at));
                    self.note_account(it.input.as_ref());
                    self.begins(step);
                }
            }
            Attributes::ActivityTaskCompletedEventAttributes(it) => {
                if let Some((step, begun)) = self.steps.remove(&it.scheduled_event_id) {
                    self.reports(step, begun, it.result.as_ref());
                }
            }
            Attributes::ActivityTaskTimedOutEventAttributes(it) => {
                self.reports_nothing(it.scheduled_event_id, "the worker was lost or stopped");
            }
            Attributes::ActivityTaskFailedEventAttributes(it) => {
                self.reports_nothing(it.scheduled_event_id, "the worker could not carry it out");
            }
            _ => return false,
        }
        true
    }

    /// What started and has not ended.
    pub(super) fn push_steps_under_way(&mut self) {
        let under_way: Vec<(Step, Timestamp)> =
            std::mem::take(&mut self.steps).into_values().collect();
        for (step, begun) in under_way {
            self.at = begun;
            match step {
                // It was reported when it started.
                Step::Submit(_) => {}
                Step::Ask => self.tell(EntryKind::Check, "the partner is being asked"),
                Step::Bill => self.tell(EntryKind::Billing, "billing is being told"),
            }
        }
    }

    /// The input of a step with the partner names its account: the first that names the fallback
    /// shows that it has taken over.
    fn note_account(&mut self, input: Option<&Payloads>) {
        let call: Option<PartnerCall> = payloads::first(input);
        let (Some(call), Some(known)) = (call, &mut self.known) else {
            return;
        };
        if known.falls_back_to(&call.merchant, self.now) {
            let text = known.terms.account().in_words();
            self.tell(EntryKind::Submission, text);
        }
    }

    fn begins(&mut self, step: Step) {
        let now = self.now;
        match (step, &mut self.known) {
            (Step::Submit(_), Some(known)) => known.begin_submission(now),
            (Step::Bill, Some(known)) => known.begin_billing(now),
            _ => {}
        }
        if let Step::Submit(kind) = step {
            let text = sentences::submits(kind, self.request.as_ref(), self.known.as_ref());
            self.tell(EntryKind::Submission, text);
        }
    }

    /// A step that was begun and reported within one workflow task.
    pub(super) fn reports_at_once(&mut self, step: Step, result: &Payloads) {
        self.begins(step);
        self.reports(step, self.now, Some(result));
    }

    fn reports(&mut self, step: Step, begun: Timestamp, result: Option<&Payloads>) {
        match step {
            Step::Submit(_) => {
                if let Some(report) = payloads::first(result) {
                    self.submission_reported(report, result);
                }
            }
            Step::Ask => {
                if let Some(report) = payloads::first(result) {
                    self.check_reported(report, begun, payloads::value(result));
                }
            }
            Step::Bill => {
                if let Some(report) = payloads::first(result) {
                    self.billing_reported(report, payloads::value(result));
                }
            }
        }
    }

    fn reports_nothing(&mut self, scheduled_event_id: i64, why: &str) {
        let Some((step, begun)) = self.steps.remove(&scheduled_event_id) else {
            return;
        };
        let reason = format!("no report, {why}");
        match step {
            Step::Submit(_) => {
                if let Some(known) = &mut self.known {
                    known.report(Report::Submission(None));
                }
                let text = sentences::perhaps_sent(&reason);
                self.tell(EntryKind::Submission, text);
            }
            Step::Ask => {
                let report = StatusReport::not_asked(reason, None);
                let run_id = self.known.as_ref().map_or("", |known| known.run_id());
                self.check_reported(Reported::new(run_id, report), begun, Value::Null);
            }
            Step::Bill => {
                let report = BillingReport::NoAnswer {
                    reason,
                    retry_after: None,
                };
                self.billing_reported(report, Value::Null);
            }
        }
    }

    fn submission_reported(
        &mut self,
        reported: Reported<SubmissionReport>,
        result: Option<&Payloads>,
    ) {
        let state = match &reported.report {
            SubmissionReport::Found(state) | SubmissionReport::Answered(state) => Some(state),
            _ => None,
        };
        let word = state.and_then(|state| {
            let shown = StatusReport::Shown(state.clone());
            self.known.as_ref().map(|known| known.hear(&shown))
        });
        let text = sentences::submission(&reported.report, word.as_ref());
        self.push(EntryKind::Submission, text, payloads::value(result));
        if let Some(known) = &mut self.known {
            known.report(Report::Submission(Some(reported)));
        }
    }

    fn check_reported(&mut self, reported: Reported<StatusReport>, begun: Timestamp, data: Value) {
        let report = &reported.report;
        let word = self.known.as_ref().map(|known| known.hear(report));
        self.push(
            EntryKind::Check,
            sentences::check(report, word.as_ref()),
            data,
        );
        if let Some(known) = &mut self.known {
            known.report(Report::Status(reported, begun));
        }
    }

    fn billing_reported(&mut self, report: BillingReport, data: Value) {
        self.push(EntryKind::Billing, sentences::billing(&report), data);
        if let Some(known) = &mut self.known {
            known.report(Report::Billing(report));
        }
    }
}
