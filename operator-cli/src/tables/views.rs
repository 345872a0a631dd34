//! Lists and sums, as an operator sees them.

use payments_client::{Error, PausedStep, WorkflowExecutionStatus};
use workflows::contract::kind::Kind;

use super::*;
use crate::example::{ago, closed, needs_attention, now, operation, proposed};
use crate::terminal::captured::assert_view;

fn listed(description: Description) -> SelectedOperation {
    let state = None;
    SelectedOperation { description, state }
}

fn some() -> Vec<SelectedOperation> {
    let long = "a-request-id-of-sixty-four-characters-which-is-as-long-as-it-may";
    let paused = Description {
        paused_step: Some(PausedStep {
            activity_type: "payment_status".to_owned(),
            activity_id: None,
            pause: None,
        }),
        ..operation("ride-9-extra-1")
    };
    // It goes on in a newer run, and is as old as its first.
    let old = Description {
        kind: Kind::PaymentReversal,
        begun_at: Some(ago("27h")),
        phase: Some("needs_attention".to_owned()),
        ..operation("ride-1-refund")
    };
    let unknown = Description {
        money: None,
        order_id: None,
        merchant: None,
        ..operation("ride-8-extra-1")
    };
    [
        operation("ride-7-extra-1"),
        unknown,
        paused,
        closed(
            "ride-6",
            WorkflowExecutionStatus::Completed,
            Some("declined"),
        ),
        closed("ride-5", WorkflowExecutionStatus::Failed, None),
        old,
        operation(long),
    ]
    .map(listed)
    .into()
}

#[test]
fn operations_fit_the_terminal() {
    let some = some();
    let all_but_the_long = &some[..6];
    assert_view("list", || print_operations(all_but_the_long, now()));
    assert_view("list-of-a-long-id", || print_operations(&some, now()));
}

#[test]
fn what_is_at_stake_and_proposed_fits_the_terminal() {
    let of_state = |id: &str, state| SelectedOperation {
        description: operation(id),
        state: Some(Ok(state)),
    };
    let staked = [of_state("ride-1", needs_attention())];
    assert_view("list-at-stake", || print_operations(&staked, now()));
    let unanswered = [SelectedOperation {
        description: operation("ride-1"),
        state: Some(Err(Error::NoWorker("Timeout expired".to_owned()))),
    }];
    assert_view("list-unanswered", || print_operations(&unanswered, now()));
    let proposed = [
        of_state("ride-1", needs_attention()),
        of_state("ride-2", proposed()),
    ];
    assert_view("list-proposed", || print_operations(&proposed, now()));
}

#[test]
fn sums_are_told_by_what_became_of_the_operations() {
    let refused = Description {
        money: None,
        ..closed("ride-4", WorkflowExecutionStatus::Failed, None)
    };
    let some = some().into_iter().chain([listed(refused)]);
    let some: Vec<SelectedOperation> = some.collect();
    let totals = Total::of(some.iter().map(|one| &one.description));
    assert_view("sums", || print_sums(&totals, 2, some.len()));
    let one = Total::of([&operation("ride-7")]);
    assert_view("sums-of-one", || print_sums(&one, 1, 1));
}
