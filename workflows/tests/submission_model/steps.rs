//! What the steps of the operation do, and what it learns from them.

use workflows::operation::partner_report::{Reported, StatusReport, SubmissionReport};
use workflows::operation::submission::FinalState;
use workflows::operation::submission::next_step::{Step, Wake};
use workflows::operation::submission_permit::SubmissionPermit;

use crate::events::RECORDED;
use crate::partner::Partner;
use crate::payment::Payment;
use crate::timing::{at, schedule, units_until};
use crate::world::{Awaits, Prepared, Stage, StepInHand, World, run_id};

impl World {
    pub(crate) fn first_stage(&self, payment: &Payment) -> Stage {
        match (payment.partner, self.submission.partner_payment_id()) {
            (Partner::TakesTwoSteps, None) => Stage::Preparing,
            (Partner::TakesTwoSteps, Some(_)) => Stage::Ready,
            _ => Stage::Asking,
        }
    }

    pub(crate) fn prepare(&mut self, n: usize) {
        if self.prepared == Prepared::No {
            self.prepared = Prepared::Yes;
        }
        if self.is_awaited(&self.steps[n]) {
            self.id_recorded = true;
            let partner_payment_id = "pp-0".to_owned();
            self.submitted(n, SubmissionReport::Prepared { partner_payment_id });
        } else {
            self.steps.remove(n);
        }
    }

    pub(crate) fn act(&mut self, wake: Wake, payment: &Payment) {
        let (now, timings) = (at(self.now), schedule());
        match self.submission.step(&run_id(self.run), now, wake, &timings) {
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
                    stage: self.first_stage(payment),
                });
            }
            Step::Ask => self.awaits = Awaits::Answer(self.now),
            Step::WaitUntil(until) => assert!(until > now, "a wait that does not end"),
            Step::Done(_) => {}
        }
    }

    pub(crate) fn find_nothing(&mut self, n: usize) {
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

    pub(crate) fn refuse(&mut self, n: usize, code: &str) {
        let Stage::Sent(sent_at) = self.steps[n].stage else {
            return;
        };
        let on_the_wire = self.on_the_wire.iter().position(|sent| *sent == sent_at);
        self.on_the_wire.remove(on_the_wire.unwrap());
        self.refused |= code == RECORDED && self.operations.is_empty();
        let report = match code {
            "rate_limited" => not_sent(),
            code => SubmissionReport::Refused {
                code: code.to_owned(),
            },
        };
        self.submitted(n, report);
    }

    /// The step ends with its report.
    pub(crate) fn submitted(&mut self, n: usize, report: SubmissionReport) {
        self.steps.remove(n);
        let reported = self.reported(report);
        self.submission
            .submitted(&reported, at(self.now), &schedule());
        if self.run == 1 && matches!(self.end(), Some(FinalState::Rejected { .. })) {
            self.refused_in_first_run = Some(self.submission.clone());
        }
        self.awaits = Awaits::Nothing;
    }

    pub(crate) fn answered(&mut self, report: StatusReport) {
        let Awaits::Answer(asked_at) = self.awaits else {
            return;
        };
        let reported = self.reported(report);
        self.submission
            .answered(&reported, at(asked_at), at(self.now), &schedule());
        self.awaits = Awaits::Nothing;
    }

    /// Without a report, nothing is known of the run that asked.
    pub(crate) fn lose_answer(&mut self) {
        self.submission
            .question_lost("lost", at(self.now), &schedule());
        self.awaits = Awaits::Nothing;
    }

    pub(crate) fn reported<R>(&self, report: R) -> Reported<R> {
        let known_before = self.id_recorded.then(|| "pp-0".to_owned());
        Reported {
            known_before,
            ..Reported::new(run_id(self.run), report)
        }
    }
}

pub(crate) fn not_sent() -> SubmissionReport {
    SubmissionReport::not_sent("rate_limited")
}
