//! Many operations, grouped by what is wrong with them: those of one group need the same.

use std::collections::BTreeMap;

use jiff::Timestamp;
use payments_client::{NoOutcome, WorkflowExecutionStatus};
use serde::{Serialize, Serializer};
use workflows::contract::cause::Cause;
use workflows::contract::ids::RequestId;
use workflows::contract::state::State;

use super::commands::CommandTarget;
use super::earlier_run::EarlierRun;
use super::explanation::Explanation;
use crate::arguments::Selection;
use crate::labels::{count, standing};
use crate::selected_operations::SelectedOperation;
use crate::tables::sums_json;
use crate::totals::Total;

/// How many request ids are named.
const NAMED: usize = 5;

/// Operations with the same trouble, the same at stake, and the same that is safe.
#[derive(Serialize)]
pub(crate) struct Group {
    /// How many.
    operations: usize,
    /// What they have in common, in one line.
    trouble: String,
    /// The cause that holds them up.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    #[serde(serialize_with = "sums")]
    sums: Vec<Total>,
    /// Some of them.
    request_ids: Vec<String>,
    #[serde(flatten)]
    pub(super) explanation: Explanation,
}

impl Group {
    /// The largest first. Each is explained by its newest operation.
    pub(super) fn all(
        selection: &Selection,
        chosen: &[SelectedOperation],
        ends: &BTreeMap<RequestId, NoOutcome>,
        earlier: &BTreeMap<RequestId, EarlierRun>,
        as_of: Timestamp,
    ) -> Vec<Group> {
        let mut groups: BTreeMap<Key, Vec<&SelectedOperation>> = BTreeMap::new();
        for one in chosen {
            let request_id = &one.description.request_id;
            let mut key = Key::of(one, ends.get(request_id));
            key.after_another = earlier.get(request_id).map(|_| request_id.clone());
            groups.entry(key).or_default().push(one);
        }
        let groups = groups
            .into_iter()
            .map(|(key, ones)| key.sort(selection, &ones, ends, earlier, as_of));
        let mut groups: Vec<Group> = groups.collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.operations));
        groups
    }

    pub(super) fn headline(&self) -> [String; 2] {
        let sum = |it: &Total| it.sum().unwrap_or_else(|| "an unknown sum".to_owned());
        let sums: Vec<String> = self.sums.iter().map(sum).collect();
        let more = if self.operations > self.request_ids.len() {
            ", ..."
        } else {
            ""
        };
        let (operations, sums) = (count(self.operations, "operation"), sums.join(" and "));
        [
            format!("{operations}, {sums}: {}", self.trouble),
            format!("  {}{more}", self.request_ids.join(", ")),
        ]
    }
}

/// What a group has in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// Whether it failed before anything was sent.
    sent_nothing: bool,
    /// The id, where an earlier run under it may have sent something: that run has to be reset.
    after_another: Option<RequestId>,
    phase: String,
    cause: Option<Cause>,
    at_stake: Option<&'static str>,
    actions: Vec<(&'static str, bool)>,
    /// What is proposed, and by whom.
    proposal: Option<String>,
}

impl Key {
    fn of(one: &SelectedOperation, end: Option<&NoOutcome>) -> Key {
        let description = &one.description;
        let state = one.known();
        let stake = state.and_then(|state| state.at_stake);
        let actions = state.into_iter().flat_map(|state| &state.actions);
        let proposal = state.and_then(|state| state.proposal.as_ref());
        Key {
            sent_nothing: end.is_some_and(NoOutcome::sent_nothing),
            after_another: None,
            phase: match (state, description.status, &description.paused_step) {
                (Some(state), WorkflowExecutionStatus::Running, None) => {
                    state.phase.as_str().to_owned()
                }
                _ => standing(description),
            },
            cause: state.and_then(State::cause),
            at_stake: stake.map(|stake| stake.label()),
            actions: actions.map(|it| (it.action.label(), it.safe)).collect(),
            proposal: proposal.map(|it| it.resolution.description()),
        }
    }

    fn trouble(&self) -> String {
        let words = [
            Some(self.phase.as_str()),
            self.cause.map(Cause::as_str),
            self.proposal.as_deref(),
        ];
        words
            .into_iter()
            .flatten()
            .collect::<Vec<&str>>()
            .join(", ")
    }

    /// Explained by one of them.
    fn sort(
        self,
        selection: &Selection,
        ones: &[&SelectedOperation],
        ends: &BTreeMap<RequestId, NoOutcome>,
        earlier: &BTreeMap<RequestId, EarlierRun>,
        as_of: Timestamp,
    ) -> Group {
        let SelectedOperation { description, state } = ones[0];
        let runs = description.status == WorkflowExecutionStatus::Running;
        let known = ones[0].known();
        let explanation = match (runs, &description.paused_step, state) {
            (true, Some(step), _) => Explanation::of_a_paused_step(description, step, known, as_of),
            (true, None, Some(state)) => {
                let stake = known.and_then(|state| state.at_stake);
                let target = CommandTarget::Many(selection.narrowed(stake, self.cause).typed());
                match state {
                    Ok(state) => Explanation::of_running(&target, state, as_of),
                    Err(error) => Explanation::unanswered(&target, error, as_of),
                }
            }
            _ => {
                let end = ends.get(&description.request_id);
                match earlier.get(&description.request_id) {
                    Some(earlier) => Explanation::after_another(description, end, earlier, as_of),
                    None => Explanation::not_running(description, known, end, as_of),
                }
            }
        };
        let named = ones.iter().take(NAMED);
        Group {
            operations: ones.len(),
            trouble: self.trouble(),
            cause: self.cause,
            sums: Total::of(ones.iter().map(|one| &one.description)),
            request_ids: named
                .map(|one| one.description.request_id.to_string())
                .collect(),
            explanation,
        }
    }
}

fn sums<S: Serializer>(totals: &[Total], serializer: S) -> Result<S::Ok, S::Error> {
    sums_json(totals).serialize(serializer)
}
