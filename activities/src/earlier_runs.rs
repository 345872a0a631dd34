//! What other runs of a request recorded. A run that was reset does not know what the run that it was
//! reset from did later, and one that was started again knows nothing of the first, so that is read
//! from the histories. Temporal's list of runs, which may be asked a few times a second only, is on no
//! payment's ordinary way.

mod events;

use std::collections::BTreeSet;
use std::time::Duration;

use futures::TryStreamExt;
use temporalio_client::{
    Client, NamespacedClient, WorkflowExecutionInfo, WorkflowFetchHistoryOptions,
    WorkflowListOptions,
};
use temporalio_common::protos::temporal::api::history::v1::HistoryEvent;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::operation::activity_input::PartnerCall;
use workflows::operation::terms::Terms;

use self::events::{first_run_id, goes_on, prepared, reset_from, submitted_to, terms};

/// The terms that stay in force for a run that was reset: the configuration may have changed since. None
/// if there are none. The error says why they can't be read.
pub(crate) async fn agreed_terms(ctx: &ActivityContext) -> Result<Option<Box<Terms>>, String> {
    let runs = find_all(ctx, |events| Some(EarlierRun::read(events))).await?;
    in_force(&runs)
}

/// Whether no other start of this request can have submitted it. The error says which one may have, or
/// why that is not known.
pub(crate) async fn no_other_start_submitted(ctx: &ActivityContext) -> Result<(), String> {
    let found = find_all(ctx, |events| Some(EarlierRun::read(events)));
    let Ok(runs) = tokio::time::timeout(LISTS_WITHIN, found).await else {
        return Err("Temporal gives no list of its runs in time".to_owned());
    };
    other_start_that_submitted(&runs?).map_or(Ok(()), |first_run_id| {
        Err(format!(
            "the start with run {first_run_id} may have submitted it"
        ))
    })
}

/// The step that asks has already spent time on its partner.
const LISTS_WITHIN: Duration = Duration::from_secs(2);

/// The first of the runs is the one that asks.
fn other_start_that_submitted(runs: &[EarlierRun]) -> Option<&str> {
    let (own, others) = runs.split_first()?;
    let other = others
        .iter()
        .find(|run| run.first_run_id != own.first_run_id && run.may_have_submitted())?;
    Some(&other.first_run_id)
}

/// What one run has recorded.
struct EarlierRun {
    /// The same for all runs that a reset or continuing as new has made of one start.
    first_run_id: String,
    /// What it agreed on; a run that goes on from another one has that one's terms.
    terms: Option<Box<Terms>>,
    /// The account of its last submission.
    submitted_to: Option<String>,
    /// Whether another run goes on from it, which may have submitted.
    goes_on: bool,
}

/// The terms of the starts that may have submitted, otherwise the first where those count too. A
/// start that failed or was cancelled can be started again, and may then have another account. No
/// fallback is left: a run that was reset can't be certain that nothing was sent.
fn in_force(runs: &[EarlierRun]) -> Result<Option<Box<Terms>>, String> {
    let agreed = runs.iter().filter_map(|run| run.terms_at_last(runs));
    let (submitted, others): (Vec<_>, Vec<_>) =
        agreed.partition(|(_, may_have_submitted)| *may_have_submitted);
    let Some((terms, _)) = submitted.first() else {
        if runs.iter().any(EarlierRun::may_have_submitted) {
            return Err("a run submitted, and the one that agreed on its terms is gone".to_owned());
        }
        let first = others.into_iter().next();
        return Ok(first.map(|(terms, _)| without_fallback(terms)));
    };
    let is_other = |(other, _): &&(Box<Terms>, bool)| other.identity != terms.identity;
    if let Some((other, _)) = submitted.iter().find(is_other) {
        return Err(format!(
            "runs of this workflow submitted to two accounts, {} and {}",
            terms.identity, other.identity
        ));
    }
    Ok(Some(without_fallback(terms.clone())))
}

fn without_fallback(mut terms: Box<Terms>) -> Box<Terms> {
    terms.fallback = None;
    terms
}

impl EarlierRun {
    fn read(events: &[HistoryEvent]) -> Result<EarlierRun, String> {
        let submitted_to = events.iter().rev().find_map(submitted_to);
        Ok(EarlierRun {
            first_run_id: events.iter().find_map(first_run_id).unwrap_or_default(),
            terms: events.iter().find_map(terms).transpose()?,
            submitted_to: submitted_to.transpose()?,
            goes_on: events.iter().any(goes_on),
        })
    }

    /// What it agreed on, with the account that took over since, and whether any run of the same start
    /// may have submitted.
    fn terms_at_last(&self, runs: &[EarlierRun]) -> Option<(Box<Terms>, bool)> {
        let mut terms = self.terms.clone()?;
        let of_the_start = || {
            let runs = runs.iter();
            runs.filter(|run| run.first_run_id == self.first_run_id)
        };
        let fallback = terms.fallback.as_ref().map(|it| it.merchant.clone());
        if of_the_start().any(|run| fallback.is_some() && run.submitted_to == fallback) {
            terms.fall_back();
        }
        let may_have_submitted = of_the_start().any(EarlierRun::may_have_submitted);
        Some((terms, may_have_submitted))
    }

    fn may_have_submitted(&self) -> bool {
        self.submitted_to.is_some() || self.goes_on
    }
}

