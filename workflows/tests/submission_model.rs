//! Every interleaving, to a depth: the submission's state machine beside a partner that charges
//! again on each submission, accepts late, shows late and on one replica before the other, while
//! answers get lost, workers die, callbacks and operators wake the run at any time.
//!
//! Time runs in seconds. The partner keeps the contract's two promises: it accepts within
//! `ACCEPTS_WITHIN` of the last byte or never, and every replica shows what it accepted after
//! `LAGS_AT_MOST`.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use stateright::{Checker, Expectation, Model, Property};
use workflows::ids::RequestId;
use workflows::money::Money;
use workflows::partner_report::{OperationState, StatusReport, SubmissionReport};
use workflows::partner_word::{Asked, Kind};
use workflows::resolution::{Resolution, Verdict};
use workflows::schedule::Schedule;
use workflows::submission::{Settled, Step, Submission, Wake};

const ACCEPTS_WITHIN: u8 = 1;
const LAGS_AT_MOST: u8 = 1;
const NEEDS_ATTENTION_AFTER: u8 = 7;
/// Until when every interleaving is tried.
const LAST_SECOND: u8 = 12;
/// Until when some are.
const LAST_SECOND_OF_A_WALK: u8 = 120;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct World {
    now: u8,
    submission: Submission,
    worker: Worker,
    /// Submissions on the wire that the partner may still accept, by when their last byte was sent.
    on_the_wire: Vec<u8>,
    operations: Vec<Operation>,
    /// How many were sent; more than two are counted as two.
    submissions: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Worker {
    Idle,
    /// In the submission's activity, before the bytes are sent.
    BeforeSubmitting,
    /// In the submission's activity, after the bytes were sent at this second.
    AfterSubmitting(u8),
    /// In the status activity, since this second.
    Asking(u8),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Operation {
    accepted_at: u8,
    status: Status,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Status {
    Pending,
    Completed,
    Declined,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Event {
    /// A second passes.
    Tick,
    /// The run does what it may.
    Act(WakeKind),
    /// The question before the submission finds nothing, and the bytes go out.
    Send,
    /// The question before the submission finds this operation.
    FindBeforeSending(usize),
    /// The question before the submission fails; nothing is sent.
    NotSent,
    /// The partner accepts what is on the wire.
    Accept(usize),
    /// An operation reaches its end.
    End(usize, bool),
    /// The answer to the submission arrives, about this operation.
    AnswerSubmission(usize),
    /// The partner refuses the submission and drops it from the wire.
    Refuse(&'static str),
    /// The submission's answer is lost, or the worker dies.
    LoseSubmission,
    /// A replica shows this operation.
    Show(usize),
    /// A replica that may lag shows nothing.
    ShowNothing,
    /// The answer to the question is lost, or the worker dies.
    LoseAnswer,
    /// An operator closes it, after the partner answered as a replica may.
    Resolve(Operator, Option<usize>),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum WakeKind {
    Timer,
    Callback,
    Operator,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Operator {
    SaysCompleted,
    SaysDeclined,
}

/// One payment, watched until this second.
struct Payment {
    last_second: u8,
}

impl Model for Payment {
    type State = World;
    type Action = Event;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            now: 0,
            submission: Submission::new(asked(), at(0)),
            worker: Worker::Idle,
            on_the_wire: Vec::new(),
            operations: Vec::new(),
            submissions: 0,
        }]
    }

    fn actions(&self, world: &World, events: &mut Vec<Event>) {
        if world.now < self.last_second && !world.something_is_due() {
            events.push(Event::Tick);
        }
        events.extend((0..world.on_the_wire.len()).map(Event::Accept));
        for (n, operation) in world.operations.iter().enumerate() {
            if operation.status == Status::Pending {
                events.extend([Event::End(n, true), Event::End(n, false)]);
            }
        }
        let settled = world.submission.settled().is_some();
        match world.worker {
            Worker::Idle if !settled => {
                let wakes = [WakeKind::Timer, WakeKind::Callback, WakeKind::Operator];
                events.extend(wakes.map(Event::Act));
                if world
                    .submission
                    .attention(at(world.now), &schedule())
                    .is_some()
                {
                    for view in world.views() {
                        events.push(Event::Resolve(Operator::SaysCompleted, view));
                        events.push(Event::Resolve(Operator::SaysDeclined, view));
                    }
                }
            }
            Worker::Idle => {}
            Worker::BeforeSubmitting => {
                events.push(Event::NotSent);
                for view in world.views() {
                    events.push(view.map_or(Event::Send, Event::FindBeforeSending));
                }
            }
            Worker::AfterSubmitting(sent_at) => {
                events.push(Event::LoseSubmission);
                if world.on_the_wire.contains(&sent_at) {
                    events.extend(["amount_exceeds_balance", "rate_limited"].map(Event::Refuse));
                } else if !world.operations.is_empty() {
                    events.push(Event::AnswerSubmission(world.operations.len() - 1));
                }
            }
            Worker::Asking(_) => {
                events.push(Event::LoseAnswer);
                for view in world.views() {
                    events.push(view.map_or(Event::ShowNothing, Event::Show));
                }
            }
        }
    }

    fn next_state(&self, world: &World, event: Event) -> Option<World> {
        let mut next = world.clone();
        next.apply(event);
        // How often it was tried only makes pauses grow, and here they don't: without this the
        // same worlds would be visited once for every count.
        next.submission.callback();
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Payment>> {
        vec![
            Property::always(
                "at most one operation is ever accepted",
                |_, world: &World| world.operations.len() <= 1,
            ),
            Property::always("completed means that money moved", |_, world: &World| {
                !matches!(world.submission.settled(), Some(Settled::Completed(_)))
                    || world
                        .operations
                        .iter()
                        .any(|op| op.status == Status::Completed)
            }),
            Property::always(
                "declined and rejected mean that none can move",
                |_, world: &World| {
                    let over = |op: &Operation| op.status == Status::Declined;
                    !matches!(
                        world.submission.settled(),
                        Some(Settled::Declined { .. } | Settled::Rejected { .. })
                    ) || (world.on_the_wire.is_empty() && world.operations.iter().all(over))
                },
            ),
            Property::always(
                "nobody waits unseen past the deadline",
                |_, world: &World| {
                    world.now < NEEDS_ATTENTION_AFTER
                        || world.submission.settled().is_some()
                        || world
                            .submission
                            .attention(at(world.now), &schedule())
                            .is_some()
                },
            ),
            Property::sometimes("a lost submission is made again", |_, world: &World| {
                world.submissions > 1 && !world.operations.is_empty()
            }),
            Property::sometimes("completed is reached", |_, world: &World| {
                matches!(world.submission.settled(), Some(Settled::Completed(_)))
            }),
            Property::sometimes("declined is reached", |_, world: &World| {
                matches!(world.submission.settled(), Some(Settled::Declined { .. }))
            }),
            Property::sometimes(
                "a refusal after a lost one is settled",
                |_, world: &World| {
                    world.submissions > 1
                        && matches!(world.submission.settled(), Some(Settled::Rejected { .. }))
                },
            ),
        ]
    }
}

impl World {
    /// What a replica may show: an operation, or nothing while it may lag behind.
    fn views(&self) -> Vec<Option<usize>> {
        let mut views: Vec<Option<usize>> = (0..self.operations.len()).map(Some).collect();
        if self
            .operations
            .iter()
            .all(|op| self.now < op.accepted_at + LAGS_AT_MOST)
        {
            views.push(None);
        }
        views
    }

    /// Whether time may not pass: a step of an activity takes at most a second, and what is on
    /// the wire is accepted in time or dropped.
    fn something_is_due(&self) -> bool {
        match self.worker {
            Worker::AfterSubmitting(begun) | Worker::Asking(begun) => self.now > begun,
            Worker::BeforeSubmitting | Worker::Idle => false,
        }
    }

    fn apply(&mut self, event: Event) {
        let (now, timings) = (at(self.now), schedule());
        match event {
            Event::Tick => {
                self.now += 1;
                self.on_the_wire
                    .retain(|sent_at| self.now <= sent_at + ACCEPTS_WITHIN);
            }
            Event::Act(wake) => {
                let wake = match wake {
                    WakeKind::Timer => Wake::Timer,
                    WakeKind::Callback => Wake::Callback,
                    WakeKind::Operator => Wake::Operator,
                };
                match self.submission.step(now, wake, &timings) {
                    Step::Submit => {
                        self.submission.begin(now);
                        self.worker = Worker::BeforeSubmitting;
                    }
                    Step::Ask => self.worker = Worker::Asking(self.now),
                    Step::WaitUntil(until) => assert!(until > now, "a wait that does not end"),
                    Step::Done(_) => {}
                }
            }
            Event::Send => {
                self.submissions = (self.submissions + 1).min(2);
                self.on_the_wire.push(self.now);
                self.worker = Worker::AfterSubmitting(self.now);
            }
            Event::FindBeforeSending(n) => {
                self.submitted(SubmissionReport::Found(self.shown(n)));
            }
            Event::NotSent => self.submitted(not_sent()),
            Event::Accept(n) => {
                self.on_the_wire.remove(n);
                let operation = Operation {
                    accepted_at: self.now,
                    status: Status::Pending,
                };
                self.operations.push(operation);
            }
            Event::End(n, completed) => {
                let end = if completed {
                    Status::Completed
                } else {
                    Status::Declined
                };
                self.operations[n].status = end;
            }
            Event::AnswerSubmission(n) => {
                self.submitted(SubmissionReport::Answered(self.shown(n)));
            }
            Event::Refuse(code) => {
                let Worker::AfterSubmitting(sent_at) = self.worker else {
                    return;
                };
                let on_the_wire = self.on_the_wire.iter().position(|sent| *sent == sent_at);
                self.on_the_wire.remove(on_the_wire.unwrap());
                self.submitted(match code {
                    "rate_limited" => not_sent(),
                    code => SubmissionReport::Refused {
                        code: code.to_owned(),
                    },
                });
            }
            Event::LoseSubmission => {
                self.submission.lost(now, &timings);
                self.worker = Worker::Idle;
            }
            Event::Show(n) => self.answered(&StatusReport::Shown(self.shown(n))),
            Event::ShowNothing => self.answered(&StatusReport::NotFound),
            Event::LoseAnswer => self.answered(&StatusReport::NoAnswer {
                reason: "lost".to_owned(),
                retry_after: None,
            }),
            Event::Resolve(operator, view) => self.resolve(operator, view),
        }
    }

    fn submitted(&mut self, report: SubmissionReport) {
        self.submission
            .submitted(&report, at(self.now), &schedule());
        self.worker = Worker::Idle;
    }

    fn answered(&mut self, report: &StatusReport) {
        let Worker::Asking(asked_at) = self.worker else {
            return;
        };
        self.submission
            .answered(report, at(asked_at), at(self.now), &schedule());
        self.worker = Worker::Idle;
    }

    fn resolve(&mut self, operator: Operator, view: Option<usize>) {
        let resolution = Resolution {
            verdict: match operator {
                Operator::SaysCompleted => Verdict::Completed,
                Operator::SaysDeclined => Verdict::Declined,
            },
            operator: "ann".to_owned(),
            reason: "told by telephone".to_owned(),
            ticket: None,
            partner_payment_id: None,
        };
        let report = view.map_or(StatusReport::NotFound, |n| {
            StatusReport::Shown(self.shown(n))
        });
        let now = at(self.now);
        let word = self.submission.answered(&report, now, now, &schedule());
        if let Ok(settled) = resolution.decide(&self.submission, &word, now, &schedule()) {
            self.submission.close(settled);
        }
    }

    fn shown(&self, n: usize) -> OperationState {
        let status = match self.operations[n].status {
            Status::Pending => "PENDING",
            Status::Completed => "COMPLETED",
            Status::Declined => "DECLINED",
        };
        OperationState {
            request_id: "r-1".to_owned(),
            kind: "PAYMENT".to_owned(),
            status: status.to_owned(),
            decline_code: None,
            amount: "125.50".to_owned(),
            currency: "KGS".to_owned(),
            partner_payment_id: format!("pp-{n}"),
            updated_at: "2026-11-24T08:00:00Z".to_owned(),
        }
    }
}

fn asked() -> Asked {
    Asked {
        kind: Kind::ExtraPayment,
        request_id: RequestId::parse("r-1").unwrap(),
        money: Money::parse("125.50", "KGS").unwrap(),
    }
}

fn schedule() -> Schedule {
    Schedule {
        request_timeout: Duration::from_secs(1),
        first_check: Duration::from_secs(1),
        growth: 1,
        longest_pause: Duration::from_secs(1),
        visibility_delay: Duration::from_secs(u64::from(ACCEPTS_WITHIN + LAGS_AT_MOST)),
        needs_attention_after: Duration::from_secs(NEEDS_ATTENTION_AFTER.into()),
        attention_check: Duration::from_secs(1),
        ..Schedule::default()
    }
}

fn not_sent() -> SubmissionReport {
    SubmissionReport::NotSent {
        reason: "rate_limited".to_owned(),
        retry_after: None,
    }
}

fn at(second: u8) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + i64::from(second)).unwrap()
}

#[test]
fn no_interleaving_moves_money_twice_or_tells_a_wrong_end() {
    let payment = Payment {
        last_second: LAST_SECOND,
    };
    let checker = payment.checker().threads(2).spawn_bfs().join();
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

proptest! {
    /// Longer than every interleaving could be tried: two minutes, with what happens in between
    /// drawn at random. A failure is shrunk to the shortest walk that shows it.
    #[test]
    fn no_long_walk_moves_money_twice_or_tells_a_wrong_end(
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..600)
    ) {
        let payment = Payment { last_second: LAST_SECOND_OF_A_WALK };
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
