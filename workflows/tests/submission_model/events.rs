//! What may happen next.

use workflows::contract::resolution::ResolveAs;
use workflows::operation::submission::FinalState;
use workflows::operation::submission::next_step::Wake;

use crate::partner::Partner;
use crate::payment::Payment;
use crate::timing::{at, schedule};
use crate::world::{Awaits, Stage, Status, StepInHand, World};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Event {
    /// Time passes.
    Tick,
    /// The run does what it may.
    Act(Wake),
    /// Temporal hands the submission's step out again.
    HandOutAgain,
    /// An operator resets the payment to one of the first run's points.
    Reset(usize),
    /// The step has the partner make the operation.
    Prepare(usize),
    /// The step's question finds nothing, and the bytes are next.
    FindNothing(usize),
    /// The step's question finds this operation.
    Find(usize, usize),
    /// The step reports that nothing was sent.
    NotSent(usize),
    /// The step gives the bytes to the kernel.
    Send(usize),
    /// The partner answers the step about this operation.
    Answer(usize, usize),
    /// The partner refuses what the step sent, and drops it.
    Refuse(usize, &'static str),
    /// The partner repeats to the step the refusal that it has recorded.
    RefuseAgain(usize),
    /// The step reports that no answer came.
    NoAnswer(usize),
    /// The step's report is lost: its worker died, it timed out, or an operator failed it by hand.
    Lose,
    /// The partner accepts what is on the wire.
    Accept(usize),
    /// An operation reaches its end.
    End(usize, bool),
    /// A replica shows this operation, or nothing where it may lag.
    Show(Option<usize>),
    /// The answer to the question is lost.
    LoseAnswer,
    /// An operator closes it, after the partner answered as a replica may.
    Resolve(ResolveAs, Option<usize>),
    /// An operator would close it as declined, and the answer to the question before that is lost.
    ResolveUnasked,
}

/// The code of a refusal that the partner records, and repeats from then on.
pub(crate) const RECORDED: &str = "recorded";

impl World {
    /// All that may happen next.
    pub(crate) fn events(&self, payment: &Payment, events: &mut Vec<Event>) {
        if self.now < payment.last_moment && !self.something_is_due() {
            events.push(Event::Tick);
        }
        events.extend((0..self.on_the_wire.len()).map(Event::Accept));
        for (n, operation) in self.operations.iter().enumerate() {
            if operation.status == Status::Pending {
                events.extend([Event::End(n, true), Event::End(n, false)]);
            }
        }
        for (n, step) in self.steps.iter().enumerate() {
            self.events_of_step(n, step, payment, events);
        }
        let end = self.end();
        let may_be_reset = match end {
            None => payment.resets,
            Some(FinalState::Rejected { .. }) => payment.resets_past_a_refusal,
            Some(_) => false,
        };
        if may_be_reset && self.run == 1 {
            events.extend([Event::Reset(0), Event::Reset(1)]);
        }
        if may_be_reset && self.run == 2 && self.refused_in_first_run.is_some() {
            events.push(Event::Reset(2));
        }
        if end.is_some() {
            return;
        }
        match self.awaits {
            Awaits::Nothing => {
                // Repeats could follow one another without an end within a moment; two are enough.
                let repeats = matches!(payment.partner, Partner::DropsRepeats(_));
                if !repeats || self.steps.len() + self.on_the_wire.len() < 2 {
                    let wakes = [Wake::Timer, Wake::Callback, Wake::Operator];
                    events.extend(wakes.map(Event::Act));
                }
                let now = at(self.now);
                if self.submission.attention(now, &schedule()).is_some() {
                    for view in self.views(payment) {
                        events.push(Event::Resolve(ResolveAs::Completed, view));
                        events.push(Event::Resolve(ResolveAs::Declined, view));
                    }
                    events.push(Event::ResolveUnasked);
                }
            }
            Awaits::Submission { attempt, .. } => {
                events.push(Event::Lose);
                if payment.hands_out_again && attempt == 1 {
                    events.push(Event::HandOutAgain);
                }
            }
            Awaits::Answer(_) => {
                events.push(Event::LoseAnswer);
                events.extend(self.views(payment).into_iter().map(Event::Show));
            }
        }
    }

    fn events_of_step(
        &self,
        n: usize,
        step: &StepInHand,
        payment: &Payment,
        events: &mut Vec<Event>,
    ) {
        let is_awaited = self.is_awaited(step);
        // A step looks at its permit before anything else, so one that is withheld sends nothing.
        let may_go_on = !payment.steps_check || step.withheld().is_none();
        let in_time = at(self.now) <= step.permit.last_moment(&step.handed_out());
        match step.stage {
            Stage::Preparing | Stage::Asking | Stage::Ready if is_awaited => {
                events.push(Event::NotSent(n))
            }
            _ => {}
        }
        match step.stage {
            Stage::Preparing if may_go_on => events.push(Event::Prepare(n)),
            Stage::Asking if may_go_on => {
                for view in self.views(payment) {
                    match view {
                        Some(operation) if is_awaited => events.push(Event::Find(n, operation)),
                        Some(_) => {}
                        None => events.push(Event::FindNothing(n)),
                    }
                }
            }
            Stage::Ready if may_go_on && in_time => events.push(Event::Send(n)),
            Stage::Sent(sent_at) if is_awaited => {
                events.push(Event::NoAnswer(n));
                if self.on_the_wire.contains(&sent_at) {
                    let codes = ["amount_exceeds_balance", "rate_limited"];
                    events.extend(codes.map(|code| Event::Refuse(n, code)));
                    if matches!(payment.partner, Partner::DropsRepeats(_)) {
                        events.push(Event::Refuse(n, RECORDED));
                    }
                } else if self.refused {
                    events.push(Event::RefuseAgain(n));
                } else if !self.operations.is_empty() {
                    events.push(Event::Answer(n, self.operations.len() - 1));
                }
            }
            _ => {}
        }
    }

    /// Whether time may not pass: Temporal gives a step up in time, and a request that is answered
    /// at all is answered within a unit.
    fn something_is_due(&self) -> bool {
        let timed_out = match self.awaits {
            Awaits::Nothing => false,
            Awaits::Submission { lost_at, .. } => self.now >= lost_at,
            Awaits::Answer(asked_at) => self.now > asked_at,
        };
        let unanswered = self.steps.iter().any(|step| {
            let Stage::Sent(sent_at) = step.stage else {
                return false;
            };
            self.is_awaited(step) && self.now > sent_at
        });
        timed_out || unanswered
    }
}
