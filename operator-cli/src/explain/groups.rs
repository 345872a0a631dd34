//! Many operations, grouped by what is wrong with them: those of one group need the same.

use std::collections::BTreeMap;

use jiff::Timestamp;
use payments_client::{NoOutcome, WorkflowExecutionStatus};
use serde::{Serialize, Serializer};
use workflows::contract::cause::Cause;
use workflows::contract::ids::RequestId;
use workflows::contract::state::State;

use super::commands::CommandTarget;
use super::explanation::Explanation;
use super::past::Past;
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
        pasts: &[Past],
        as_of: Timestamp,
    ) -> Vec<Group> {
        let mut groups: BTreeMap<Key, Vec<(&SelectedOperation, &Past)>> = BTreeMap::new();
        for (one, past) in chosen.iter().zip(pasts) {
            let key = Key::of(one, past);
            groups.entry(key).or_default().push((one, past));
        }
        let groups = groups.into_iter();
        let groups = groups.map(|(key, ones)| key.sort(selection, &ones, as_of));
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
    fn of(one: &SelectedOperation, past: &Past) -> Key {
        let description = &one.description;
        let state = one.known();
        let stake = state.and_then(|state| state.at_stake);
        let actions = state.into_iter().flat_map(|state| &state.actions);
        let proposal = state.and_then(|state| state.proposal.as_ref());
        Key {
            sent_nothing: past.end.as_ref().is_some_and(NoOutcome::sent_nothing),
            after_another: past
                .earlier
                .as_ref()
                .map(|_| description.request_id.clone()),
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
        ones: &[(&SelectedOperation, &Past)],
        as_of: Timestamp,
    ) -> Group {
        let (first, past) = ones[0];
        let stake = first.known().and_then(|state| state.at_stake);
        let target = CommandTarget::Many(selection.narrowed(stake, self.cause).typed());
        let state = first.state.as_ref().map(Result::as_ref);
        let explanation = Explanation::of(&target, &first.description, state, past, as_of);
        let descriptions = ones.iter().map(|(one, _)| &one.description);
        let named = descriptions.clone().take(NAMED);
        Group {
            operations: ones.len(),
            trouble: self.trouble(),
            cause: self.cause,
            request_ids: named.map(|it| it.request_id.to_string()).collect(),
            sums: Total::of(descriptions),
            explanation,
        }
    }
}

fn sums<S: Serializer>(totals: &[Total], serializer: S) -> Result<S::Ok, S::Error> {
    sums_json(totals).serialize(serializer)
}
