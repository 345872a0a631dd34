//! Many operations, selected by filters.

use clap::error::ErrorKind;
use futures::{StreamExt, stream};
use payments_client::{Description, Error, Filter, PaymentsClient, WorkflowExecutionStatus};
use workflows::contract::state::State;

use crate::arguments::Selection;

/// More operations than this are too many to look through and to update.
pub(crate) const MOST: usize = 10_000;

/// How many operations a worker is asked about at the same time.
pub(crate) const ASKED_AT_ONCE: usize = 16;

/// A selected operation, with its state if a worker was asked.
pub(crate) struct SelectedOperation {
    pub(crate) description: Description,
    pub(crate) state: Option<Result<State, Error>>,
}

impl SelectedOperation {
    /// What a worker has told of it.
    pub(crate) fn known(&self) -> Option<&State> {
        self.state.as_ref()?.as_ref().ok()
    }
}

/// The operations that match the filter and the selection, newest first. With `look`, a worker is
/// asked about each even if the selection does not need it.
pub(crate) async fn select(
    payments: &PaymentsClient,
    filter: &Filter,
    selection: &Selection,
    look: bool,
) -> Result<Vec<SelectedOperation>, Error> {
    let mut listed = payments.list(filter, MOST).await?;
    let look = look || selection.needs_state();
    let ask = |listed: Vec<Description>| {
        let asked = stream::iter(listed).map(|description| async move {
            let state = if look && may_be_at_stake(&description) {
                Some(payments.operation(&description.request_id).state().await)
            } else {
                None
            };
            SelectedOperation { description, state }
        });
        asked
            .buffered(ASKED_AT_ONCE)
            .collect::<Vec<SelectedOperation>>()
    };
    let rest = listed.split_off(listed.len().min(ASKED_AT_ONCE));
    let mut looked = ask(listed).await;
    looked.extend(match no_worker(&looked) {
        // Finding that out for each of the others would take as long.
        Some(error) => rest
            .into_iter()
            .map(|description| SelectedOperation {
                description,
                state: Some(Err(Error::NoWorker(error.clone()))),
            })
            .collect(),
        None => ask(rest).await,
    });
    let takes = |one: &SelectedOperation| match &one.state {
        // What is unknown is not hidden.
        Some(Err(_)) => true,
        Some(Ok(state)) => selection.takes(state),
        None => !selection.needs_state(),
    };
    Ok(looked.into_iter().filter(takes).collect())
}

/// Refuses to update operations that were not all seen.
pub(crate) fn must_be_all<T>(found: &[T]) -> Result<(), clap::Error> {
    if found.len() < MOST {
        Ok(())
    } else {
        Err(clap::Error::raw(
            ErrorKind::TooManyValues,
            format!(
                "the filter chooses {MOST} or more: choose fewer, such as by --merchant or \
                 --older-than\n"
            ),
        ))
    }
}

/// The first of them without an answer of a worker, and why.
pub(crate) fn first_unanswered(
    chosen: &[SelectedOperation],
) -> Option<(&SelectedOperation, &Error)> {
    chosen.iter().find_map(|one| match &one.state {
        Some(Err(error)) => Some((one, error)),
        _ => None,
    })
}

/// The error that no worker answers, if that happened for all open ones that were asked.
fn no_worker(asked: &[SelectedOperation]) -> Option<String> {
    let error = |one: &SelectedOperation| match &one.state {
        Some(Err(Error::NoWorker(error))) => Some(error.clone()),
        _ => None,
    };
    let is_open =
        |one: &&SelectedOperation| one.description.status == WorkflowExecutionStatus::Running;
    let errors: Option<Vec<String>> = asked.iter().filter(is_open).map(error).collect();
    errors?.pop()
}

/// A completed workflow has said what happened to the money. A terminated one has not.
fn may_be_at_stake(description: &Description) -> bool {
    description.status != WorkflowExecutionStatus::Completed
}
