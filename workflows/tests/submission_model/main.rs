//! Every interleaving, up to a depth: the submission's state machine with a partner that charges
//! again on each submission, accepts late, and shows late and on one replica before the other.
//! Meanwhile kernels send what closed connections left, answers get lost, workers die or freeze and
//! continue later, Temporal hands steps out again, operators reset runs, and callbacks and
//! operators wake them at any time.
//!
//! Time runs in units of twenty seconds. The partner keeps its two guarantees
//! (`docs/api/partner.yaml`): it accepts within [`ACCEPTS_WITHIN`] of the last byte or never, and
//! every replica shows what it accepted after [`LAGS_AT_MOST`].

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod events;
mod world;

use proptest::prelude::*;
use stateright::{Checker, Expectation, HasDiscoveries, Model, Property};
use workflows::operation::submission::{FinalState, Submission};

use crate::events::Event;
use crate::world::{NEEDS_ATTENTION_AFTER, Status, World, asked, at, schedule};

/// Until when every interleaving is tried.
const LAST_MOMENT: u8 = 10;
/// Until when some are.
const LAST_MOMENT_OF_A_WALK: u8 = 120;

/// One payment, and what goes wrong around it.
#[derive(Clone, Copy, Debug)]
struct Payment {
    /// Until when it is watched.
    last_moment: u8,
    /// How long a kernel goes on sending what a closed connection left.
    kernel_sends_for: u8,
    /// Whether Temporal may hand a submission's step out a second time.
    hands_out_again: bool,
    /// Whether an operator may reset the run, once.
    resets: bool,
    /// Whether a step looks at what Temporal says of it before it submits.
    steps_check: bool,
}

/// What must be survived.
const PAYMENT: Payment = Payment {
    last_moment: LAST_MOMENT,
    kernel_sends_for: 1,
    hands_out_again: true,
    resets: true,
    steps_check: true,
};

impl Model for Payment {
    type State = World;
    type Action = Event;

    fn init_states(&self) -> Vec<World> {
        let submission = Submission::new(asked(), "run-1", at(0));
        vec![World::new(submission)]
    }

    fn actions(&self, world: &World, events: &mut Vec<Event>) {
        world.events(self, events);
    }

    fn next_state(&self, world: &World, event: Event) -> Option<World> {
        let mut next = world.clone();
        next.apply(event, self);
        // How often it was tried only makes pauses grow, and here they don't: without this the
        // same worlds would be visited once for every count.
        next.submission.callback();
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Payment>> {
        vec![
            Property::always(AT_MOST_ONE, |_, world: &World| world.operations.len() <= 1),
            Property::always("completed means that money moved", |_, world: &World| {
                let completed = |op: &world::Operation| op.status == Status::Completed;
                !matches!(
                    world.submission.final_state(),
                    Some(FinalState::Completed(_))
                ) || world.operations.iter().any(completed)
            }),
            Property::always(
                "declined and rejected mean that none can move",
                |_, world: &World| {
                    let over = |op: &world::Operation| op.status == Status::Declined;
                    !matches!(
                        world.submission.final_state(),
                        Some(FinalState::Declined { .. } | FinalState::Rejected { .. })
                    ) || (world.on_the_wire.is_empty()
                        && !world.may_still_send()
                        && world.operations.iter().all(over))
                },
            ),
            Property::always(
                "nobody waits unseen past the deadline",
                |_, world: &World| {
                    world.now < NEEDS_ATTENTION_AFTER
                        || world.submission.final_state().is_some()
                        || world
                            .submission
                            .attention(at(world.now), &schedule())
                            .is_some()
                },
            ),
            Property::sometimes("a lost submission is made again", |_, world: &World| {
                world.submissions > 1 && !world.operations.is_empty()
            }),
            Property::sometimes("a run that was reset submits", |_, world: &World| {
                world.run > 1 && world.submission.run_id() == "run-2" && world.submits()
            }),
            Property::sometimes("completed is reached", |_, world: &World| {
                matches!(
                    world.submission.final_state(),
                    Some(FinalState::Completed(_))
                )
            }),
            Property::sometimes("declined is reached", |_, world: &World| {
                matches!(
                    world.submission.final_state(),
                    Some(FinalState::Declined { .. })
                )
            }),
            Property::sometimes("a refusal after a lost one is final", |_, world: &World| {
                world.submissions > 1
                    && matches!(
                        world.submission.final_state(),
                        Some(FinalState::Rejected { .. })
                    )
            }),
        ]
    }
}

const AT_MOST_ONE: &str = "at most one operation is ever accepted";

#[test]
fn no_interleaving_moves_money_twice_or_tells_a_wrong_end() {
    let checker = PAYMENT.checker().threads(2).spawn_bfs().join();
    println!(
        "{} states, {} of them different",
        checker.state_count(),
        checker.unique_state_count()
    );
    checker.assert_properties();
    assert!(
        checker.unique_state_count() > 10_000,
        "the model has shrunk to nothing"
    );
}

/// The model can fail: it finds the errors that it is meant to find.
#[test]
fn the_model_finds_the_double_charge_where_a_bound_or_a_check_is_missing() {
    for (what, payment) in [
        (
            "a kernel that sends for six times as long as the proof allows for",
            Payment {
                kernel_sends_for: 6,
                hands_out_again: false,
                resets: false,
                ..PAYMENT
            },
        ),
        (
            "a second attempt that submits",
            Payment {
                steps_check: false,
                resets: false,
                ..PAYMENT
            },
        ),
        (
            "a run that submits after a reset, as if it were the first",
            Payment {
                steps_check: false,
                hands_out_again: false,
                ..PAYMENT
            },
        ),
    ] {
        let finish = HasDiscoveries::AnyOf([AT_MOST_ONE].into());
        let checker = payment.checker().threads(2).finish_when(finish);
        let checker = checker.spawn_bfs().join();
        assert!(checker.discovery(AT_MOST_ONE).is_some(), "{what}");
    }
}

proptest! {
    /// Longer than every interleaving could be tried: forty minutes, with what happens in between
    /// drawn at random. A failure is shrunk to the shortest walk that shows it.
    #[test]
    fn no_long_walk_moves_money_twice_or_tells_a_wrong_end(
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..600)
    ) {
        let payment = Payment { last_moment: LAST_MOMENT_OF_A_WALK, ..PAYMENT };
        let mut world = payment.init_states().remove(0);
        for pick in picks {
            let mut events = Vec::new();
            payment.actions(&world, &mut events);
            if events.is_empty() {
                break;
            }
            let event = *pick.get(&events);
            world = payment.next_state(&world, event).unwrap();
            for property in payment.properties() {
                if property.expectation == Expectation::Always {
                    let holds = (property.condition)(&payment, &world);
                    prop_assert!(holds, "{}, after {event:?}: {world:?}", property.name);
                }
            }
        }
    }
}
