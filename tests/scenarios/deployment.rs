//! What deployments rely on: the programs' own checks, the health check of an image without a shell, and
//! the versions that Temporal's worker controller gives.

use std::fs;
use std::process::{Command, Output};

use harness::{Stack, program};

use crate::books::{builder, charge, ends, history, stack, try_cli, until};

#[tokio::test]
async fn a_worker_is_asked_by_its_own_health_check() {
    let mut stack = stack().await;
    let private = stack.worker_private_url().unwrap();
    let address = private.trim_start_matches("http://");
    let config = stack.folder().join("healthcheck.toml");
    fs::write(
        &config,
        format!("[worker]\nprivate_listen = \"{address}\"\n"),
    )
    .unwrap();
    let ask = |probe: &str| {
        let mut command = Command::new(program("sky-worker").unwrap());
        command.args(["healthcheck", "--probe", probe, "--config"]);
        command.arg(&config).output().unwrap()
    };
    for probe in ["live", "ready"] {
        let output = ask(probe);
        assert!(output.status.success(), "{}", told(&output));
    }
    stack.kill_worker().unwrap();
    let output = ask("live");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told(&output).contains("is the program running?"),
        "{}",
        told(&output)
    );
}

#[tokio::test]
async fn the_workers_check_names_what_is_wrong_around_it() {
    let stack = builder().workers(0).start().await.unwrap();
    let sound = check(&stack, &[]);
    assert!(sound.status.success(), "{}", told(&sound));
    for (variables, words) in [
        (
            [("SSL_CERT_FILE", "/absent"), ("SSL_CERT_DIR", "/absent")].as_slice(),
            "certificate authorities",
        ),
        (&[("TEMPORAL_TLS", "maybe")], "TEMPORAL_TLS is \"maybe\""),
        (
            &[("TEMPORAL_WORKER_BUILD_ID", "1")],
            "set TEMPORAL_DEPLOYMENT_NAME",
        ),
        (
            &[("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")],
            "OTEL_EXPORTER_OTLP_ENDPOINT: must begin with http://",
        ),
    ] {
        let output = check(&stack, variables);
        assert_eq!(output.status.code(), Some(78), "{}", told(&output));
        assert!(told(&output).contains(words), "{}", told(&output));
        assert!(
            !told(&output).contains("http.ca_file:"),
            "{}",
            told(&output)
        );
    }
}

#[tokio::test]
async fn an_operator_is_told_of_a_namespace_that_is_not_there() {
    let stack = builder().workers(0).start().await.unwrap();
    let mut list = stack.payments_command(&["list"]).unwrap();
    let output = list.env("TEMPORAL_NAMESPACE", "nowhere").output().unwrap();
    assert!(!output.status.success());
    for words in ["namespace nowhere at ", "no such namespace"] {
        assert!(told(&output).contains(words), "{}", told(&output));
    }
}

#[tokio::test]
async fn a_worker_with_a_version_gets_payments_once_it_is_current_and_keeps_them() {
    let mut stack = builder().workers(0).start().await.unwrap();
    let temporal = stack.temporal_mut();
    temporal.set_variable("TEMPORAL_DEPLOYMENT_NAME", "sky-payments/sky-worker");
    stack.start_worker().await.unwrap();
    let version = Command::new(program("sky-worker").unwrap())
        .arg("--version")
        .output();
    let version = String::from_utf8(version.unwrap().stdout).unwrap();
    let (_, build) = version.trim_end().split_once(", build ").unwrap();
    until("the version may be made current", async || {
        let current = format!(
            "worker deployment set-current-version --deployment-name sky-payments/sky-worker \
             --build-id {build} --yes"
        );
        try_cli(&stack, &current).await.ok()
    })
    .await;
    charge(&stack, "versioned").await;
    ends(&stack, "versioned", "completed").await;
    let history = history(&stack, "versioned").await;
    assert!(history.contains("VERSIONING_BEHAVIOR_PINNED"), "{history}");
    assert!(history.contains(build), "{history}");
}

fn check(stack: &Stack, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(program("sky-worker").unwrap());
    command.args(["check", "--config"]);
    command.arg(stack.folder().join("worker.toml"));
    command.envs(variables.iter().copied()).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
