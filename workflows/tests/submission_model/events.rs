//! What may happen next, and what it does to the world.

use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::contract::resolution::{Resolution, ResolveAs};
use workflows::operation::partner_report::{
    self, OperationState, Reported, Shown, StatusReport, SubmissionReport,
};
use workflows::operation::submission::{Step, Wake};
use workflows::operation::submission_permit::SubmissionPermit;

use crate::Payment;
use crate::world::{
    ACCEPTS_WITHIN, Awaits, Operation, Stage, Status, StepInHand, World, at, run_id, schedule,
    units_until,
};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Event {
    /// Time passes.
    Tick,
    /// The run does what it may.
    Act(WakeKind),
    /// Temporal hands the submission's step out again.
    HandOutAgain,
    /// An operator resets the run to one of its points.
    Reset(usize),
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
    Resolve(Operator, Option<usize>),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum WakeKind {
    Timer,
    Callback,
    Operator,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Operator {
    SaysCompleted,
    SaysDeclined,
}

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
        if self.submission.final_state().is_some() {
            return;
        }
        if payment.resets && self.run == 1 {
            events.extend([Event::Reset(0), Event::Reset(1)]);
        }
        match self.awaits {
            Awaits::Nothing => {
                let wakes = [WakeKind::Timer, WakeKind::Callback, WakeKind::Operator];
                events.extend(wakes.map(Event::Act));
                let now = at(self.now);
                if self.submission.attention(now, &schedule()).is_some() {
                    for view in self.views() {
                        events.push(Event::Resolve(Operator::SaysCompleted, view));
                        events.push(Event::Resolve(Operator::SaysDeclined, view));
                    }
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
                events.extend(self.views().into_iter().map(Event::Show));
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
        let may_go_on = !payment.steps_check || step.withheld().is_none();
        match step.stage {
            Stage::Asking | Stage::Ready if is_awaited => events.push(Event::NotSent(n)),
            _ => {}
        }
        match step.stage {
            Stage::Asking if may_go_on => {
                for view in self.views() {
                    match view {
                        Some(operation) if is_awaited => events.push(Event::Find(n, operation)),
                        Some(_) => {}
                        None => events.push(Event::FindNothing(n)),
                    }
                }
            }
            Stage::Ready if at(self.now) <= step.permit.last_moment(&step.handed_out()) => {
                events.push(Event::Send(n));
            }
            Stage::Sent(sent_at) if is_awaited => {
                events.push(Event::NoAnswer(n));
                if self.on_the_wire.contains(&sent_at) {
                    let codes = ["amount_exceeds_balance", "rate_limited"];
                    events.extend(codes.map(|code| Event::Refuse(n, code)));
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

    pub(crate) fn apply(&mut self, event: Event, payment: &Payment) {
        let (now, timings) = (at(self.now), schedule());
        match event {
            Event::Tick => {
                self.now += 1;
                let accepted_within = payment.kernel_sends_for + ACCEPTS_WITHIN;
                self.on_the_wire
                    .retain(|sent_at| self.now <= sent_at + accepted_within);
            }
            Event::Act(wake) => self.act(wake),
            Event::HandOutAgain => {
                let first = self.steps.iter().find(|step| self.is_awaited(step));
                if let (Some(first), Awaits::Submission { lost_at, .. }) = (first, self.awaits) {
                    let again = StepInHand {
                        attempt: 2,
                        stage: Stage::Asking,
                        ..first.clone()
                    };
                    self.steps.push(again);
                    self.awaits = Awaits::Submission {
                        attempt: 2,
                        lost_at,
                    };
                }
            }
            Event::Reset(point) => {
                self.run = 2;
                self.submission = self.reset_points[point].clone();
                self.awaits = Awaits::Nothing;
            }
            Event::FindNothing(n) => self.find_nothing(n),
            Event::Find(n, operation) => {
                self.submitted(n, SubmissionReport::Found(self.shown(operation)));
            }
            Event::NotSent(n) => {
                let withheld = self.steps[n].withheld().filter(|_| payment.steps_check);
                self.submitted(n, withheld.unwrap_or_else(not_sent));
            }
            Event::Send(n) => {
                self.submissions = (self.submissions + 1).min(2);
                self.on_the_wire.push(self.now);
                self.on_the_wire.sort_unstable();
                self.steps[n].stage = Stage::Sent(self.now);
            }
            Event::Answer(n, operation) => {
                self.submitted(n, SubmissionReport::Answered(self.shown(operation)));
            }
            Event::Refuse(n, code) => self.refuse(n, code),
            Event::NoAnswer(n) => {
                let reason = "no answer in time".to_owned();
                self.submitted(n, SubmissionReport::Open { reason });
            }
            Event::Lose => {
                self.submission.lost(now, &timings);
                self.awaits = Awaits::Nothing;
            }
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
            Event::Show(view) => self.answered(self.status(view)),
            Event::LoseAnswer => self.answered(StatusReport::NoAnswer {
                reason: "lost".to_owned(),
                retry_after: None,
            }),
            Event::Resolve(operator, view) => self.resolve(operator, view),
        }
        self.tidy();
    }

    fn act(&mut self, wake: WakeKind) {
        let (now, timings) = (at(self.now), schedule());
        let wake = match wake {
            WakeKind::Timer => Wake::Timer,
            WakeKind::Callback => Wake::Callback,
            WakeKind::Operator => Wake::Operator,
        };
        match self.submission.step(now, wake, &timings) {
            Step::Submit => {
                self.reset_points[1] = self.submission.clone();
                let permit = SubmissionPermit {
                    run_id: self.submission.run_id().to_owned(),
                    not_after: self.submission.begin(now, &timings),
                };
                self.awaits = Awaits::Submission {
                    attempt: 1,
                    lost_at: units_until(permit.not_after),
                };
                self.steps.push(StepInHand {
                    run: self.run,
                    attempt: 1,
                    permit,
                    stage: Stage::Asking,
                });
            }
            Step::Ask => self.awaits = Awaits::Answer(self.now),
            Step::WaitUntil(until) => assert!(until > now, "a wait that does not end"),
            Step::Done(_) => {}
        }
    }

    fn find_nothing(&mut self, n: usize) {
        let step = &self.steps[n];
        let request_timeout = schedule().request_timeout;
        let late = step
            .permit
            .is_too_late(&step.handed_out(), at(self.now), request_timeout);
        match late {
            None => self.steps[n].stage = Stage::Ready,
            Some(report) if self.is_awaited(step) => self.submitted(n, report),
            Some(_) => {
                self.steps.remove(n);
            }
        }
    }

    fn refuse(&mut self, n: usize, code: &str) {
        let Stage::Sent(sent_at) = self.steps[n].stage else {
            return;
        };
        let on_the_wire = self.on_the_wire.iter().position(|sent| *sent == sent_at);
        self.on_the_wire.remove(on_the_wire.unwrap());
        let report = match code {
            "rate_limited" => not_sent(),
            code => SubmissionReport::Refused {
                code: code.to_owned(),
            },
        };
        self.submitted(n, report);
    }

    /// The step ends with its report.
    fn submitted(&mut self, n: usize, report: SubmissionReport) {
        self.steps.remove(n);
        let reported = self.reported(report);
        self.submission
            .submitted(&reported, at(self.now), &schedule());
        self.awaits = Awaits::Nothing;
    }

    fn answered(&mut self, report: StatusReport) {
        let Awaits::Answer(asked_at) = self.awaits else {
            return;
        };
        let reported = self.reported(report);
        self.submission
            .answered(&reported, at(asked_at), at(self.now), &schedule());
        self.awaits = Awaits::Nothing;
    }

    fn resolve(&mut self, operator: Operator, view: Option<usize>) {
        let resolution = Resolution {
            resolve_as: match operator {
                Operator::SaysCompleted => ResolveAs::Completed,
                Operator::SaysDeclined => ResolveAs::Declined,
            },
            operator: "ann".to_owned(),
            reason: "told by telephone".to_owned(),
            ticket: None,
            partner_payment_id: None,
            billing_document_id: None,
        };
        let reported = self.reported(self.status(view));
        let now = at(self.now);
        let verdict = self.submission.answered(&reported, now, now, &schedule());
        if let Ok(final_state) = resolution.decide(&self.submission, &verdict, now, &schedule()) {
            self.submission.close(final_state);
        }
    }

    fn reported<R>(&self, report: R) -> Reported<R> {
        Reported::new(run_id(self.run), report)
    }

    fn status(&self, view: Option<usize>) -> StatusReport {
        view.map_or(StatusReport::NotFound, |n| {
            StatusReport::Shown(self.shown(n))
        })
    }

    fn shown(&self, n: usize) -> OperationState {
        let status = match self.operations[n].status {
            Status::Pending => partner_report::Status::Pending,
            Status::Completed => partner_report::Status::Completed,
            Status::Declined => partner_report::Status::Declined {
                code: "unspecified".to_owned(),
            },
        };
        OperationState {
            request_id: "r-1".to_owned(),
            kind: Shown::Ours(Kind::ExtraPayment),
            status,
            money: Shown::Ours(Money::parse("125.50", "KGS").unwrap()),
            partner_payment_id: format!("pp-{n}"),
            updated_at: "2026-11-24T08:00:00Z".parse().unwrap(),
        }
    }
}

fn not_sent() -> SubmissionReport {
    SubmissionReport::NotSent {
        reason: "rate_limited".to_owned(),
        retry_after: None,
    }
}
