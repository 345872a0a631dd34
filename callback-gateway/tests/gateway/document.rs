//! The OpenAPI document is generated from the code, and what it says is so.

use serde_json::Value;

use super::dev_server::{free_address, shared};
use super::process::{Gateway, token};
use super::wire::{Reply, ask, callback, get, post};

const PATH: &str = "/v1/on_payment_completed";

/// The statuses of the table in `docs/contract.md`.
const TABLE: [u16; 10] = [200, 400, 403, 404, 405, 408, 413, 415, 429, 503];

fn document(gateway: &Gateway) -> Value {
    let reply = get(&gateway.private, "/openapi.json");
    assert_eq!(reply.header("content-type"), Some("application/json"));
    serde_json::from_str(&reply.body).unwrap()
}

/// The only method of a path, which has every status of the table.
fn post_alone(path: &Value) -> &Value {
    assert_eq!(path.as_object().unwrap().len(), 1, "POST alone");
    for status in TABLE {
        let described = &path["post"]["responses"][status.to_string()];
        assert!(!described["description"].as_str().unwrap().is_empty());
    }
    &path["post"]
}

/// What the document says of this status must be what was answered.
fn must_describe(document: &Value, reply: &Reply) {
    let responses = &document["paths"][PATH]["post"]["responses"];
    let described = &responses[reply.status.to_string()];
    assert!(described.is_object(), "{} is not described", reply.status);
    for header in ["Retry-After", "Allow"] {
        let there = reply.header(&header.to_lowercase()).is_some();
        assert_eq!(described["headers"][header].is_object(), there, "{reply:?}");
    }
    match reply.header("content-type") {
        None => {
            assert!(described["content"].is_null(), "{described}");
            assert_eq!(reply.body, "");
        }
        Some(content_type) => {
            let schema = &described["content"][content_type]["schema"];
            let body: Value = serde_json::from_str(&reply.body).unwrap();
            let known = schema["properties"]["answer"]["enum"].as_array();
            assert!(known.unwrap().contains(&body["answer"]), "{schema}");
        }
    }
}

#[test]
fn each_row_of_the_contracts_table_is_in_the_document_and_no_other_route() {
    let document = document(&Gateway::start(&free_address(), ""));
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.keys().collect::<Vec<_>>(), [PATH]);
    let token = &post_alone(&document["paths"][PATH])["parameters"][0];
    assert_eq!(token["name"], "token");
    assert_eq!(token["required"], true);
    let body = "/components/schemas/PaymentCompleted";
    let body = document.pointer(body).unwrap();
    assert_eq!(body["required"][0], "request_id");
    assert_eq!(
        body["properties"]["request_id"]["pattern"],
        "^[A-Za-z0-9_-]{1,64}$"
    );
}

#[test]
fn webhooks_are_one_path_in_the_document_where_an_account_is_configured() {
    let document = document(&Gateway::start(&free_address(), super::stripe::SETTINGS));
    let paths = document["paths"].as_object().unwrap();
    let webhooks = "/v1/webhooks/stripe/{account}";
    assert_eq!(paths.keys().collect::<Vec<_>>(), [PATH, webhooks]);
    let webhook = post_alone(&document["paths"][webhooks]);
    let named = |at: usize| webhook["parameters"][at]["name"].clone();
    assert_eq!(
        (named(0), named(1)),
        ("account".into(), "Stripe-Signature".into())
    );
    let event = document.pointer("/components/schemas/Event").unwrap();
    assert_eq!(event["required"][0], "id");
}

#[test]
fn the_gateway_answers_as_its_document_says() {
    let settings = "body_timeout = \"1s\"\nburst_per_peer = 8\nrequests_per_second_per_peer = 1";
    let gateway = Gateway::ready(&shared().address, settings);
    shared().start_workflow("documented");
    let document = document(&gateway);
    let right = callback(&token("documented", 3600), "documented");
    let with = |old: &str, new: &str| right.replacen(old, new, 1);
    let outage = Gateway::start(&free_address(), "");
    let mut seen = vec![ask(&outage.public, &right)];
    let large = "x".repeat(5_000);
    for request in [
        right.clone(),
        with("documented", "another"),
        with("token=", "token=x"),
        with("POST", "GET"),
        with("Content-Length: 27", "Content-Length: 99"),
        post(PATH, "", &large),
        with("application/json", "text/plain"),
        callback(&token("nobody", 0), "nobody"),
        with(
            "Host: gateway",
            &format!("Host: gateway\r\nX: {large}{large}{large}{large}"),
        ),
    ] {
        seen.push(ask(&gateway.public, &request));
    }
    seen.extend((0..9).map(|_| ask(&gateway.public, &post(PATH, "", "{}"))));
    for reply in &seen {
        must_describe(&document, reply);
    }
    for status in TABLE {
        assert!(
            seen.iter().any(|reply| reply.status == status),
            "{status} did not occur"
        );
    }
}