/// The partner's id of the operation that an earlier run prepared, where this run may not know it.
/// An error leaves the step without a report, so that it is made again.
pub(crate) async fn partner_payment_id(
    ctx: &ActivityContext,
    call: &PartnerCall,
) -> Result<Option<String>, ActivityError> {
    let is_known = call.partner_payment_id.is_some();
    if is_known || call.known_in.is_none() || call.known_in == ctx.info().workflow_run_id {
        return Ok(None);
    }
    let found = find_all(ctx, |events| events.iter().rev().find_map(prepared)).await;
    let found = found.map_err(|error| ActivityError::from(anyhow::anyhow!(error)))?;
    Ok(found.into_iter().next())
}

/// What `read` finds in the history of this run, of the one that it was reset from, and so on; then in
/// those of all other runs of this workflow and of its type: a payment and a reversal can have the
/// same id. One may have gone on from the run that was reset, or have been reset from the same.
/// Temporal's list of them lags by moments.
async fn find_all<T>(
    ctx: &ActivityContext,
    read: impl Fn(&[HistoryEvent]) -> Option<Result<T, String>>,
) -> Result<Vec<T>, String> {
    let (Some(workflow_id), Some(run_id)) = (
        ctx.info().workflow_id.clone(),
        ctx.info().workflow_run_id.clone(),
    ) else {
        return Ok(Vec::new());
    };
    let client = ctx.client();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some(run_id);
    while let Some(run_id) = next {
        let events = history(&client, &workflow_id, &run_id).await?;
        found.extend(read(&events).transpose()?);
        // A reset copies the events of earlier resets too: the last one names this run's own base.
        next = events.iter().rev().find_map(reset_from);
        seen.insert(run_id);
    }
    let query = format!(r#"WorkflowId = "{workflow_id}""#);
    let listed = client.list_workflows(query, WorkflowListOptions::default());
    let listed: Result<Vec<_>, _> = listed.try_collect().await;
    let own_type = ctx.info().workflow_type.as_deref();
    for run in listed.map_err(|error| error.to_string())? {
        if !seen.contains(run.run_id()) && Some(run.workflow_type()) == own_type {
            let events = history(&client, &workflow_id, run.run_id()).await?;
            found.extend(read(&events).transpose()?);
        }
    }
    Ok(found)
}

async fn history(
    client: &Client,
    workflow_id: &str,
    run_id: &str,
) -> Result<Vec<HistoryEvent>, String> {
    let run = WorkflowExecutionInfo::builder()
        .namespace(client.namespace())
        .workflow_id(workflow_id)
        .run_id(run_id)
        .build()
        .bind_untyped(client.clone());
    let history = run.fetch_history(WorkflowFetchHistoryOptions::default());
    history
        .into_events()
        .await
        .map_err(|error| format!("run {run_id}: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn account(name: &str) -> serde_json::Value {
        json!({
            "merchant": name, "promises": {}, "schedule": {},
            "identity": { "partner": "sky", "partner_url": "https://a.example/", "merchant_id": name },
        })
    }

    /// A run of a start, with account "a", whose fallback is "b".
    fn run(start: &str, submitted_to: Option<&str>) -> EarlierRun {
        let mut terms = account("a");
        terms["chosen_by"] = json!("KG: route 1");
        terms["callback_url"] = json!("https://gateway.example/v1/on_payment_completed");
        terms["fallback"] = account("b");
        EarlierRun {
            first_run_id: start.to_owned(),
            terms: Some(serde_json::from_value(terms).unwrap()),
            submitted_to: submitted_to.map(str::to_owned),
            goes_on: false,
        }
    }

    /// One that goes on from another run, whose terms it has.
    fn continued(start: &str, submitted_to: Option<&str>) -> EarlierRun {
        EarlierRun {
            terms: None,
            ..run(start, submitted_to)
        }
    }

    fn account_in_force(runs: &[EarlierRun]) -> Result<Option<String>, String> {
        let terms = in_force(runs)?;
        if let Some(terms) = &terms {
            assert_eq!(terms.fallback, None);
        }
        Ok(terms.map(|terms| terms.merchant))
    }

    #[test]
    fn the_account_that_may_have_been_charged_stays_in_force_without_a_fallback() {
        let (a, b) = (Some("a"), Some("b"));
        for (runs, in_force) in [
            (vec![run("1", None)], "a"),
            (vec![run("1", a)], "a"),
            (vec![run("1", b)], "b"),
            (vec![run("1", None), continued("1", b)], "b"),
            (vec![run("2", None), run("1", b)], "b"),
        ] {
            assert_eq!(account_in_force(&runs), Ok(Some(in_force.to_owned())));
        }
        assert_eq!(account_in_force(&[]), Ok(None));
        assert!(account_in_force(&[run("1", a), run("2", b)]).is_err());
        assert!(account_in_force(&[continued("1", b)]).is_err());
    }

    #[test]
    fn another_start_that_may_have_submitted_keeps_this_one_from_its_fallback() {
        let a = Some("a");
        for (others, start) in [
            (vec![], None),
            (vec![run("1", a)], None),
            (vec![run("2", None)], None),
            (vec![run("2", None), run("3", a)], Some("3")),
        ] {
            let runs: Vec<_> = [run("1", a)].into_iter().chain(others).collect();
            assert_eq!(other_start_that_submitted(&runs), start);
        }
    }
}
