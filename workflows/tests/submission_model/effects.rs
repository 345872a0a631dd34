//! What an event does to the world.

use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::contract::resolution::{Resolution, ResolveAs};
use workflows::operation::partner_report::{
    self, OperationState, Shown, StatusReport, SubmissionReport,
};
use workflows::operation::verdict::Verdict;

use crate::events::{Event, RECORDED};
use crate::partner::{ACCEPTS_WITHIN, Partner};
use crate::payment::Payment;
use crate::steps::not_sent;
use crate::timing::{at, schedule};
use crate::world::{Awaits, Operation, Prepared, Stage, Status, StepInHand, World};

impl World {
    pub(crate) fn apply(&mut self, event: Event, payment: &Payment) {
        let (now, timings) = (at(self.now), schedule());
        match event {
            Event::Tick => {
                self.now += 1;
                let accepted_within = payment.kernel_sends_for + ACCEPTS_WITHIN;
                self.on_the_wire
                    .retain(|sent_at| self.now <= sent_at + accepted_within);
            }
            Event::Act(wake) => self.act(wake, payment),
            Event::HandOutAgain => {
                let first = self.steps.iter().find(|step| self.is_awaited(step));
                if let (Some(first), Awaits::Submission { lost_at, .. }) = (first, self.awaits) {
                    let again = StepInHand {
                        attempt: 2,
                        stage: self.first_stage(payment),
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
                self.run += 1;
                let refused = self.refused_in_first_run.as_ref();
                let point = self.reset_points.get(point).or(refused);
                self.submission = point.expect("a point").clone();
                if !payment.resets_keep_the_start {
                    self.submission = self.submission.clone().with_start(now);
                }
                self.awaits = Awaits::Nothing;
            }
            Event::Prepare(n) => self.prepare(n),
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
            Event::RefuseAgain(n) => {
                let code = RECORDED.to_owned();
                self.submitted(n, SubmissionReport::RefusedBefore { code });
            }
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
                if !self.is_dropped(payment) {
                    let operation = Operation {
                        accepted_at: self.now,
                        status: Status::Pending,
                    };
                    self.operations.push(operation);
                }
            }
            Event::End(n, completed) => {
                let end = if completed {
                    Status::Completed
                } else {
                    Status::Declined
                };
                self.operations[n].status = end;
            }
            Event::Show(view) => {
                let report = self.status(view, payment);
                self.answered(report);
            }
            Event::LoseAnswer => self.lose_answer(),
            Event::Resolve(resolve_as, view) => {
                let report = self.status(view, payment);
                let reported = self.reported(report);
                let now = at(self.now);
                let verdict = self.submission.answered(&reported, now, now, &schedule());
                self.resolve(resolve_as, &verdict);
            }
            Event::ResolveUnasked => {
                let verdict = self
                    .submission
                    .question_lost("lost", at(self.now), &schedule());
                self.resolve(ResolveAs::Declined, &verdict);
            }
        }
        self.tidy();
    }

    /// Whether the partner does nothing about a submission that arrives now.
    fn is_dropped(&self, payment: &Payment) -> bool {
        match payment.partner {
            Partner::ShowsInTime | Partner::PromisesNothing => false,
            Partner::DropsRepeats(_) if self.refused => true,
            Partner::DropsRepeats(window) => {
                let kept = |op: &Operation| self.now <= op.accepted_at + window;
                self.operations.iter().any(kept)
            }
            Partner::TakesTwoSteps => {
                let given_up = self.prepared == Prepared::GivenUp && payment.gives_up_for_good;
                given_up || !self.operations.is_empty()
            }
        }
    }

    fn resolve(&mut self, resolve_as: ResolveAs, verdict: &Verdict) {
        let resolution = Resolution {
            resolve_as,
            operator: "ann".to_owned(),
            reason: "told by telephone".to_owned(),
            ticket: None,
            partner_payment_id: None,
            billing_document_id: None,
        };
        let now = at(self.now);
        if let Ok(final_state) = resolution.decide(&self.submission, verdict, now, &schedule()) {
            self.submission.close(final_state);
        }
    }

    /// The partner's answer to a question.
    fn status(&mut self, view: Option<usize>, payment: &Payment) -> StatusReport {
        match view {
            Some(n) => StatusReport::Shown(self.shown(n)),
            None if payment.partner != Partner::TakesTwoSteps => StatusReport::NotFound,
            None => self.give_up(),
        }
    }

    /// A question to a partner that works in two steps also makes it give up.
    fn give_up(&mut self) -> StatusReport {
        if !self.id_recorded || !self.submission.may_have_been_sent() {
            return StatusReport::NothingMoved;
        }
        self.prepared = Prepared::GivenUp;
        StatusReport::Shown(shown(0, Status::Declined))
    }

    fn shown(&self, n: usize) -> OperationState {
        shown(n, self.operations[n].status)
    }
}

fn shown(n: usize, status: Status) -> OperationState {
    OperationState {
        request_id: "r-1".to_owned(),
        kind: Shown::Ours(Kind::ExtraPayment),
        status: match status {
            Status::Pending => partner_report::Status::Pending,
            Status::Completed => partner_report::Status::Completed,
            Status::Declined => partner_report::Status::Declined {
                code: "unspecified".to_owned(),
            },
        },
        money: Shown::Ours(Money::parse("125.50", "KGS").unwrap()),
        partner_payment_id: format!("pp-{n}"),
        updated_at: "2026-11-24T08:00:00Z".parse().unwrap(),
    }
}
