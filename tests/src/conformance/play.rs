//! Plays the scenarios, and judges them by the books of all parties.

use std::time::Duration;

use anyhow::{bail, ensure};
use futures::future::join_all;
use futures::{StreamExt, stream};
use tokio::time::{Instant, sleep};

use crate::conformance::back_end::{BackEnd, Staged};
use crate::conformance::scenarios::{Ends, SCENARIOS, Scenario, Then};
use crate::{Books, End, Expected, LedgerEntry, Operation, Stack, Timings};

/// What came of a scenario at a back end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It happened, and all was right.
    Proven,
    /// It can't be made to happen there, for this reason.
    NotStaged(&'static str),
    /// It went wrong like this.
    Failed(String),
}

/// Plays every scenario in one stack, several at a time. Returns those last whose worker is killed.
pub async fn play<B: BackEnd>(back_end: &B) -> anyhow::Result<Vec<(&'static Scenario, Verdict)>> {
    let builder = back_end.add_to(Stack::builder().timings(TIMINGS));
    let mut stack = builder.start().await?;
    let stages = SCENARIOS.iter().enumerate().map(|(n, scenario)| Stage {
        back_end,
        scenario,
        request_id: format!("c-{n}"),
    });
    let is_killed = |it: &Stage<'_, B>| it.scenario.then == Then::WorkerKilled;
    let (killed, undisturbed): (Vec<_>, Vec<_>) = stages.partition(is_killed);
    let playing = undisturbed
        .iter()
        .map(async |stage| (stage.scenario, verdict(stage.play(&stack).await)));
    let playing = stream::iter(playing).buffered(AT_ONCE);
    let mut played: Vec<_> = playing.collect().await;
    played.extend(play_killed(&killed, &mut stack).await?);
    Ok(played)
}

/// The worker is killed as soon as the money of all of them has moved.
async fn play_killed<B: BackEnd>(
    stages: &[Stage<'_, B>],
    stack: &mut Stack,
) -> anyhow::Result<Vec<(&'static Scenario, Verdict)>> {
    let moving = stages.iter().map(|stage| stage.until_money_moves(stack));
    let moved = join_all(moving).await;
    stack.kill_worker()?;
    stack.start_worker().await?;
    let mut played = Vec::new();
    for (stage, moved) in stages.iter().zip(moved) {
        let ended = match moved {
            Ok(Staged::For(operation)) => stage.ends(stack, &operation).await.map(|()| None),
            Ok(Staged::Impossible(why)) => Ok(Some(why)),
            Err(error) => Err(error),
        };
        played.push((stage.scenario, verdict(ended)));
    }
    Ok(played)
}

fn verdict(played: anyhow::Result<Option<&'static str>>) -> Verdict {
    match played {
        Ok(None) => Verdict::Proven,
        Ok(Some(why)) => Verdict::NotStaged(why),
        Err(error) => Verdict::Failed(format!("{error:#}")),
    }
}

/// One scenario at one back end.
struct Stage<'a, B> {
    back_end: &'a B,
    scenario: &'static Scenario,
    request_id: String,
}

