//! A pause, as Temporal has it.

use jiff::Timestamp;
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionPauseInfo;

/// Somebody's command to Temporal to let an operation or a step of it stand still.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pause {
    /// Temporal's name of whoever gave it.
    pub by: String,
    /// Why, in their words; may be empty.
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
