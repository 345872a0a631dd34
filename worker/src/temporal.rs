//! The connection to Temporal, and the check that its namespace is set up for this project.

use std::time::Duration;

use doctor::search_attributes::Fault;
use temporal_connection::{NotConnected, Settings};
use temporalio_client::tonic::{Code, IntoRequest};
use temporalio_client::{Client, NamespacedClient};
use temporalio_common::protos::temporal::api::operatorservice::v1::ListSearchAttributesRequest;
use tracing::warn;

use crate::Failure;

/// Ready within a second of the server.
const PAUSE: Duration = Duration::from_millis(500);

/// Tries to connect until Temporal is there, and checks the search attributes. Settings that
/// Temporal refuses end it.
pub(crate) async fn connect(settings: &Settings, first: Option<Client>) -> Result<Client, Failure> {
    let mut connected = first;
    let client = loop {
        match connected {
            Some(client) => break client,
            None => tokio::time::sleep(PAUSE).await,
        }
        connected = try_once(settings).await?;
    };
    check_search_attributes(&client).await?;
    Ok(client)
}

/// The client, or nothing if Temporal is away.
pub(crate) async fn try_once(settings: &Settings) -> Result<Option<Client>, Failure> {
    match temporal_connection::connect(settings).await {
        Ok(client) => Ok(Some(client)),
        Err(NotConnected::Misconfigured(fault)) => Err(fault.into()),
        Err(NotConnected::Away(error)) => {
            warn!(error, "Temporal is out of reach; trying again");
            Ok(None)
        }
    }
}

/// If one is missing or has another type, the first update of it would make its workflow task fail
/// for ever. For the outcome, that would be after the money has moved.
async fn check_search_attributes(client: &Client) -> Result<(), Failure> {
    let namespace = client.namespace();
    let request = ListSearchAttributesRequest {
        namespace: namespace.clone(),
    };
    let known = loop {
        let mut operator = client.connection().operator_service();
        match operator
            .list_search_attributes(request.clone().into_request())
            .await
        {
            Ok(answer) => break answer.into_inner().custom_attributes,
            Err(status)
                if matches!(status.code(), Code::PermissionDenied | Code::Unimplemented) =>
            {
                // Only operators may list them. Without that right, the setup must have been
                // checked elsewhere.
                return Ok(());
            }
            Err(status) => warn!(%status, "can't list the search attributes; trying again"),
        }
        tokio::time::sleep(PAUSE).await;
    };
    match Fault::of(&known) {
        None => Ok(()),
        Some(fault) => Err(Failure::Configuration(format!(
            "namespace {namespace:?}: {fault}"
        ))),
    }
}
