//! `sky-worker doctor` and `sky-payments doctor` name what is wrong in a set-up, each with its fix.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use harness::{Stack, program};
use serde_json::Value;

use crate::books::{builder, cli, words};

const WORKER: &str = "worker.toml";

#[tokio::test]
async fn what_is_wrong_in_a_set_up_is_named_with_its_fix() {
    let mut stack = builder().start().await.unwrap();
    let is_wrong = |file: &str, what, fix| names(&look(&stack, file, &[]), what, fix);

    is_wrong(WORKER, "closed payments for", "`sky-worker setup`");
    let set_up = stack.worker_verb(&["setup"]).await.unwrap();
    assert!(set_up.status.success(), "{}", words(&set_up));
    is_well(&look(&stack, WORKER, &[]));

    let nowhere = look(&stack, WORKER, &[("TEMPORAL_NAMESPACE", "nowhere")]);
    names(
        &nowhere,
        "has no namespace \"nowhere\"",
        "`sky-worker setup` creates",
    );
    let away = look(&stack, WORKER, &[("TEMPORAL_ADDRESS", "127.0.0.1:1")]);
    names(
        &away,
        "Temporal: http://127.0.0.1:1/ does not answer: Connection refused",
        "correct TEMPORAL_ADDRESS",
    );

    let queue = copy(
        &stack,
        "task_queue = \"sky-technologies-integration\"",
        "task_queue = \"other\"",
    );
    is_wrong(&queue, "no worker polls it", "start `sky-worker run`");
    let billing = stack.billing().url().to_owned();
    let billing = copy(&stack, &billing, "http://127.0.0.1:1");
    is_wrong(
        &billing,
        "billing at http://127.0.0.1:1",
        "correct billing.url",
    );
    let gateway = format!("{}/v1", stack.gateway_url());
    let elsewhere = copy(&stack, &gateway, &format!("{}/v1", stack.billing().url()));
    is_wrong(
        &elsewhere,
        "not with the gateway's 403",
        "lead to gateway.listen",
    );
    fs::write(stack.folder().join("other-secret"), [b'x'; 40]).unwrap();
    set_mode(&stack, "other-secret", 0o600);
    let secret = copy(&stack, "\"callback-secret\"", "\"other-secret\"");
    is_wrong(
        &secret,
        "does not take this worker's tokens",
        "give the gateway",
    );

    set_mode(&stack, "keys/pay-1.pem", 0o644);
    is_wrong(WORKER, "(mode 644): chmod 600", "correct what is named");
    set_mode(&stack, "keys/pay-1.pem", 0o600);
    stack.partner().set_clock(600).await.unwrap();
    is_wrong(WORKER, "s ahead of ours", "timedatectl");
    stack.partner().set_clock(0).await.unwrap();
    stack.partner_forgets_key("payment", "pay-1").await.unwrap();
    is_wrong(WORKER, "accounts.kg-main.payment_key", "public half");
    stack.tell_partner_of_key("payment", "pay-1").await.unwrap();
    is_well(&look(&stack, WORKER, &[]));
    stack.kill_gateway();
    names(
        &look(&stack, WORKER, &[]),
        "the gateway at",
        "start `sky-callback-gateway run`",
    );
}

#[tokio::test]
async fn an_operator_sees_what_is_wrong_with_temporal() {
    let stack = builder().start().await.unwrap();
    let look = async || {
        let doctor = ["doctor", "--output", "json"];
        stack.payments_output(&doctor).await.unwrap()
    };
    names(&look().await, "keeps closed payments", "sky-worker setup");
    let removal = "operator search-attribute remove --name SkyOutcome --yes";
    cli(&stack, removal).await;
    names(
        &look().await,
        "there is no search attribute SkyOutcome (Keyword)",
        "search-attribute create --name SkyOutcome --type Keyword",
    );
    let set_up = stack.worker_verb(&["setup"]).await.unwrap();
    assert!(set_up.status.success(), "{}", words(&set_up));
    let sound = look().await;
    is_well(&sound);
    assert!(
        words(&sound).contains("sky-technologies-integration:kg-main"),
        "{}",
        words(&sound)
    );
}

/// What the doctor says to a configuration in the stack's folder, with these variables.
fn look(stack: &Stack, file: &str, variables: &[(&str, &str)]) -> Output {
    let program = program("sky-worker").unwrap();
    let mut command = stack.temporal().program_command(&program);
    command.args(["doctor", "--output", "json", "--config", file]);
    command.current_dir(stack.folder());
    command.envs(variables.iter().copied()).output().unwrap()
}

/// A copy of the worker's configuration with one change.
fn copy(stack: &Stack, from: &str, to: &str) -> String {
    let text = fs::read_to_string(stack.folder().join(WORKER)).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    let copy = "changed.toml".to_owned();
    fs::write(stack.folder().join(&copy), text.replace(from, to)).unwrap();
    copy
}

fn set_mode(stack: &Stack, file: &str, mode: u32) {
    fs::set_permissions(stack.folder().join(file), Permissions::from_mode(mode)).unwrap();
}

/// One finding is wrong, and names this and the fix.
fn names(output: &Output, what: &str, fix: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", words(output));
    let wrong = findings(output).into_iter().any(|finding| {
        let said = format!("{}: {}", text(&finding, "check"), text(&finding, "found"));
        finding["state"] == "wrong" && said.contains(what) && text(&finding, "fix").contains(fix)
    });
    assert!(wrong, "{what}, {fix}: {}", words(output));
}

fn is_well(output: &Output) {
    assert!(output.status.success(), "{}", words(output));
    let findings = findings(output);
    let is_ok = |finding: &Value| finding["state"] == "ok";
    assert!(
        !findings.is_empty() && findings.iter().all(is_ok),
        "{}",
        words(output)
    );
}

fn findings(output: &Output) -> Vec<Value> {
    let lines = std::str::from_utf8(&output.stdout).unwrap().lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn text(finding: &Value, field: &str) -> String {
    finding[field].as_str().unwrap_or_default().to_owned()
}
