//! The verb `start`.

mod routing;

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use anyhow::Context;
use payments_client::{Error, OperationHandle, Payments, Place, WorkflowExecutionStatus};
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::request::{InvalidRequest, PaymentRequest};

use crate::arguments::StartArguments;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::explain::end_of;
use crate::{equivalent, waiting};

/// How it is started.
pub(crate) struct How {
    /// Also under an id under which nothing was ever sent.
    pub(crate) again: bool,
    /// Also where no published route fits.
    pub(crate) without_route: bool,
    /// Whether its end is waited for.
    pub(crate) wait: bool,
    /// The address of Temporal's UI.
    pub(crate) ui: Option<String>,
}

pub(crate) async fn start(
    context: &CommandContext,
    kind: Kind,
    arguments: &StartArguments,
    how: How,
) -> anyhow::Result<Exit> {
    let request = request(arguments)?;
    let payments = context.payments().await;
    let payments = payments.with_context(|| request.request_id.to_string())?;
    // Routes that were corrected before a second start may not be published yet.
    if !how.without_route && !how.again {
        routing::check(&payments, &request)
            .await
            .map_err(Error::from)?;
    }
    let command = equivalent::start(kind, &request, &context.task_queue, how.again)?;
    context.output.equivalent(&command);
    let started = if how.again {
        payments.start_again(kind, &request).await
    } else {
        payments.start(kind, &request).await
    };
    let started = match started {
        Err(error @ Error::OtherRequest { .. }) => {
            return other_request(context, &payments.operation(&request.request_id), error).await;
        }
        Err(error) => return Err(error.into()),
        Ok(started) => started,
    };
    let link = ui_link(how.ui.as_deref(), payments.place());
    context.output.started(&started, link.as_deref())?;
    if !how.wait {
        return Ok(Exit::Fine);
    }
    let operation = payments.operation(&started.request_id);
    waiting::wait(vec![operation], None, &context.output).await
}

/// Says in what they differ, and that a correction of a request under which nothing was sent can be
/// started all the same.
async fn other_request(
    context: &CommandContext,
    first: &OperationHandle,
    error: Error,
) -> anyhow::Result<Exit> {
    context.output.other_request(&error)?;
    let exit = Exit::of(&error);
    if context.output.is_json() {
        context.output.failure(&error.into());
    } else if sent_nothing(first).await.is_ok_and(|it| it) {
        let way_on = "the newest run under this id sent nothing; the same command with --again \
                      starts this one, if none before it did";
        context.output.line(way_on)?;
    }
    Ok(exit)
}

async fn sent_nothing(operation: &OperationHandle) -> Result<bool, Error> {
    let description = operation.describe().await?;
    Ok(match description.status {
        WorkflowExecutionStatus::Canceled => true,
        WorkflowExecutionStatus::Failed => end_of(operation, &description)
            .await
            .is_some_and(|end| end.sent_nothing()),
        _ => false,
    })
}

/// By its fields, from a file, or from standard input.
fn request(arguments: &StartArguments) -> anyhow::Result<PaymentRequest> {
    let (json, source) = match &arguments.input {
        None => (serde_json::to_vec(arguments)?, None),
        Some(path) => (read(path)?, Some(path)),
    };
    let request = PaymentRequest::parse(&json).and_then(|request| match misread(&request) {
        Some(invalid) => Err(invalid),
        None => Ok(request),
    });
    let request = request.map_err(Error::from);
    match source {
        Some(path) => request.with_context(|| path.display().to_string()),
        None => Ok(request?),
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut json = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().read_to_end(&mut json)?;
    } else {
        json = fs::read(path).with_context(|| format!("{} can't be read", path.display()))?;
    }
    Ok(json)
}

/// What no worker's configuration could make right.
fn misread(request: &PaymentRequest) -> Option<InvalidRequest> {
    if RequestId::of_workflow(request.request_id.as_str()).is_some() {
        let rule = "begins with sky-payment-, as workflow ids do: leave that out";
        return Some(InvalidRequest::new("request_id", rule));
    }
    let url = request.payment_completed_callback_url.as_deref()?;
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains(['?', '#']);
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    (!is_plain || !is_web || url.len() > LONGEST_URL).then(|| {
        InvalidRequest::new(
            "payment_completed_callback_url",
            format!(
                "must be an https address of at most {LONGEST_URL} visible ASCII characters, \
                 without a query or a fragment"
            ),
        )
    })
}

/// Of the contract; the worker counts its token too.
const LONGEST_URL: usize = 512;

/// Without an option, where Temporal Cloud and the dev server of this machine have it.
fn ui_link(ui: Option<&str>, place: &Place) -> Option<String> {
    let address = place.address.as_deref().unwrap_or_default();
    let address = address.split_once("://").map_or(address, |(_, host)| host);
    let host = address.trim_end_matches('/');
    let ui = match ui {
        Some(ui) if !ui.is_empty() => ui.trim_end_matches('/'),
        _ if host.contains(".tmprl.cloud") || host.contains(".temporal.io") => {
            "https://cloud.temporal.io"
        }
        _ if ["localhost:7233", "127.0.0.1:7233"].contains(&host) => "http://localhost:8233",
        _ => return None,
    };
    Some(format!("{ui}/namespaces/{}", place.namespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ui_is_where_it_is_said_to_be_or_known_to_be() {
        let at = |address: &str| Place {
            request_id: None,
            namespace: "pay".to_owned(),
            address: Some(address.to_owned()),
        };
        let given = ui_link(Some("https://ui.example/"), &at("http://10.0.0.1:7233/"));
        assert_eq!(given.unwrap(), "https://ui.example/namespaces/pay");
        let dev = ui_link(None, &at("http://localhost:7233/")).unwrap();
        assert_eq!(dev, "http://localhost:8233/namespaces/pay");
        let cloud = ui_link(None, &at("https://pay.a1b2c.tmprl.cloud:7233/")).unwrap();
        assert_eq!(cloud, "https://cloud.temporal.io/namespaces/pay");
        assert_eq!(ui_link(None, &at("http://10.0.0.1:7233/")), None);
    }
}
