//! Processes one event of a history after the other, and says what it means for the payment.

mod ends;
mod operators;
mod step;
mod steps;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use payments_client::kind_of;
use serde_json::Value;
use temporalio_common::SignalDefinition;
use temporalio_common::protos::constants::LOCAL_ACTIVITY_MARKER_NAME;
use temporalio_common::protos::coresdk::common::extract_local_activity_marker_details;
use temporalio_common::protos::temporal::api::common::v1::Payloads;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use temporalio_common::protos::temporal::api::history::v1::{
    HistoryEvent, MarkerRecordedEventAttributes, TimerStartedEventAttributes,
    UpsertWorkflowSearchAttributesEventAttributes, WorkflowExecutionStartedEventAttributes,
};
use workflows::ExtraPayment;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;
use workflows::contract::search_attributes::PHASE;
use workflows::contract::state::Phase;
use workflows::flow::timer::NOT_WAITED_FOR;
use workflows::operation::terms::TermsDecision;

use self::step::Step;
use super::entry::{Entry, EntryKind};
use super::known::{Carried, Known};
use super::{payloads, sentences};

#[derive(Default)]
pub(super) struct Reader {
    entries: Vec<Entry>,
    kind: Option<Kind>,
    request: Option<PaymentRequest>,
    first_run_id: String,
    known: Option<Known>,
    /// The workflow's own time: when the current task began.
    now: Timestamp,
    /// When the current event happened.
    at: Timestamp,
    /// The running activities, by the events that scheduled them.
    steps: BTreeMap<i64, (Step, Timestamp)>,
    needs_attention: bool,
    pub(super) begins_late: bool,
}

impl Reader {
    pub(super) fn read(&mut self, event: &HistoryEvent) {
        let time = event.event_time.as_ref();
        let at = time.and_then(|time| Timestamp::new(time.seconds, time.nanos).ok());
        self.at = at.unwrap_or(self.at);
        let Some(attributes) = &event.attributes else {
            return;
        };
        match attributes {
            Attributes::WorkflowExecutionStartedEventAttributes(it) => self.starts(it),
            Attributes::MarkerRecordedEventAttributes(it) => self.local_activity(it),
            Attributes::WorkflowTaskStartedEventAttributes(_) => self.looks(),
            Attributes::TimerStartedEventAttributes(_) if is_waited_for_by_nobody(event) => {}
            Attributes::TimerStartedEventAttributes(it) => self.waits(it),
            Attributes::UpsertWorkflowSearchAttributesEventAttributes(it) => self.shows(it),
            Attributes::WorkflowExecutionSignaledEventAttributes(it) => {
                self.signalled(&it.signal_name)
            }
            _ => {
                let told = self.read_step(event.event_id, attributes)
                    || self.read_command(attributes)
                    || self.read_trouble(attributes);
                if !told {
                    self.read_end(attributes);
                }
            }
        }
    }

    /// The merchant account of the agreed terms. Not known where there is a fallback, which may have been
    /// taken.
    pub(super) fn merchant(&self) -> Option<String> {
        let terms = &self.known.as_ref()?.terms;
        terms.fallback.is_none().then(|| terms.merchant.clone())
    }

    /// Everything that happened, and what is still running.
    pub(super) fn finish(mut self) -> Vec<Entry> {
        self.push_steps_under_way();
        self.entries
    }

    fn tell(&mut self, kind: EntryKind, text: impl Into<String>) {
        self.push(kind, text, Value::Null);
    }

    fn push(&mut self, kind: EntryKind, text: impl Into<String>, data: Value) {
        self.entries.push(Entry {
            at: self.at,
            kind,
            text: text.into(),
            until: None,
            times: 1,
            last_at: None,
            data,
        });
    }

