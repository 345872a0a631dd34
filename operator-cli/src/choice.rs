//! Many operations, chosen by what they have in common.

use clap::error::ErrorKind;
use futures::{StreamExt, stream};
use payments_client::{Description, Error, Filter, PaymentsClient, WorkflowExecutionStatus};
use workflows::contract::state::State;

use crate::arguments::Selection;

/// More than these are too many to look through and to be ordered about.
pub(crate) const MOST: usize = 10_000;

/// How many operations a worker is asked about at the same time.
const ASKED_AT_ONCE: usize = 16;

/// One of those chosen, with its state where a worker was asked.
pub(crate) struct One {
    pub(crate) description: Description,
    pub(crate) state: Option<Result<State, Error>>,
}

/// Those that the filter and the selection take, newest first. With `look` a worker is asked about
/// each also where the selection does not need it.
pub(crate) async fn choose(
    payments: &PaymentsClient,
    filter: &Filter,
    selection: &Selection,
    look: bool,
) -> Result<Vec<One>, Error> {
    let mut listed = payments.list(filter, MOST).await?;
    let look = look || selection.needs_state();
    let ask = |listed: Vec<Description>| {
        let asked = stream::iter(listed).map(|description| async move {
            let state = match look && may_be_at_stake(&description) {
                true => Some(payments.operation(&description.request_id).state().await),
                false => None,
            };
            One { description, state }
        });
        asked.buffered(ASKED_AT_ONCE).collect::<Vec<One>>()
    };
    let rest = listed.split_off(listed.len().min(ASKED_AT_ONCE));
    let mut looked = ask(listed).await;
    looked.extend(match silence(&looked) {
        // Each of the others would cost as long to find out.
        Some(words) => rest
            .into_iter()
            .map(|description| One {
                description,
                state: Some(Err(Error::NoWorker(words.clone()))),
            })
            .collect(),
        None => ask(rest).await,
    });
    let takes = |one: &One| match &one.state {
        // What can't be told is not hidden.
        Some(Err(_)) => true,
        Some(Ok(state)) => selection.takes(state),
        None => !selection.needs_state(),
    };
    Ok(looked.into_iter().filter(takes).collect())
}

/// Refuses to order about what was not all seen.
pub(crate) fn all_of<T>(found: &[T]) -> Result<(), clap::Error> {
    match found.len() < MOST {
        true => Ok(()),
        false => Err(clap::Error::raw(
            ErrorKind::TooManyValues,
            format!(
                "the filter chooses {MOST} or more: choose fewer, such as by --account or \
                 --older-than\n"
            ),
        )),
    }
}

/// The first worker's silence among them.
pub(crate) fn unasked(chosen: &[One]) -> Option<(&One, &Error)> {
    chosen.iter().find_map(|one| match &one.state {
        Some(Err(error)) => Some((one, error)),
        _ => None,
    })
}

/// That no worker answers, in its words, where all that were asked tell so.
fn silence(asked: &[One]) -> Option<String> {
    let words = |one: &One| match &one.state {
        Some(Err(Error::NoWorker(words))) => Some(words.clone()),
        _ => None,
    };
    let words: Option<Vec<String>> = asked.iter().map(words).collect();
    words?.pop()
}

/// A completed workflow has said what became of the money. One that was terminated has not.
fn may_be_at_stake(description: &Description) -> bool {
    description.status != WorkflowExecutionStatus::Completed
}
