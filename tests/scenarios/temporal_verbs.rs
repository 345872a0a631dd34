//! Temporal's own verbs, applied to payments in each phase with the `temporal` command, with a
//! partner that charges again for each submission.

mod stage;
mod table;
mod verb;
mod verdict;

use payments_client::PaymentsClient;
use workflows::contract::ids::TASK_QUEUE;

use self::stage::{AT_ONCE, TIMINGS, cells, hold, lift, strike};
use self::table::{End, PHASES, markdown};
use crate::books::{builder, client};

#[tokio::test]
async fn each_verb_in_each_phase_moves_money_once_and_is_told_as_what_it_is() {
    let stack = builder()
        .timings(TIMINGS)
        .temporal_setting("frontend.WorkflowPauseEnabled=true")
        .start()
        .await
        .unwrap();
    let payments = PaymentsClient::new(client(&stack).await, TASK_QUEUE);
    let mut cells = cells();
    let (rest, steps): (Vec<_>, Vec<_>) = PHASES.into_iter().partition(|phase| phase.rests());
    for phase in [rest, steps].concat() {
        let mut there: Vec<_> = cells.iter_mut().filter(|it| it.phase == phase).collect();
        hold(&stack, phase, &there).await;
        // A step is held for a while only, in which a slow machine does not do all the verbs.
        for some in there.chunks_mut(AT_ONCE) {
            strike(&stack, &payments, phase, some).await;
        }
    }
    lift(&stack, &cells).await;
    let mut wrong = verdict::wrong(&stack, &payments, &cells).await;

    cells.retain(|cell| cell.end == End::StandsStill);
    for cell in &mut cells {
        let workflow = cell.id.workflow_id();
        let unpause = ["workflow", "unpause", "-w", &workflow];
        stack.temporal().cli_text(&unpause).await.unwrap();
        cell.end = End::Completes;
    }
    wrong.extend(verdict::wrong(&stack, &payments, &cells).await);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_in_the_documentation_is_this_one() {
    let document = include_str!("../../docs/temporal-verbs.md");
    let table = markdown();
    assert!(
        document.contains(&table),
        "docs/temporal-verbs.md must hold:\n{table}"
    );
}
