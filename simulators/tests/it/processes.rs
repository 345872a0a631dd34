//! The binaries: one line on stdout, exit on SIGTERM, help.

use std::{io::Write, process::Stdio, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};

use crate::merchant::{http, key};

/// Runs a binary until SIGTERM, after one request to it.
async fn serves_and_ends(binary: &str, arguments: &[&str], path: &str) {
    let mut child = Command::new(binary)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = timeout(Duration::from_secs(30), lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let url = ready["listening"].as_str().unwrap().to_owned();
    assert!(url.starts_with("http://127.0.0.1:"));
    assert_eq!(http().get(url + path).send().await.unwrap().status(), 200);

    kill(
        Pid::from_raw(child.id().unwrap().try_into().unwrap()),
        Signal::SIGTERM,
    )
    .unwrap();
    let status = timeout(Duration::from_secs(10), child.wait())
        .await
        .unwrap()
        .unwrap();
    assert!(status.success());
    assert_eq!(lines.next_line().await.unwrap(), None, "one line only");
}

#[tokio::test]
async fn the_partner() {
    let mut pem = NamedTempFile::new().unwrap();
    pem.write_all(
        key(simulators::partner::OperationType::Payment)
            .public_pem
            .as_bytes(),
    )
    .unwrap();
    let named = format!("m-1001:pay-1:PAYMENT:{}", pem.path().display());
    let defaults = r#"{"second_submission":"charges_again"}"#;
    let arguments = ["--key", &named, "--defaults", defaults, "--auto-orders"];
    serves_and_ends(
        env!("CARGO_BIN_EXE_partner-simulator"),
        &arguments,
        "/sim/ledger",
    )
    .await;
}

#[tokio::test]
async fn billing() {
    let token = NamedTempFile::new().unwrap();
    let arguments = ["--token-file", token.path().to_str().unwrap()];
    serves_and_ends(
        env!("CARGO_BIN_EXE_billing-simulator"),
        &arguments,
        "/sim/documents",
    )
    .await;
}

#[tokio::test]
async fn stripe() {
    let mut key = NamedTempFile::new().unwrap();
    key.write_all(b"rk_test_1\n").unwrap();
    let named = format!("{}:payment_intent_write,charge_read", key.path().display());
    let settings = r#"{"list_lag":"5s"}"#;
    serves_and_ends(
        env!("CARGO_BIN_EXE_stripe-simulator"),
        &["--key", &named, "--settings", settings],
        "/sim/ledger",
    )
    .await;
}

#[tokio::test]
async fn a_wrong_start_fails_before_a_port_is_bound() {
    let partner = env!("CARGO_BIN_EXE_partner-simulator");
    for arguments in [
        ["--key", "m-1"],
        ["--defaults", "{\"nonsense\":1}"],
        ["--listen", "here"],
    ] {
        let output = Command::new(partner)
            .args(arguments)
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
    }
}
