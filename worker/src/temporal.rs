//! The connection to Temporal, and the check that it is set up for this project.

use std::collections::BTreeSet;
use std::time::Duration;

use temporalio_client::envconfig::LoadClientConfigProfileOptions;
use temporalio_client::tonic::{Code, IntoRequest};
use temporalio_client::{Client, ClientOptions, Connection, NamespacedClient};
use temporalio_common::protos::temporal::api::operatorservice::v1::ListSearchAttributesRequest;
use temporalio_common::telemetry::metrics::TemporalMeter;
use tracing::warn;
use workflows::search_attributes::REGISTRATIONS;

use crate::Failure;

/// Without a limit, an address that swallows packets would hold the start for minutes.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

const PAUSE: Duration = Duration::from_secs(2);

/// Connects as TEMPORAL_* says, however long Temporal is away, and checks the search attributes.
/// The connection counts its requests with the `meter`. Where it is `traced`, the client and its
/// workers make spans.
pub(crate) async fn connect(meter: Option<TemporalMeter>, traced: bool) -> Result<Client, Failure> {
    let (mut connection, client) =
        ClientOptions::load_from_config(LoadClientConfigProfileOptions::default())
            .map_err(|error| Failure::Configuration(format!("TEMPORAL_*: {error}")))?;
    let client = if traced {
        traces::traced(client)
    } else {
        client
    };
    connection.connect_timeout = Some(CONNECT_TIMEOUT);
    connection.metrics_meter = meter;
    let address = connection.target.to_string();
    let connection = loop {
        match Connection::connect(connection.clone()).await {
            Ok(connection) => break connection,
            Err(error) => warn!(%address, %error, "Temporal is out of reach; trying again"),
        }
        tokio::time::sleep(PAUSE).await;
    };
    let client = Client::new(connection, client)
        .map_err(|error| Failure::Configuration(format!("TEMPORAL_*: {error}")))?;
    check_search_attributes(&client).await?;
    Ok(client)
}

/// Without them the first update of one would fail its workflow task for ever.
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
            Err(status) if status.code() == Code::NotFound => {
                let mend = "create it, or set TEMPORAL_NAMESPACE";
                let message = format!("Temporal has no namespace {namespace:?}: {mend}");
                return Err(Failure::Configuration(message));
            }
            Err(status)
                if matches!(status.code(), Code::PermissionDenied | Code::Unimplemented) =>
            {
                // An operator's right. Where it is not given, setting up was checked elsewhere.
                return Ok(());
            }
            Err(status) => warn!(%status, "can't list the search attributes; trying again"),
        }
        tokio::time::sleep(PAUSE).await;
    };
    let known: BTreeSet<&str> = known.keys().map(String::as_str).collect();
    let missing: Vec<String> = REGISTRATIONS
        .iter()
        .filter(|(name, _)| !known.contains(name))
        .map(|(name, kind)| format!("--name {name} --type {kind}"))
        .collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Failure::Configuration(format!(
            "namespace {namespace:?} lacks search attributes; run: temporal operator \
             search-attribute create {}",
            missing.join(" ")
        ))),
    }
}
