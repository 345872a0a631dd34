//! Temporal and its namespace.

use std::time::Duration;

use temporal_connection::{NotConnected, Settings};
use temporalio_client::tonic::{Code, IntoRequest, Status};
use temporalio_client::{Client, NamespacedClient};
use temporalio_common::protos::temporal::api::operatorservice::v1::ListSearchAttributesRequest;
use temporalio_common::protos::temporal::api::workflowservice::v1::{
    DescribeNamespaceRequest, GetSystemInfoRequest,
};

use crate::Finding;
use crate::search_attributes::Fault;

/// How long closed payments are kept at least: as long as a partner may dispute a day's report, and
/// a request id must not be taken for a new one.
pub const RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

const DAY: i64 = 24 * 60 * 60;

/// Looks at Temporal and the namespace. Returns a client if both are there.
pub async fn temporal(settings: &Settings, findings: &mut Vec<Finding>) -> Option<Client> {
    let about = || format!("Temporal at {}", settings.connection.target);
    match temporal_connection::connect(settings).await {
        Ok(client) => {
            findings.push(version(&client, about()).await);
            findings.push(retention(&client).await);
            findings.push(search_attributes(&client).await);
            Some(client)
        }
        Err(NotConnected::Misconfigured(fault)) => {
            let fix = "correct the setting that is named, and look again; `sky-worker setup` creates a \
                       namespace that is missing";
            findings.push(Finding::wrong(about(), fault.to_string(), fix));
            None
        }
        // It names the address.
        Err(NotConnected::Away(error)) => {
            let fix = "start it, open the way to it, or correct TEMPORAL_ADDRESS; `sky-payments` \
                       has the option --address too";
            findings.push(Finding::wrong("Temporal", error, fix));
            None
        }
    }
}

async fn version(client: &Client, about: String) -> Finding {
    let mut service = client.connection().workflow_service();
    let request = GetSystemInfoRequest::default().into_request();
    match service.get_system_info(request).await {
        Ok(info) => Finding::ok(
            about,
            format!("version {}", info.into_inner().server_version),
        ),
        Err(status) => unknown(about, &status),
    }
}

async fn retention(client: &Client) -> Finding {
    let namespace = client.namespace();
    let about = format!("namespace {namespace}");
    let request = DescribeNamespaceRequest {
        namespace,
        ..Default::default()
    };
    let mut service = client.connection().workflow_service();
    let described = match service.describe_namespace(request.into_request()).await {
        Ok(described) => described.into_inner(),
        Err(status) => return unknown(about, &status),
    };
    let config = described.config.unwrap_or_default();
    let kept = config.workflow_execution_retention_ttl.unwrap_or_default();
    let found = format!("keeps closed payments for {} d", kept.seconds / DAY);
    if u64::try_from(kept.seconds).unwrap_or_default() >= RETENTION.as_secs() {
        return Finding::ok(about, found);
    }
    let fix = "`sky-worker setup` raises it to 30 days: a partner may dispute a payment for so long, and \
               its request id must not be taken for a new one";
    Finding::wrong(about, found, fix)
}

async fn search_attributes(client: &Client) -> Finding {
    let about = "search attributes";
    let request = ListSearchAttributesRequest {
        namespace: client.namespace(),
    };
    let mut service = client.connection().operator_service();
    match service.list_search_attributes(request.into_request()).await {
        Ok(listed) => match Fault::of(&listed.into_inner().custom_attributes) {
            None => Finding::ok(about, "all are there, with their types"),
            Some(Fault { faults, commands }) => {
                let fix =
                    format!("run `sky-worker setup` for those that are missing, or {commands}");
                Finding::wrong(about, faults, fix)
            }
        },
        Err(status) if matches!(status.code(), Code::PermissionDenied | Code::Unimplemented) => {
            let fix = "look at them where they are managed, such as in Temporal Cloud's UI";
            Finding::warning(about, "these credentials may not list them", fix)
        }
        Err(status) => unknown(about, &status),
    }
}

/// What Temporal did not say.
pub(crate) fn unknown(about: impl Into<String>, status: &Status) -> Finding {
    let (code, message) = (status.code(), status.message());
    let found = format!("Temporal does not say: {code:?}: {message}");
    Finding::warning(
        about,
        found,
        "look again, or with credentials that may ask for it",
    )
}
