//! The connection to Temporal, and the check that its namespace is set up for this project.

use std::collections::HashMap;
use std::time::Duration;

use temporalio_client::envconfig::LoadClientConfigProfileOptions;
use temporalio_client::tonic::{Code, IntoRequest};
use temporalio_client::{Client, ClientOptions, Connection, NamespacedClient};
use temporalio_common::protos::temporal::api::enums::v1::IndexedValueType;
use temporalio_common::protos::temporal::api::operatorservice::v1::ListSearchAttributesRequest;
use temporalio_common::telemetry::metrics::TemporalMeter;
use tracing::warn;
use workflows::contract::search_attributes::REGISTRATIONS;

use crate::{Failure, spans};

/// Without a limit, an address that drops packets would block the start for minutes.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

const PAUSE: Duration = Duration::from_secs(2);

/// Connects as the variables `TEMPORAL_*` say, however long Temporal is unavailable, and checks the
/// search attributes. The connection counts its requests with the `meter`. If it is `traced`, the
/// client and its workers create spans.
pub(crate) async fn connect(meter: Option<TemporalMeter>, traced: bool) -> Result<Client, Failure> {
    let (mut connection, client) =
        ClientOptions::load_from_config(LoadClientConfigProfileOptions::default())
            .map_err(|error| Failure::Configuration(format!("TEMPORAL_*: {error}")))?;
    let client = if traced {
        spans::traced(client)
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
            Err(status) if status.code() == Code::NotFound => {
                let fix = "create it, or set TEMPORAL_NAMESPACE";
                let message = format!("Temporal has no namespace {namespace:?}: {fix}");
                return Err(Failure::Configuration(message));
            }
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
    match search_attributes_fault(&known) {
        None => Ok(()),
        Some(fault) => Err(Failure::Configuration(format!(
            "namespace {namespace:?}: {fault}"
        ))),
    }
}

/// Which of them are missing or have another type, and the commands that fix it.
fn search_attributes_fault(known: &HashMap<String, i32>) -> Option<String> {
    const COMMAND: &str = "temporal operator search-attribute";
    let (mut faults, mut removals, mut creations) = (Vec::new(), String::new(), String::new());
    for (name, wanted) in REGISTRATIONS {
        let Some(kind) = known.get(name) else {
            faults.push(format!("there is no search attribute {name} ({wanted})"));
            creations += &format!(" --name {name} --type {wanted}");
            continue;
        };
        let kind = IndexedValueType::try_from(*kind).unwrap_or_default();
        // The type's name is the value of the command's option.
        let kind = format!("{kind:?}");
        if kind != wanted {
            faults.push(format!(
                "the search attribute {name} is {kind} and must be {wanted}"
            ));
            removals += &format!(" --name {name}");
            creations += &format!(" --name {name} --type {wanted}");
        }
    }
    let removal = if removals.is_empty() {
        String::new()
    } else {
        format!("{COMMAND} remove{removals} && ")
    };
    let faults = faults.join("; ");
    (!faults.is_empty()).then(|| format!("{faults}; run: {removal}{COMMAND} create{creations}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(changes: &[(&str, Option<IndexedValueType>)]) -> HashMap<String, i32> {
        use IndexedValueType::{Int, Keyword};
        let names = [
            "SkyOrderId",
            "SkyMerchant",
            "SkyPhase",
            "SkyOutcome",
            "SkyCurrency",
        ];
        let mut known: HashMap<String, i32> =
            names.map(|it| (it.to_owned(), Keyword as i32)).into();
        known.insert("SkyAmountMinor".to_owned(), Int as i32);
        for (name, kind) in changes {
            match kind {
                Some(kind) => known.insert((*name).to_owned(), *kind as i32),
                None => known.remove(*name),
            };
        }
        known
    }

    #[test]
    fn attributes_that_are_there_by_name_and_type_are_no_fault() {
        assert_eq!(search_attributes_fault(&known(&[])), None);
        let more = known(&[("Another", Some(IndexedValueType::Text))]);
        assert_eq!(search_attributes_fault(&more), None);
    }

    #[test]
    fn a_missing_attribute_and_one_of_another_type_are_named_with_the_commands() {
        let fault = search_attributes_fault(&known(&[
            ("SkyOutcome", Some(IndexedValueType::Bool)),
            ("SkyAmountMinor", None),
        ]));
        assert_eq!(
            fault.unwrap(),
            "the search attribute SkyOutcome is Bool and must be Keyword; there is no search \
             attribute SkyAmountMinor (Int); run: temporal operator search-attribute remove --name \
             SkyOutcome && temporal operator search-attribute create --name SkyOutcome --type Keyword \
             --name SkyAmountMinor --type Int"
        );
    }
}
