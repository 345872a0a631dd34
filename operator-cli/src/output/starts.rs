//! What a start has done.

use std::io;

use payments_client::{Error, Started};
use serde_json::json;

use super::{Output, outcome_line};
use crate::terminal::{print, print_command, print_json};

impl Output {
    pub(crate) fn started(&self, started: &Started, ui: Option<&str>) -> io::Result<()> {
        let Started {
            request_id,
            run_id,
            repeat,
            ..
        } = started;
        let link = ui.map(|ui| format!("{ui}/workflows/{}/{run_id}", request_id.workflow_id()));
        if self.is_json() {
            let repeat = repeat.as_ref();
            return print_json(&json!({
                "request_id": request_id,
                "workflow_id": request_id.workflow_id(),
                "run_id": run_id,
                "ui": link,
                "repeat": repeat.map(|repeat| json!({ "outcome": repeat.outcome, "differs": [] })),
            }));
        }
        match repeat {
            None => print(&format_args!("{request_id}  started"))?,
            Some(repeat) => {
                let end = match &repeat.outcome {
                    None => "it is open".to_owned(),
                    Some(outcome) => format!("it has ended: {}", outcome_line(outcome)),
                };
                print(&format_args!(
                    "{request_id}  started before, by the same request; {end}"
                ))?;
            }
        }
        match link {
            Some(link) => print_command(&link),
            None => Ok(()),
        }
    }

    /// A start of a request id that another request has.
    pub(crate) fn other_request(&self, error: &Error) -> io::Result<()> {
        let Error::OtherRequest {
            request_id,
            run_id,
            differs,
        } = error
        else {
            return Ok(());
        };
        if self.is_json() {
            return print_json(&json!({
                "request_id": request_id,
                "workflow_id": request_id.workflow_id(),
                "run_id": run_id,
                "repeat": { "differs": differs },
            }));
        }
        print(&format_args!(
            "{request_id}  started before, by another request; nothing was started now"
        ))?;
        differs
            .iter()
            .try_for_each(|difference| print(&format_args!("  {difference}")))
    }
}
