//! Whether a step that Temporal hands out may submit. Temporal may hand out a step a second time or
//! late, and a reset makes a run forget what it did. So what Temporal says about the step decides,
//! and not what the workflow's code remembers. Pure code, like `submission.rs`.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::operation::partner_report::SubmissionReport;
use crate::operation::schedule::after;

/// The conditions under which the workflow lets a step submit.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SubmissionPermit {
    /// The only run, by Temporal's id, that may submit: the one that knows that no submission is
    /// open.
    pub run_id: String,
    /// The last time at which bytes may be given to the kernel, by the wall clock.
    pub not_after: Timestamp,
}

/// What Temporal says about a step that it handed out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HandedOut {
    /// The run that the step belongs to.
    pub run_id: String,
    /// Whether Temporal hands it out for the first time. The attempt number alone does not show
    /// that: resetting an activity sets it back to 1.
    pub is_first: bool,
    /// Until when Temporal waits for its report.
    pub deadline: Timestamp,
}

impl SubmissionPermit {
    /// The report of a step that may not submit: another one may have submitted, or still may.
    pub fn withholds(&self, step: &HandedOut) -> Option<SubmissionReport> {
        let reason = if !step.is_first {
            "Temporal handed this step out again, and the first attempt may have submitted"
        } else if step.run_id != self.run_id {
            "this run was reset or goes on from another, which may have submitted"
        } else {
            return None;
        };
        Some(SubmissionReport::Withheld {
            reason: reason.to_owned(),
        })
    }

    /// The last time at which this step may give bytes to the kernel.
    pub fn last_moment(&self, step: &HandedOut) -> Timestamp {
        self.not_after.min(step.deadline)
    }

    /// The report of a step that at `now` has no time left for a submission and its answer.
    pub fn is_too_late(
        &self,
        step: &HandedOut,
        now: Timestamp,
        request_timeout: Duration,
    ) -> Option<SubmissionReport> {
        let last_moment = self.last_moment(step);
        if after(now, request_timeout) <= last_moment {
            return None;
        }
        Some(SubmissionReport::not_sent(too_late(last_moment, now)))
    }
}

/// Why a step does not submit any more.
pub fn too_late(last_moment: Timestamp, now: Timestamp) -> String {
    format!(
        "the worker was held up, or its clock is not Temporal's: it is {now:.3} here, and this \
         step has to end by {last_moment:.3}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::schedule::at;

    const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

    fn permit() -> SubmissionPermit {
        SubmissionPermit {
            run_id: "run-1".to_owned(),
            not_after: at(45),
        }
    }

    fn step(run_id: &str, is_first: bool) -> HandedOut {
        HandedOut {
            run_id: run_id.to_owned(),
            is_first,
            deadline: at(35),
        }
    }

    #[test]
    fn only_the_first_that_is_handed_out_in_the_run_that_knows_may_submit() {
        assert_eq!(permit().withholds(&step("run-1", true)), None);
        for other in [step("run-1", false), step("run-2", true)] {
            let report = permit().withholds(&other);
            let withheld = matches!(report, Some(SubmissionReport::Withheld { .. }));
            assert!(withheld, "{other:?}: {report:?}");
        }
    }

    #[test]
    fn nothing_is_submitted_that_could_not_be_answered_before_the_deadline() {
        let late = |now| permit().is_too_late(&step("run-1", true), at(now), REQUEST_TIMEOUT);
        assert_eq!(late(25), None);
        assert!(matches!(late(26), Some(SubmissionReport::NotSent { .. })));
        assert_eq!(permit().last_moment(&step("run-1", true)), at(35));
    }
}
