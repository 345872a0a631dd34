//! What the same would be with the plain `temporal` command: shown beside every answer, so that
//! nobody depends on this program.

use jiff::civil::Date;
use payments_client::reconciliation;
use payments_client::{Error, Filter, workflow_type};
use serde::Serialize;
use workflows::approval::{Approval, Withdrawal};
use workflows::ids::RequestId;
use workflows::partner_word::Kind;
use workflows::request::PaymentRequest;
use workflows::resolution::Resolution;

pub(crate) fn start(
    kind: Kind,
    request: &PaymentRequest,
    task_queue: &str,
) -> serde_json::Result<String> {
    Ok(format!(
        "temporal workflow start --type {} -w {} --task-queue {} \
         --id-reuse-policy RejectDuplicate --id-conflict-policy Fail --input {}",
        workflow_type(kind),
        request.request_id.workflow_id(),
        quoted(task_queue),
        quoted(&serde_json::to_string(request)?),
    ))
}

pub(crate) fn status(request_id: &RequestId) -> String {
    let workflow_id = request_id.workflow_id();
    format!("temporal workflow query -w {workflow_id} --type state")
}

pub(crate) fn result(request_id: &RequestId) -> String {
    format!("temporal workflow result -w {}", request_id.workflow_id())
}

pub(crate) fn cancel(request_id: &RequestId) -> String {
    format!("temporal workflow cancel -w {}", request_id.workflow_id())
}

pub(crate) fn check_now(request_id: &RequestId) -> String {
    let workflow_id = request_id.workflow_id();
    format!("temporal workflow update execute -w {workflow_id} --name check_now")
}

pub(crate) fn resolve(
    request_id: &RequestId,
    resolution: &Resolution,
) -> serde_json::Result<String> {
    update(request_id, "resolve", resolution)
}

pub(crate) fn approve(request_id: &RequestId, approval: &Approval) -> serde_json::Result<String> {
    update(request_id, "approve_resolution", approval)
}

pub(crate) fn withdraw(
    request_id: &RequestId,
    withdrawal: &Withdrawal,
) -> serde_json::Result<String> {
    update(request_id, "withdraw_resolution", withdrawal)
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

fn update<T: Serialize>(
    request_id: &RequestId,
    name: &str,
    input: &T,
) -> serde_json::Result<String> {
    Ok(format!(
        "temporal workflow update execute -w {} --name {name} --input {}",
        request_id.workflow_id(),
        quoted(&serde_json::to_string(input)?),
    ))
}

/// For a POSIX shell.
fn quoted(text: &str) -> String {
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
