//! Builds follow each other, and go back, under open payments: with Temporal's Worker Versioning,
//! and from workers without a version. `cargo xtask upgrade` names the worker of an earlier commit in
//! [`EARLIER_WORKER`]; otherwise all builds are one program under several names.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use harness::{Stack, Timings};
use serde_json::{Value, json};

use crate::books::{
    QUICK, builder, charge, cli, ends, fault, give_back, needs_attention, pending, reaches,
    set_custom_scenario, split, state, try_cli, until,
};
use crate::metrics::scrape;

pub(crate) const DEPLOYMENT: &str = "sky-worker";

const EARLIER_WORKER: &str = "SKY_EARLIER_WORKER";

const EARLIER_BUILD: &str = "build-1";

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_and_a_rollback_under_open_payments_lose_and_double_nothing() {
    // Nothing needs attention only because this machine is slow to bring all of a round to its phase.
    let timings = Timings {
        needs_attention_after: "1m",
        ..QUICK
    };
    let stack = builder().timings(timings).workers(0);
    let mut stack = stack.start().await.unwrap();
    stack.billing().set_faults(no_bills()).await.unwrap();
    start_earlier_worker(&mut stack).await;
    shows(&stack, "sky_worker_is_current 1").await;
    open_in_each_phase(&stack, 0).await;
    // The last is a rollback.
    for (round, build) in [(1, EARLIER_BUILD), (2, "build-2"), (3, EARLIER_BUILD)] {
        start_worker_of(&mut stack, build).await;
        if build != EARLIER_BUILD {
            ramp(&stack, build).await;
            open_in_each_phase(&stack, RAMPED).await;
        }
        make_current(&stack, build).await;
        // No command is needed: where they wait, they follow.
        all_are_on(&stack, build).await;
        stack.stop_worker().await.unwrap();
        open_in_each_phase(&stack, round).await;
    }
    stack.billing().set_faults(json!([])).await.unwrap();
    for round in 0..=RAMPED {
        let [waits, odd, unbilled, untold, lost] = ids(round);
        stack.partner().finish(&waits).await.unwrap();
        let resolve =
            format!("resolve {odd} --as abandoned --operator ann --reason x --against-advice");
        stack.payments(&split(&resolve)).await.unwrap();
        ends(&stack, &waits, "completed").await;
        // It moved another amount, once.
        let result = stack.payments(&["result", &odd]).await.unwrap();
        assert_eq!(result["outcome"], "abandoned", "{result}");
        assert_eq!(stack.partner().ledger(&odd).await.unwrap().len(), 1);
        ends(&stack, &unbilled, "completed").await;
        ends(&stack, &untold, "completed").await;
        ends(&stack, &lost, "completed").await;
    }
}

/// Another run would have to prove anew what this one knows, so its build has to run until the
/// partner has shown the payment.
#[tokio::test(flavor = "multi_thread")]
async fn payments_that_the_partner_has_not_shown_stay_on_their_build_and_go_on() {
    // One that needs attention moves on.
    let timings = Timings {
        needs_attention_after: "1h",
        ..QUICK
    };
    let stack = builder().timings(timings).workers(0);
    let mut stack = stack.start().await.unwrap();
    start_worker_of(&mut stack, EARLIER_BUILD).await;
    make_current(&stack, EARLIER_BUILD).await;
    let down = json!({ "on": "status", "kind": { "status": 503 }, "times": 0 });
    fault(&stack, "unsent", down).await;
    // The question before the submission is answered.
    let open = json!({ "second_submission": "charges_again", "faults": [
        { "on": "submit", "kind": "reset", "executed": true },
        { "on": "status", "kind": { "status": 503 }, "skip": 1, "times": 0 },
    ] });
    set_custom_scenario(&stack, "open", open).await;
    charge(&stack, "unsent").await;
    charge(&stack, "open").await;
    reaches(&stack, "open", "awaiting_completion").await;
    until("the other waits to be sent", async || {
        let state = state(&stack, "unsent").await;
        (state["last_error"] == "not sent: HTTP 503").then_some(())
    })
    .await;
    start_worker_of(&mut stack, "build-2").await;
    make_current(&stack, "build-2").await;
    // Each asks every few seconds, and each task tells it of the other build.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let both = "WorkflowId IN ('sky-payment-unsent', 'sky-payment-open')";
    let stay = format!("{both} AND {}", open_on(EARLIER_BUILD));
    // The list of a busy Temporal comes late. What has moved on would not come back.
    until("both stay", async || {
        (count(&stack, &stay).await == 2).then_some(())
    })
    .await;
    let well = json!({ "second_submission": "charges_again" });
    for id in ["unsent", "open"] {
        set_custom_scenario(&stack, id, well.clone()).await;
        ends(&stack, id, "completed").await;
    }
}

