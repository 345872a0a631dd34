//! The same action with the plain `temporal` command. It is shown next to every answer, so that
//! nobody depends on this program.

use crate::reconciliation;
use jiff::civil::Date;
use payments_client::{Error, Filter, workflow_type};
use serde::Serialize;
use temporalio_common::{QueryDefinition, UpdateDefinition};
use workflows::ExtraPayment;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;

pub(crate) fn start(
    kind: Kind,
    request: &PaymentRequest,
    task_queue: &str,
    again: bool,
) -> serde_json::Result<String> {
    // The plain command does not look at the earlier runs first.
    let policy = if again {
        "AllowDuplicateFailedOnly"
    } else {
        "RejectDuplicate"
    };
    Ok(format!(
        "temporal workflow start --type {} -w {} --task-queue {} \
         --id-reuse-policy {policy} --id-conflict-policy Fail --input {}",
        workflow_type(kind),
        request.request_id.workflow_id(),
        quoted(task_queue),
        quoted(&serde_json::to_string(request)?),
    ))
}

pub(crate) fn status(request_id: &RequestId) -> String {
    let workflow_id = request_id.workflow_id();
    let name = ExtraPayment::state.name();
    format!("temporal workflow query -w {workflow_id} --type {name}")
}

pub(crate) fn result(request_id: &RequestId) -> String {
    format!("temporal workflow result -w {}", request_id.workflow_id())
}

pub(crate) fn cancel(request_id: &RequestId) -> String {
    format!("temporal workflow cancel -w {}", request_id.workflow_id())
}

pub(crate) fn show(request_id: &RequestId) -> String {
    format!("temporal workflow show -w {}", request_id.workflow_id())
}

pub(crate) fn check_now(workflow_id: &str) -> String {
    let name = ExtraPayment::check_now.name();
    format!("temporal workflow update execute -w {workflow_id} --name {name}")
}

pub(crate) fn update<T: Serialize>(
    workflow_id: &str,
    name: &str,
    input: &T,
) -> serde_json::Result<String> {
    Ok(format!(
        "temporal workflow update execute -w {workflow_id} --name {name} --input {}",
        quoted(&serde_json::to_string(input)?),
    ))
}

/// The command, with `$ID` for each of these workflows. An id needs no quotes in a shell.
pub(crate) fn for_each(workflow_ids: &[String], command: &str) -> String {
    format!("for ID in {}; do {command}; done", workflow_ids.join(" "))
}

pub(crate) fn list(filter: &Filter, limit: usize) -> Result<String, Error> {
    let query = quoted(&filter.query()?);
    Ok(format!(
        "temporal workflow list --limit {limit} --query {query}"
    ))
}

pub(crate) fn closed_since(day: Date, merchant: Option<&str>) -> Result<String, Error> {
    let query = quoted(&reconciliation::closed_since(day, merchant)?);
    Ok(format!("temporal workflow list --query {query}"))
}

/// For a POSIX shell.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_types_cannot_leave_its_quotes() {
        assert_eq!(
            quoted("sky-technologies-integration"),
            "sky-technologies-integration"
        );
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("it's $(x)"), r"'it'\''s $(x)'");
    }
}
