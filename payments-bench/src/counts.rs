//! What does not depend on the machine: events, bytes, Temporal's actions, calls of the partner.

use anyhow::Context;
use harness::Cost;
use payments_client::Payments;
use workflows::contract::kind::Kind;

use crate::report::Figure;
use crate::scene::Scene;
use crate::subject::{Subject, new_id, request};
use payments_bench::Shape;

/// The calls of a question, each with a signature: a session, and the status.
const CALLS_TO_ASK: usize = 2;

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
