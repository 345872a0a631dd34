//! The first contact with Temporal: connected, away, or refused.

use std::error::Error;

use temporalio_client::errors::ClientConnectError;
use temporalio_client::tonic::{Code, IntoRequest, Status};
use temporalio_client::{Client, NamespacedClient};
use temporalio_common::protos::temporal::api::workflowservice::v1::DescribeNamespaceRequest;
use temporalio_common::telemetry::ensure_default_crypto_provider;
use tokio::time::timeout;

use crate::Misconfigured;
use crate::settings::{CONNECT_TIMEOUT, Settings};

/// Why there is no connection.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotConnected {
    /// Temporal answers, and refuses these settings. Trying again does not help.
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
    /// Temporal does not answer, or can't now. Trying again may help.
    #[error("{0}")]
    Away(String),
}

/// Tries once to connect, and asks for the namespace, so that a connected client can do its work.
pub async fn connect(settings: &Settings) -> Result<Client, NotConnected> {
    ensure_default_crypto_provider();
    match timeout(CONNECT_TIMEOUT, contact(settings)).await {
        Ok(result) => result,
        Err(_) => Err(NotConnected::Away(format!(
            "{} did not answer within {CONNECT_TIMEOUT:?}",
            settings.connection.target
        ))),
    }
}

/// The same without asking for the namespace, which may not be there yet.
pub async fn connect_to_any_namespace(settings: &Settings) -> Result<Client, NotConnected> {
    ensure_default_crypto_provider();
    let Settings { connection, client } = settings;
    Client::connect(connection.clone(), client.clone())
        .await
        .map_err(|error| failure(settings, error))
}

async fn contact(settings: &Settings) -> Result<Client, NotConnected> {
    let client = connect_to_any_namespace(settings).await?;
    let request = DescribeNamespaceRequest {
        namespace: client.namespace(),
        ..Default::default()
    };
    let mut service = client.connection().workflow_service();
    match service.describe_namespace(request.into_request()).await {
        Ok(_) => Ok(client),
        Err(status) => Err(refusal(settings, &status)),
    }
}

/// What an error of connecting means.
fn failure(settings: &Settings, error: ClientConnectError) -> NotConnected {
    match error {
        ClientConnectError::SystemInfoCallError(status) => refusal(settings, &status),
        ClientConnectError::TonicTransportError(_)
        | ClientConnectError::DnsResolutionError { .. } => NotConnected::Away(format!(
            "{} does not answer: {}",
            settings.connection.target,
            root_cause(&error)
        )),
        other => Misconfigured(format!("TEMPORAL_*: {other}")).into(),
    }
}

fn refusal(settings: &Settings, status: &Status) -> NotConnected {
    let address = &settings.connection.target;
    let namespace = &settings.client.namespace;
    let message = status.message();
    match status.code() {
        Code::NotFound | Code::InvalidArgument => Misconfigured(format!(
            "Temporal at {address} has no namespace {namespace:?} ({message}): create it (with \
             sky-worker setup), or correct TEMPORAL_NAMESPACE"
        ))
        .into(),
        Code::Unauthenticated | Code::PermissionDenied => Misconfigured(format!(
            "Temporal at {address} refuses us in the namespace {namespace:?} ({message}): check \
             TEMPORAL_API_KEY or the client certificate (TEMPORAL_TLS_CLIENT_CERT_PATH), whether \
             it has expired and may use the namespace, and TEMPORAL_NAMESPACE"
        ))
        .into(),
        code => NotConnected::Away(format!("{address}: {code:?}: {message}")),
    }
}

/// The last of its reasons, such as "Connection refused": those before it say "transport error".
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tokio::net::TcpListener;
    use tonic::transport::Server;
    use tonic::transport::server::TcpIncoming;

    use super::*;
    use crate::settings::read;

    /// The settings for a server that answers each call with this status.
    async fn answering(code: &'static str) -> Settings {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let refusal = move || async move {
            let grpc = [
                ("content-type", "application/grpc"),
                ("grpc-status", code),
                ("grpc-message", "no such luck"),
            ];
            (grpc, ())
        };
        let routes = axum::Router::new().fallback(refusal).into();
        let server = Server::builder().add_routes(routes);
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
        settings(&address)
    }

    fn settings(address: &str) -> Settings {
        let address = ("TEMPORAL_ADDRESS".to_owned(), address.to_owned());
        // Not the user's own file.
        let no_file = ("TEMPORAL_CONFIG_FILE".to_owned(), "/dev/null".to_owned());
        read(&HashMap::from([address, no_file])).unwrap()
    }

    async fn not_connected(settings: &Settings) -> NotConnected {
        match connect(settings).await {
            Ok(_) => panic!("it connected"),
            Err(error) => error,
        }
    }

    #[tokio::test]
    async fn a_refused_key_is_a_wrong_setting_and_names_what_to_check() {
        for (code, name) in [("16", "UNAUTHENTICATED"), ("7", "PERMISSION_DENIED")] {
            let error = not_connected(&answering(code).await).await;
            let NotConnected::Misconfigured(Misconfigured(fault)) = error else {
                panic!("{name}: {error}");
            };
            for words in ["refuses us", "no such luck", "TEMPORAL_API_KEY"] {
                assert!(fault.contains(words), "{name}: {fault}");
            }
        }
    }

    #[tokio::test]
    async fn a_server_that_is_away_or_not_up_yet_is_waited_for() {
        let unavailable = not_connected(&answering("14").await).await;
        assert!(matches!(unavailable, NotConnected::Away(_)));

        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let error = not_connected(&settings(&address)).await;
        assert!(matches!(error, NotConnected::Away(_)), "{error}");
        let says = format!("http://{address}/ does not answer: Connection refused (os error 111)");
        assert_eq!(error.to_string(), says);
    }
}
