//! A pause, as Temporal shows it.

use jiff::Timestamp;
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionPauseInfo;

/// A request to Temporal to pause an operation or one of its steps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pause {
    /// The identity of its sender in Temporal.
    pub by: String,
    /// The reason in the sender's words; may be empty.
    pub reason: String,
    /// When.
    pub since: Option<Timestamp>,
}

impl Pause {
    pub(crate) fn read(info: WorkflowExecutionPauseInfo) -> Pause {
        Pause {
            by: info.identity,
            reason: info.reason,
            since: info
                .paused_time
                .and_then(|it| timestamp(it.seconds, it.nanos)),
        }
    }
}

pub(crate) fn timestamp(seconds: i64, nanos: i32) -> Option<Timestamp> {
    Timestamp::new(seconds, nanos).ok()
}
