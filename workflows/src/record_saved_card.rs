//! The partner saved a rider's card: hand it over to procaas, once, however long procaas is
//! unavailable.
//!
//! No money moves here, and procaas recognizes repeats by their key, so this is the only place
//! where a retry policy repeats an activity. It never gives up: a card that procaas does not accept
//! shows up as needing attention, and is tried until it is accepted or an operator cancels the
//! workflow.

#![expect(missing_docs, reason = "the macros make constants that carry no docs")]

use std::time::Duration;

use temporalio_common::data_converters::RawValue;
use temporalio_common::{RetryPolicy, error::ApplicationFailure};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::workflows::select;
use temporalio_workflow::{
    ActivityOptions, LocalActivityOptions, TimerOptions, WorkflowContext, WorkflowContextView,
    WorkflowResult,
};

use crate::activity_definitions::{AgreeSchedule, HandOverSavedCard};
use crate::contract::saved_card::SavedCard;
use crate::contract::search_attributes::PHASE;
use crate::contract::state::Phase;
use crate::flow::outside::outside;
use crate::operation::activity_input::SavedCardInput;
use crate::operation::schedule::Schedule;

/// The pause before the second attempt; each further one is longer by the schedule's growth.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Hands a saved card over to procaas.
#[workflow]
pub struct RecordSavedCard {
    input: Option<Result<SavedCard, String>>,
}

#[workflow_methods]
impl RecordSavedCard {
    /// Takes the raw input: an input that can't be decoded would make every task fail for ever.
    #[init]
    fn new(ctx: &WorkflowContextView, input: RawValue) -> Self {
        RecordSavedCard {
            input: Some(read(ctx.workflow_id(), &input)),
        }
    }

    /// Tries until procaas has accepted it.
    #[run(name = "record_saved_card")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<()> {
        let card = match ctx.state_mut(|w| w.input.take()) {
            Some(Ok(card)) => card,
            Some(Err(fault)) => return Err(invalid(fault).into()),
            None => return Ok(()),
        };
        let schedule = ctx
            .execute_local_activity(AgreeSchedule, (), in_this_process())
            .await?;
        let input = SavedCardInput {
            card,
            request_timeout: schedule.request_timeout,
        };
        let mut taken = ctx.execute_activity(HandOverSavedCard, input, until_taken(&schedule));
        let summary = "until it needs attention".to_owned();
        let timer = TimerOptions::builder(schedule.needs_attention_after);
        let mut timer = ctx.timer(timer.summary(summary).build());
        let in_time = async {
            select! {
                taken = taken => Some(taken),
                _ = timer => None,
            }
        };
        if let Some(taken) = outside(ctx, in_time).await {
            return Ok(taken?);
        }
        show(ctx, Phase::NeedsAttention);
        ctx.set_current_details(
            "**needs_attention**\n\nprocaas has not taken the saved card. Why not, the pending \
             activity's last failure says; it is tried on."
                .to_owned(),
        );
        let taken = outside(ctx, taken).await;
        show(ctx, Phase::Closed);
        Ok(taken?)
    }
}

fn read(workflow_id: &str, input: &RawValue) -> Result<SavedCard, String> {
    let [payload] = input.payloads.as_slice() else {
        return Err("must be one argument, a JSON object".to_owned());
    };
    // Serde's own messages may contain parts of the payload.
    let card: SavedCard = serde_json::from_slice(&payload.data)
        .map_err(|_| "must be a saved card whose number is masked".to_owned())?;
    if card.workflow_id() != workflow_id {
        return Err("must be handed over by the workflow that is named for it".to_owned());
    }
    Ok(card)
}

fn invalid(fault: String) -> ApplicationFailure {
    ApplicationFailure::builder(std::io::Error::other(fault))
        .type_name("InvalidSavedCard".to_owned())
        .non_retryable(true)
        .build()
}

/// The number of attempts has no limit, the pause between them has one.
fn until_taken(schedule: &Schedule) -> ActivityOptions {
    let policy = RetryPolicy::builder()
        .initial_interval(FIRST_PAUSE)
        .backoff_coefficient(f64::from(schedule.growth))
        .maximum_interval(schedule.longest_pause)
        .build();
    ActivityOptions::with_start_to_close_timeout(schedule.activity_timeout(1))
        .retry_policy(policy)
        .summary("hand the saved card over to procaas".to_owned())
        .build()
}

/// Reads the worker's configuration and nothing else.
fn in_this_process() -> LocalActivityOptions {
    LocalActivityOptions::builder()
        .start_to_close_timeout(Duration::from_secs(5))
        .retry_policy(RetryPolicy::default())
        .summary("which schedule".to_owned())
        .build()
}

fn show(ctx: &WorkflowContext<RecordSavedCard>, phase: Phase) {
    ctx.upsert_search_attributes([PHASE.value_set(phase.as_str().to_owned())]);
}
