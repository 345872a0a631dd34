//! Errors say where was looked.

use payments_client::{Error, Filter, Payments, PaymentsClient, Temporal};

use crate::server::Server;
use crate::{id, request};

/// An operation is not missing because it was looked for in the wrong place.
#[tokio::test]
async fn a_namespace_that_is_not_there_is_told_apart_from_an_operation_that_is_not_there() {
    let server = Server::shared().await;
    let temporal = Temporal {
        address: Some(server.address.clone()),
        namespace: Some("nowhere".to_owned()),
        profile: None,
    };
    let payments = PaymentsClient::connect_with(&temporal, "test", "q", |options| options).await;
    let payments = payments.unwrap();
    let missing = payments.operation(&id("start-10"));
    let no_namespace = |error: Error| {
        let text = error.to_string();
        assert!(matches!(error, Error::NoNamespace(_)), "{error:?}");
        assert!(
            text.contains("nowhere") && text.contains(&server.address),
            "{text}"
        );
        text
    };
    let text = no_namespace(missing.describe().await.unwrap_err());
    assert!(text.contains("start-10"), "{text}");
    no_namespace(missing.state().await.unwrap_err());
    no_namespace(missing.result().await.unwrap_err());
    no_namespace(missing.cancel().await.unwrap_err());
    no_namespace(missing.check_now().await.unwrap_err());
    let asked = request("start-10", "o-1");
    no_namespace(payments.start_extra_payment(&asked).await.unwrap_err());
    no_namespace(payments.list(&Filter::default(), 1).await.unwrap_err());

    let nobody = Temporal {
        address: Some("127.0.0.1:1".to_owned()),
        ..Temporal::default()
    };
    match PaymentsClient::connect_with(&nobody, "test", "q", |options| options).await {
        Err(error @ Error::Unavailable { .. }) => {
            assert!(error.to_string().contains("127.0.0.1:1"))
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("connected"),
    }
}