    fn starts(&mut self, it: &WorkflowExecutionStartedEventAttributes) {
        self.steps.clear();
        let is_first = self.entries.is_empty();
        if !is_first && !it.continued_execution_run_id.is_empty() {
            return;
        }
        self.now = self.at;
        let name = it.r#workflow_type.as_ref().map(|it| it.name.as_str());
        self.kind = name.and_then(kind_of);
        let input = it.input.as_ref();
        self.request = payloads::first(input);
        self.first_run_id.clone_from(&it.first_execution_run_id);
        if !it.continued_execution_run_id.is_empty() {
            self.begins_late = true;
            self.known = payloads::nth::<Carried>(input, 1).map(Known::carried);
            let text = "goes on from an earlier run, whose history is gone";
            return self.tell(EntryKind::Asked, text);
        }
        let text = match (self.kind, &self.request) {
            (Some(kind), Some(request)) => sentences::asked(kind, request, &it.identity),
            _ => format!("{} asks for something that breaks a rule", it.identity),
        };
        self.push(EntryKind::Asked, text, payloads::value(input));
    }

    /// The terms are decided by a local activity, and some steps are made as one. Where such a step
    /// gave no report, the same follows as a normal activity.
    fn local_activity(&mut self, it: &MarkerRecordedEventAttributes) {
        if it.marker_name != LOCAL_ACTIVITY_MARKER_NAME {
            return;
        }
        let (data, _) = extract_local_activity_marker_details(&mut it.details.clone());
        let step = data.and_then(|data| Step::of_activity(&data.activity_type));
        match (step, it.details.get("result")) {
            (Some(step), Some(result)) => self.reports_at_once(step, result),
            (Some(_), None) => {}
            (None, result) => self.terms(result),
        }
    }

    fn terms(&mut self, result: Option<&Payloads>) {
        let decision: Option<TermsDecision> = payloads::first(result);
        let (Some(TermsDecision::Agreed { terms, at }), Some(kind), Some(request)) =
            (decision, self.kind, &self.request)
        else {
            return;
        };
        let known = Known::new(
            kind,
            request,
            terms.as_ref().clone(),
            &self.first_run_id,
            at,
        );
        self.known = Some(known);
        let text = sentences::terms(&terms);
        self.push(EntryKind::Asked, text, payloads::value(result));
    }

    fn looks(&mut self) {
        self.now = self.at;
        if let Some(known) = &mut self.known {
            known.look(self.now);
        }
    }

    fn waits(&mut self, it: &TimerStartedEventAttributes) {
        let pause = it.start_to_fire_timeout.as_ref();
        let pause = pause.map(|it| SignedDuration::new(it.seconds, it.nanos));
        let until = pause.and_then(|pause| self.at.checked_add(pause).ok());
        self.tell(EntryKind::Wait, sentences::wait(self.at, until));
        if let Some(entry) = self.entries.last_mut() {
            entry.until = until;
        }
    }

    /// The phase in the search attributes: of interest only when the operation starts or stops
    /// needing attention.
    fn shows(&mut self, it: &UpsertWorkflowSearchAttributesEventAttributes) {
        let attributes = it.search_attributes.as_ref();
        let phase = attributes.and_then(|it| it.indexed_fields.get(PHASE.name()));
        let Some(phase) = phase.and_then(payloads::one::<String>) else {
            return;
        };
        let did = std::mem::replace(
            &mut self.needs_attention,
            phase == Phase::NeedsAttention.as_str(),
        );
        match (did, self.needs_attention) {
            (false, true) => {
                let known = self.known.as_ref();
                let reason = known.and_then(|known| known.attention(self.now));
                let reason = reason.unwrap_or_else(|| "see what came before".to_owned());
                let text = format!("needs attention: {reason}");
                self.tell(EntryKind::Attention, text);
            }
            (true, false) if phase != Phase::Closed.as_str() => {
                self.tell(EntryKind::Attention, "needs no attention any more");
            }
            _ => {}
        }
    }

    fn signalled(&mut self, name: &str) {
        let text = if name == ExtraPayment::payment_completed.name() {
            "a callback comes".to_owned()
        } else {
            format!("a signal {name:?} comes, which means nothing here")
        };
        self.tell(EntryKind::Callback, text);
    }
}

fn is_waited_for_by_nobody(timer: &HistoryEvent) -> bool {
    let summary = timer.user_metadata.as_ref();
    let summary = summary.and_then(|it| payloads::one::<String>(it.summary.as_ref()?));
    summary.is_some_and(|it| it == NOT_WAITED_FOR)
}
