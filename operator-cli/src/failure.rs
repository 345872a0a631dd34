//! An error, as a program gets it: one JSON object.

use anyhow::Error as Failure;
use payments_client::{Error, NoOutcome};
use serde_json::{Map, Value, json};
use workflows::contract::ids::RequestId;

use crate::exit::Exit;
use crate::reconciliation::ReportError;

/// `error` is a name to match on, `message` is for people, and `exit_code` is the program's.
pub(crate) fn json(failure: &Failure) -> Value {
    let mut object = match failure.downcast_ref::<Error>() {
        Some(error) => fields(error),
        None if failure.is::<clap::Error>() => named("usage"),
        None if failure.is::<ReportError>() => named("invalid_report"),
        None => named("failed"),
    };
    object.insert("message".to_owned(), json!(text(failure)));
    object.insert(
        "exit_code".to_owned(),
        json!(Exit::of_failure(failure) as u8),
    );
    Value::Object(object)
}

/// What to type after a start that found an operation without an outcome.
pub(crate) fn way_on(failure: &Failure) -> Option<String> {
    match failure.downcast_ref::<Error>()? {
        Error::NoOutcome { end, .. } if end.sent_nothing() => {
            Some("nothing was started; the same command with --again starts it".to_owned())
        }
        Error::NoOutcome { request_id, .. } => Some(format!(
            "nothing was started; what to do says: sky-payments explain {request_id}"
        )),
        _ => None,
    }
}

/// The error of one operation among several, or its end without an outcome.
pub(crate) fn of_operation(request_id: &RequestId, error: &Error) -> Map<String, Value> {
    let mut object = fields(error);
    object.insert("request_id".to_owned(), json!(request_id));
    object.insert("message".to_owned(), json!(error.to_string()));
    object.insert("exit_code".to_owned(), json!(Exit::of(error) as u8));
    object
}

/// On one line, also where clap has several.
fn text(failure: &Failure) -> String {
    match failure.downcast_ref::<clap::Error>() {
        Some(usage) => {
            let text = usage.render().to_string();
            let lines = text.lines().map(str::trim);
            let message = lines.take_while(|line| !line.starts_with("Usage:"));
            let message: Vec<&str> = message.filter(|line| !line.is_empty()).collect();
            message.join(" ").trim_start_matches("error: ").to_owned()
        }
        None => format!("{failure:#}"),
    }
}

fn named(error: &str) -> Map<String, Value> {
    Map::from_iter([("error".to_owned(), json!(error))])
}

/// The name to match on.
pub(crate) fn name(error: &Error) -> &'static str {
    described(error).0
}

fn fields(error: &Error) -> Map<String, Value> {
    let (name, more) = described(error);
    let mut object = named(name);
    if let Value::Object(more) = more {
        object.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    object
}

/// Its name, and what else is known of it.
fn described(error: &Error) -> (&'static str, Value) {
    match error {
        Error::NotFound(place) => ("not_found", json!({ "request_id": place.request_id })),
        Error::NoNamespace(place) => ("no_namespace", json!({ "namespace": place.namespace })),
        Error::InvalidRequest(invalid) => ("invalid_request", json!({ "field": invalid.field })),
        Error::OtherRequest {
            request_id,
            run_id,
            differs,
        } => (
            "other_request",
            json!({ "request_id": request_id, "run_id": run_id, "differs": differs }),
        ),
        Error::NoOutcome { request_id, end } => (
            end_name(end),
            json!({
                "request_id": request_id, "nothing_sent": end.sent_nothing(),
                "field": match end {
                    NoOutcome::InvalidRequest(invalid) => json!(invalid.field),
                    _ => Value::Null,
                },
            }),
        ),
        Error::Closed(request_id) => ("closed", json!({ "request_id": request_id })),
        Error::NoAccount(merchant) => ("no_account", json!({ "merchant": merchant })),
        Error::Refused(_) => ("refused", Value::Null),
        Error::Paused => ("paused", Value::Null),
        Error::Unavailable { .. } => ("unavailable", Value::Null),
        Error::NoWorker(_) => ("no_worker", Value::Null),
        Error::Misconfigured { .. } => ("misconfigured", Value::Null),
        Error::Unreadable(_) => ("unreadable", Value::Null),
        _ => ("failed", Value::Null),
    }
}

fn end_name(end: &NoOutcome) -> &'static str {
    match end {
        NoOutcome::InvalidRequest(_) => "invalid_request",
        NoOutcome::Cancelled => "cancelled",
        NoOutcome::Terminated => "terminated",
        NoOutcome::TimedOut => "timed_out",
        _ => "workflow_failed",
    }
}