/// What an operator has moved by hand stays there, whatever is current.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_held_on_its_build_stays_there_and_goes_on() {
    let mut stack = builder().workers(0).start().await.unwrap();
    start_worker_of(&mut stack, EARLIER_BUILD).await;
    make_current(&stack, EARLIER_BUILD).await;
    pending(&stack, "held", "never").await;
    let hold = format!(
        "workflow update-options -w sky-payment-held --versioning-override-behavior pinned \
         --versioning-override-deployment-name {DEPLOYMENT} \
         --versioning-override-build-id build-1"
    );
    cli(&stack, &hold).await;
    start_worker_of(&mut stack, "build-2").await;
    make_current(&stack, "build-2").await;
    // It asks every two seconds, and each task tells it of the other build.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let held = "WorkflowId = 'sky-payment-held'";
    let runs = count(&stack, held).await;
    assert!(runs <= 2, "{runs} runs");
    // Not its merchant account, which follows in its own time.
    let stays = format!("{held} AND {}", open_on("build-1"));
    assert_eq!(count(&stack, &stays).await, 1);
    stack.partner().finish("held").await.unwrap();
    ends(&stack, "held", "completed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_whose_build_is_gone_are_counted_and_one_command_frees_them() {
    let mut stack = builder().workers(0).start().await.unwrap();
    start_worker_of(&mut stack, EARLIER_BUILD).await;
    make_current(&stack, EARLIER_BUILD).await;
    pending(&stack, "left", "never").await;
    stack.stop_worker().await.unwrap();

    start_worker_of(&mut stack, "build-2").await;
    shows(&stack, "sky_worker_is_current 0").await;
    make_current(&stack, "build-2").await;
    shows(&stack, "sky_worker_is_current 1").await;
    let labels = format!(r#"{{deployment="{DEPLOYMENT}",build="build-1"}}"#);
    // The payment and its merchant account.
    shows(&stack, &format!("sky_open_operations_by_build{labels} 2")).await;
    until("its task is seen to wait", async || {
        let age = format!("sky_build_backlog_age_seconds{labels} ");
        let text = scrape(&stack).await;
        let line = text.lines().find_map(|line| line.strip_prefix(&age))?;
        (line != "0").then_some(())
    })
    .await;

    // The runbook's command.
    let on_it = open_on("build-1");
    let free = format!(
        "--versioning-override-behavior one_time --versioning-override-deployment-name \
         {DEPLOYMENT} --versioning-override-build-id build-2 --yes"
    );
    let mut words = vec!["workflow", "update-options", "--query", &on_it];
    words.extend(free.split_whitespace());
    stack.temporal().cli_text(&words).await.unwrap();
    until("both are on the other build", async || {
        (count(&stack, &open_on("build-2")).await == 2).then_some(())
    })
    .await;
    stack.partner().finish("left").await.unwrap();
    ends(&stack, "left", "completed").await;
    shows(&stack, &format!("sky_open_operations_by_build{labels} 0")).await;
}

/// Waits until the worker's metrics have this line.
async fn shows(stack: &Stack, line: &str) {
    until(line, async || {
        let text = scrape(stack).await;
        text.lines().any(|shown| shown == line).then_some(())
    })
    .await;
}

/// The round of what was opened while a half went to either build.
const RAMPED: u32 = 4;

/// Each as an operation that waits long, and one that ends by itself after it was open.
async fn open_in_each_phase(stack: &Stack, round: u32) {
    let [waits, odd, unbilled, untold, lost] = ids(round);
    let quiet = json!({ "when": "never" });
    let scenarios = [
        (&waits, json!({ "never_completes": true })),
        (&odd, json!({ "reports_amount": "130.00" })),
        (&unbilled, json!({ "completes_after": "0s" })),
        (&untold, json!({ "completes_after": "0s" })),
        (
            &lost,
            json!({ "faults": [{ "on": "submit", "kind": "reset", "executed": true }] }),
        ),
    ];
    for (id, mut scenario) in scenarios {
        scenario["callback"] = quiet.clone();
        scenario["second_submission"] = json!("charges_again");
        set_custom_scenario(stack, id, scenario).await;
    }
    charge(stack, &waits).await;
    charge(stack, &odd).await;
    charge(stack, &unbilled).await;
    charge(stack, &untold).await;
    give_back(stack, &lost).await;
    reaches(stack, &waits, "awaiting_completion").await;
    needs_attention(stack, &odd, "asked 125.50 KGS").await;
    reaches(stack, &unbilled, "needs_attention").await;
    reaches(stack, &untold, "finalizing").await;
}

fn ids(round: u32) -> [String; 5] {
    ["waits", "odd", "unbilled", "untold", "lost"].map(|what| format!("{what}-{round}"))
}

/// Billing does not answer about those that are untold, and refuses all others.
fn no_bills() -> Value {
    let away = (0..=RAMPED).map(|round| {
        let [_, _, _, untold, _] = ids(round);
        json!({ "kind": { "status": 503 }, "times": 0, "request_id": untold })
    });
    let refusal = json!({ "kind": { "status": 409 }, "times": 0 });
    away.chain([refusal]).collect()
}

async fn all_are_on(stack: &Stack, build: &str) {
    // Merchant accounts follow too.
    let open = "ExecutionStatus = 'Running'";
    let elsewhere = format!(
        "{open} AND (TemporalWorkerDeploymentVersion IS NULL \
         OR TemporalWorkerDeploymentVersion != '{DEPLOYMENT}:{build}')"
    );
    until(&format!("all are on {build}"), async || {
        (count(stack, &elsewhere).await == 0).then_some(())
    })
    .await;
}

pub(crate) fn open_on(build: &str) -> String {
    format!(
        "ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '{DEPLOYMENT}:{build}'"
    )
}

pub(crate) async fn count(stack: &Stack, query: &str) -> u64 {
    let count = ["workflow", "count", "--query", query];
    let counted = stack.temporal().cli(&count).await.unwrap();
    // JSON has 64-bit numbers as text, and leaves zeros out.
    let counted = counted["count"].as_str().map(str::parse);
    counted.transpose().unwrap().unwrap_or_default()
}

pub(crate) async fn start_worker_of(stack: &mut Stack, build: &str) {
    let temporal = stack.temporal_mut();
    temporal.set_variable("TEMPORAL_DEPLOYMENT_NAME", DEPLOYMENT);
    temporal.set_variable("TEMPORAL_WORKER_BUILD_ID", build);
    if build == EARLIER_BUILD {
        start_earlier_worker(stack).await;
    } else {
        stack.start_worker().await.unwrap();
    }
}

async fn start_earlier_worker(stack: &mut Stack) {
    match env::var_os(EARLIER_WORKER).map(PathBuf::from) {
        Some(earlier) => stack.start_worker_from(&earlier).await.unwrap(),
        None => stack.start_worker().await.unwrap(),
    }
}

/// A half of what starts goes to this build, and of what waits too.
async fn ramp(stack: &Stack, build: &str) {
    let ramp = format!(
        "worker deployment set-ramping-version --deployment-name {DEPLOYMENT} --build-id {build} \
         --percentage 50 --yes"
    );
    until("the build may be ramped", async || {
        try_cli(stack, &ramp).await.ok()
    })
    .await;
}

pub(crate) async fn make_current(stack: &Stack, build: &str) {
    let current = format!(
        "worker deployment set-current-version --deployment-name {DEPLOYMENT} --build-id {build} \
         --yes"
    );
    until("the build may be made current", async || {
        try_cli(stack, &current).await.ok()
    })
    .await;
}
