//! The payment as a model: what can happen, what must always hold, and what must be possible.

use stateright::{Model, Property};
use workflows::operation::submission::{FinalState, Submission};

use crate::events::Event;
use crate::partner::Partner;
use crate::payment::Payment;
use crate::timing::{NEEDS_ATTENTION_AFTER, at, schedule};
use crate::world::{Operation, Status, World, asked};

pub(crate) const AT_MOST_ONE: &str = "at most one operation is ever accepted";
pub(crate) const NO_WRONG_END: &str = "declined and rejected mean that none can move";
pub(crate) const RESET_TWICE: &str = "a run that was reset twice ends";

impl Model for Payment {
    type State = World;
    type Action = Event;

    fn init_states(&self) -> Vec<World> {
        let submission = Submission::new(asked(), self.promised.promises(), "run-1", at(0));
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
        let mut properties = vec![
            Property::always(AT_MOST_ONE, |_, world: &World| world.operations.len() <= 1),
            Property::always("completed means that money moved", |_, world: &World| {
                let completed = |op: &Operation| op.status == Status::Completed;
                !matches!(world.end(), Some(FinalState::Completed(_)))
                    || world.operations.iter().any(completed)
            }),
            Property::always(NO_WRONG_END, |payment: &Payment, world: &World| {
                let over = |op: &Operation| op.status == Status::Declined;
                !matches!(
                    world.end(),
                    Some(FinalState::Declined { .. } | FinalState::Rejected { .. })
                ) || (world.nothing_can_move(payment.partner) && world.operations.iter().all(over))
            }),
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
        ];
        properties.extend(self.reached());
        properties
    }
}

impl Payment {
    /// What must be possible: the safe way goes somewhere.
    fn reached(&self) -> Vec<Property<Payment>> {
        let mut reached = vec![
            Property::sometimes("completed is reached", |_, world: &World| {
                matches!(world.end(), Some(FinalState::Completed(_)))
            }),
            Property::sometimes("declined is reached", |_, world: &World| {
                matches!(world.end(), Some(FinalState::Declined { .. }))
            }),
        ];
        let again = Property::sometimes("a lost submission is made again", |_, world: &World| {
            world.submissions > 1 && !world.operations.is_empty()
        });
        let reset = Property::sometimes("a run that was reset submits", |_, world: &World| {
            world.run > 1 && world.submission.run_id() == "run-2" && world.submits()
        });
        let refused =
            Property::sometimes("a refusal after a lost one is final", |_, world: &World| {
                world.submissions > 1 && matches!(world.end(), Some(FinalState::Rejected { .. }))
            });
        if self.resets_past_a_refusal {
            reached.push(Property::sometimes(RESET_TWICE, |_, world: &World| {
                world.run > 2 && world.end().is_some()
            }));
        }
        match self.partner {
            Partner::ShowsInTime => reached.extend([again, reset, refused]),
            Partner::DropsRepeats(_) if self.resets => reached.extend([again, reset]),
            Partner::DropsRepeats(_) => reached.push(again),
            Partner::TakesTwoSteps => reached.push(reset),
            Partner::PromisesNothing => {}
        }
        reached
    }
}
