//! The systems that are struck: one where all points are held at the same time, and two where requests
//! are given up soon enough for what comes late to be seen.

use harness::{Operation, Timings};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::held::Held;
use super::point::{POINTS, Point};

/// What is held in a system, and how long everything takes there.
#[derive(Clone, Copy)]
pub(crate) struct Scene {
    pub(crate) points: &'static [Point],
    /// How many operations of each kind are held at each of them.
    copies: usize,
    pub(crate) timings: Timings,
    /// How late the question before the submission is answered: after the strike, and in time.
    pub(crate) question_takes: &'static str,
    /// For how long a call without an answer may have lasted, so that the strike surely comes before
    /// its end.
    pub(crate) call_lasted: SignedDuration,
    /// For how long the partner does not show what it has accepted.
    status_lag: &'static str,
}

impl Scene {
    /// A request and a pause last long enough that all of them can be held at the same time, also on
    /// a machine that is busy with something else.
    pub(crate) const EVERY_POINT: Scene = Scene {
        points: &POINTS,
        copies: 1,
        timings: Timings {
            request_timeout: "60s",
            first_check: "15s",
            growth: 1,
            longest_pause: "15s",
            shows_within: "2s",
            needs_attention_after: "30m",
            attention_check: "15s",
            look_again_after: None,
        },
        question_takes: "55s",
        call_lasted: SignedDuration::from_secs(50),
        status_lag: "0s",
    };

    /// The packets of a submission are lost, and the kernel sends them again after 0.2, 0.6, 1.4, 3,
    /// 6.2, 12.6 s and so on. A submission that is made again in the wrong belief that nothing is on
    /// its way comes 18 s after the first: before the partner shows what arrived meanwhile.
    pub(crate) const SUBMISSION_LATE: Scene = Scene {
        points: &[Point::QuestionBeforeSubmission],
        timings: Timings {
            request_timeout: "2s",
            first_check: "3s",
            longest_pause: "3s",
            shows_within: "9s",
            ..Scene::EVERY_POINT.timings
        },
        question_takes: "1500ms",
        call_lasted: SignedDuration::from_secs(1),
        status_lag: "9500ms",
        ..Scene::EVERY_POINT
    };

    /// A frozen worker holds as many steps of an account as it asks for at a time, which is 8.
    /// Everything is over before Temporal and the frozen worker give up their connection, which
    /// happens after a minute.
    pub(crate) const STEP_NOT_BEGUN: Scene = Scene {
        points: &[Point::StepNotBegun],
        copies: 4,
        timings: Timings {
            request_timeout: "1s",
            first_check: "1s",
            longest_pause: "1s",
            ..Scene::SUBMISSION_LATE.timings
        },
        ..Scene::SUBMISSION_LATE
    };

    /// What is held in it.
    pub(crate) fn operations(&self) -> Vec<Held> {
        let rows = self.points.iter().enumerate();
        let rows =
            rows.flat_map(|(row, &point)| point.kinds().iter().map(move |it| (row, point, it)));
        rows.flat_map(|(row, point, &kind)| {
            (0..self.copies).map(move |copy| {
                let id = format!("{}-{row}-{copy}", kind.as_str());
                let operation = Operation::new(kind, &id);
                let operation = match point {
                    // The routes choose the account by it.
                    Point::AtStripe(_) => operation.in_city("KG", "Osh"),
                    _ => operation,
                };
                Held { point, operation }
            })
        })
        .collect()
    }

    /// What the partner does by default. It charges again for each submission that it accepts.
    pub(crate) fn partner(&self) -> Value {
        json!({
            "completes_after": "100ms", "second_submission": "charges_again",
            "status_lag": self.status_lag,
        })
    }
}
