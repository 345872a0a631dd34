//! What does not depend on the machine: events, bytes, Temporal's actions, calls of the partner.

use std::time::Duration;

use anyhow::Context;
use harness::{Cost, Stack, Timings};
use payments_client::Payments;
use workflows::contract::kind::Kind;
use workflows::operation::schedule::Schedule;

use crate::report::Figure;
use crate::scene::Scene;
use crate::subject::{Subject, new_id, request};
use payments_bench::Shape;

/// The calls of a question, each with a signature: a session, and the status.
const CALLS_TO_ASK: usize = 2;

const EVERY_SECOND: Timings = Timings {
    request_timeout: "1s",
    first_check: "1s",
    growth: 1,
    longest_pause: "1s",
    shows_within: "1s",
    needs_attention_after: "1h",
    attention_check: "1h",
    look_again_after: None,
};

/// What a payment costs: the least of a few, since on a busy machine a step may go the long way.
pub(crate) async fn cost(scene: &Scene, kind: Kind) -> anyhow::Result<Cost> {
    let Subject::Payment(client, ..) = scene.payments(kind, None) else {
        unreachable!("payments are payments")
    };
    let mut costs = Vec::new();
    for _ in 0..3 {
        let request = request(&new_id(), None)?;
        let id = client.start(kind, &request).await?.request_id;
        client.result(&id).await?;
        costs.push(Cost::of(&scene.stack, id.as_str()).await?);
    }
    costs.into_iter().min().context("no payment was made")
}

/// What a payment costs that nobody calls back for a day, with the schedule of the defaults: what one with a prompt
/// callback does, and a question after each pause.
pub(crate) async fn figures_of_a_day(prompt: &Cost) -> anyhow::Result<Vec<Figure>> {
    let stack = Stack::builder().timings(EVERY_SECOND).start().await?;
    let question = Cost::of_a_question(&stack).await?;
    let questions = questions_in_a_day(&Schedule::default());
    let of_all = questions as u64;
    let day = Cost {
        events: prompt.events + questions * question.events,
        bytes: prompt.bytes + of_all * question.bytes,
        actions: prompt.actions + questions * question.actions,
        partner_calls: prompt.partner_calls + questions * question.partner_calls,
    };
    let each = figures("each question while an extra payment waits", &question);
    let all = figures(
        &format!("an extra payment that waited a day, {questions} questions"),
        &day,
    );
    Ok(each.into_iter().chain(all).collect())
}

fn questions_in_a_day(schedule: &Schedule) -> usize {
    let (mut waited, mut questions) = (Duration::ZERO, 0);
    loop {
        waited += if waited < schedule.needs_attention_after {
            schedule.pause(questions)
        } else {
            schedule.attention_check
        };
        if waited > Duration::from_hours(24) {
            return questions as usize;
        }
        questions += 1;
    }
}

/// The shape of the floor beside payments of this cost.
pub(crate) fn shape(kind: Kind, cost: &Cost) -> Shape {
    Shape {
        to_submit: cost.partner_calls.saturating_sub(CALLS_TO_ASK),
        to_ask: CALLS_TO_ASK,
        is_billed: kind == Kind::ExtraPayment,
        is_short: true,
        stays_open: false,
    }
}

/// A figure for each of its counts.
pub(crate) fn figures(name: &str, cost: &Cost) -> Vec<Figure> {
    let count = |what: &str, count: usize| {
        Figure::new(
            format!("{name}: {what}"),
            "",
            vec![1000 * count as u64],
            vec![],
        )
    };
    vec![
        count("events", cost.events),
        Figure::new(
            format!("{name}: history"),
            "bytes",
            vec![1000 * cost.bytes],
            vec![],
        ),
        count("Temporal's actions", cost.actions),
        count("calls of the partner, each signed", cost.partner_calls),
    ]
}