impl<B: BackEnd> Stage<'_, B> {
    /// Returns why it can't be staged, if it can't.
    async fn play(&self, stack: &Stack) -> anyhow::Result<Option<&'static str>> {
        let operation = match self.stage(stack).await? {
            Staged::For(operation) => operation,
            Staged::Impossible(why) => return Ok(Some(why)),
        };
        stack.start(&operation).await?;
        match self.scenario.then {
            Then::Nothing | Then::WorkerKilled => self.ends(stack, &operation).await?,
            Then::TheSameAgain => {
                stack.start(&operation).await?;
                self.ends(stack, &operation).await?;
                stack.start(&operation).await?;
                self.ends(stack, &operation).await?;
            }
            Then::AnEqualRequest => {
                let mut other = operation.clone();
                other.request_id += "-2";
                stack.start(&other).await?;
                self.ends(stack, &operation).await?;
                self.ends(stack, &other).await?;
            }
            Then::Reset(point) => {
                self.ends(stack, &operation).await?;
                let workflow = operation.workflow_id();
                let reset = ["workflow", "reset", "-w", &workflow, "-t", point];
                let reset = [reset.as_slice(), &["--reason", "conformance"]].concat();
                stack.temporal().cli_text(&reset).await?;
                self.ends(stack, &operation).await?;
            }
        }
        Ok(None)
    }

    async fn until_money_moves(&self, stack: &Stack) -> anyhow::Result<Staged> {
        let staged = self.stage(stack).await?;
        if let Staged::For(operation) = &staged {
            stack.start(operation).await?;
            let moved = async || Ok(!self.ledger(stack, operation).await?.is_empty());
            eventually("money moved", moved).await?;
        }
        Ok(staged)
    }

    async fn stage(&self, stack: &Stack) -> anyhow::Result<Staged> {
        let Scenario {
            kind,
            amount,
            currency,
            paid,
            trouble,
            ..
        } = self.scenario;
        let asked = Operation::new(*kind, &self.request_id)
            .of(amount, currency)
            .over(B::MERCHANT);
        self.back_end.stage(stack, asked, paid, *trouble).await
    }

    async fn ends(&self, stack: &Stack, operation: &Operation) -> anyhow::Result<()> {
        let expected = match self.scenario.ends {
            Ends::Completed => Some(Expected::Completed),
            Ends::Declined => Some(Expected::Declined(Some(B::DECLINE_CODE))),
            Ends::Rejected => Some(Expected::Rejected),
            Ends::CompletedOrDeclined => None,
            Ends::CompletedAfterAttention => {
                self.needs_attention(stack).await?;
                Some(Expected::Completed)
            }
            Ends::CompletedAfterCallback => Some(Expected::Completed),
            Ends::NeedsAttention => return self.waits_for_an_operator(stack, operation).await,
            Ends::WithAnIncident => return self.ends_with_an_incident(stack, operation).await,
            Ends::Invalid(field) => return self.ends_as_invalid(stack, operation, field).await,
        };
        let books = self.books(stack, operation).await?;
        let expected = expected.unwrap_or(match books.end.label() {
            "declined" => Expected::Declined(None),
            _ => Expected::Completed,
        });
        let wrong = books.differences(operation, &expected);
        ensure!(wrong.is_empty(), "{wrong:?}; {:?}", books.end);
        if self.scenario.ends == Ends::CompletedAfterCallback {
            let state = stack.payments(&["status", &self.request_id]).await?;
            let callbacks = state["callbacks_received"].as_u64();
            ensure!(callbacks >= Some(1), "no callback was taken: {state}");
        }
        Ok(())
    }

    async fn needs_attention(&self, stack: &Stack) -> anyhow::Result<()> {
        let status = ["status", &self.request_id];
        // A busy worker may not answer in time, and is asked again.
        let is_seen = async || {
            let state = stack.payments(&status).await;
            Ok(state.is_ok_and(|state| state["phase"] == "needs_attention"))
        };
        eventually("needs attention", is_seen).await
    }

    async fn waits_for_an_operator(
        &self,
        stack: &Stack,
        operation: &Operation,
    ) -> anyhow::Result<()> {
        self.needs_attention(stack).await?;
        // Long enough for some more questions.
        sleep(Duration::from_secs(5)).await;
        let moved = self.ledger(stack, operation).await?;
        ensure!(moved.len() <= 1, "moved twice: {moved:?}");
        self.needs_attention(stack).await
    }

    async fn ends_with_an_incident(
        &self,
        stack: &Stack,
        operation: &Operation,
    ) -> anyhow::Result<()> {
        let books = self.books(stack, operation).await?;
        ensure!(books.end.label() == "completed", "{:?}", books.end);
        ensure!(books.ledger.len() <= 1, "moved twice: {:?}", books.ledger);
        let workflow = format!("sky-look-again-{}", self.request_id);
        let query = ["workflow", "query", "-w", &workflow, "--type", "incident"];
        let query = [query.as_slice(), &["-o", "json"]].concat();
        let is_open = async || {
            let answer = stack.temporal().cli(&query).await.unwrap_or_default();
            Ok(answer["queryResult"][0].is_string())
        };
        eventually("an incident is open", is_open).await
    }

    async fn ends_as_invalid(
        &self,
        stack: &Stack,
        operation: &Operation,
        field: &str,
    ) -> anyhow::Result<()> {
        let books = self.books(stack, operation).await?;
        match &books.end {
            End::Failed(reason) if reason.contains(field) => {}
            end => bail!("{end:?} instead of a refusal that names {field}"),
        }
        ensure!(books.ledger.is_empty(), "moved: {:?}", books.ledger);
        Ok(())
    }

    async fn books(&self, stack: &Stack, operation: &Operation) -> anyhow::Result<Books> {
        let mut books = stack.books(&operation.request_id, PATIENCE).await?;
        books.ledger = self.ledger(stack, operation).await?;
        Ok(books)
    }

    async fn ledger(
        &self,
        stack: &Stack,
        operation: &Operation,
    ) -> anyhow::Result<Vec<LedgerEntry>> {
        self.back_end.ledger(stack, &operation.request_id).await
    }
}

async fn eventually(
    what: &str,
    mut holds: impl AsyncFnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let until = Instant::now() + Duration::from_secs(120);
    while Instant::now() < until {
        if holds().await? {
            return Ok(());
        }
        sleep(Duration::from_millis(100)).await;
    }
    bail!("waited in vain: {what}")
}

/// How many scenarios are played at a time.
const AT_ONCE: usize = 8;

const PATIENCE: &str = "150s";

const TIMINGS: Timings = Timings {
    // An answer that is late on a busy machine is not a lost one: at Stripe its payment is cancelled.
    request_timeout: "20s",
    first_check: "1s",
    growth: 1,
    longest_pause: "2s",
    shows_within: "4s",
    needs_attention_after: "3m",
    attention_check: "2s",
    look_again_after: Some("3s"),
};
