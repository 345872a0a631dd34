//! The verb `start`.

mod routing;

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use anyhow::Context;
use payments_client::{Error, Payments, PaymentsClient, Place};
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::request::{InvalidRequest, PaymentRequest};

use crate::arguments::{Start, StartArguments};
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::explain::{EarlierRun, Past, sent_nothing};
use crate::{equivalent, waiting};

pub(crate) async fn start(context: &CommandContext, how: Start) -> anyhow::Result<Exit> {
    let kind = Kind::from(how.kind);
    let request = request(&how.request)?;
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
            return other_request(context, &payments, &request.request_id, error).await;
        }
        Err(error) => return Err(error.into()),
        Ok(started) => started,
    };
    let link = ui_link(how.ui.as_deref(), payments.place());
    context.output.started(&started, link.as_deref())?;
    if !how.wait {
        return Ok(Exit::Fine);
    }
    match started.repeat.and_then(|repeat| repeat.outcome) {
        // Its end is printed already. Programs get the outcome as an object of its own.
        Some(outcome) if !context.output.is_json() => Ok(Exit::of_end(&Ok(outcome))),
        _ => {
            let operation = payments.operation(&started.request_id);
            waiting::wait(vec![operation], None, &context.output).await
        }
    }
}

/// Says in what they differ, and whether this one can be started in place of the first.
async fn other_request(
    context: &CommandContext,
    payments: &PaymentsClient,
    request_id: &RequestId,
    error: Error,
) -> anyhow::Result<Exit> {
    context.output.other_request(&error)?;
    let exit = Exit::of(&error);
    if context.output.is_json() {
        context.output.failure(&error.into());
        return Ok(exit);
    }
    if let Ok(newest) = payments.operation(request_id).describe().await {
        let Past { end, earlier } = Past::of(payments, &newest).await;
        if sent_nothing(&newest, end.as_ref()) {
            let explain = format!("sky-payments explain {request_id}");
            let explain = context.output.spelled(&explain);
            context.output.line(&way_on(&explain, earlier.as_ref()))?;
        }
    }
    Ok(exit)
}

/// What to do where the newest run of the first request sent nothing.
fn way_on(explain: &str, earlier: Option<&EarlierRun>) -> String {
    match earlier {
        None => "what was started under this id was refused or cancelled, and sent nothing; to start this one \
                 instead, type the same command with --again"
            .to_owned(),
        Some(EarlierRun::MayHaveSent(run)) => format!(
            "the newest run under this id sent nothing, but run {} may have, so --again would be \
             refused; what to do says: {explain}",
            run.run_id
        ),
        Some(EarlierRun::NotListed(error)) => format!(
            "the newest run under this id sent nothing; whether an earlier one did is unknown: \
             {error}. The same command with --again looks, and starts this request only if none \
             did"
        ),
    }
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
    use crate::example::operation;

    #[test]
    fn a_correction_is_told_how_it_can_be_started() {
        let explain = "sky-payments --namespace pay explain ride-7";
        let sent = EarlierRun::MayHaveSent(Box::new(operation("ride-7")));
        let unlisted = EarlierRun::NotListed(Error::NoWorker("away".to_owned()));
        for (earlier, words) in [
            (None, "sent nothing; to start this one instead"),
            (
                Some(sent),
                "run run-1 may have, so --again would be refused; what to do says: sky-payments --namespace pay",
            ),
            (Some(unlisted), "starts this request only if none did"),
        ] {
            let told = way_on(explain, earlier.as_ref());
            assert!(told.contains(words), "{told}");
            assert!(told.contains("--again"), "{told}");
        }
    }

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
