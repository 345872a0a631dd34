//! What the Temporal UI shows of an operation, seen in a real browser.
//!
//! The pictures are kept in the target folder. With `SKY_PICTURES=1` they become those that the
//! documentation shows.

use std::fs;
use std::path::{Path, PathBuf};

use harness::{Browser, Stack, Timings, not_tested, workflow_id};
use serde_json::json;

use crate::books::{
    QUICK, builder, charge, ends, give_back, input, needs_attention, reaches, run_id,
    set_custom_scenario, start_raw,
};

#[tokio::test]
async fn temporals_ui_tells_an_operator_what_is_going_on() {
    let browser = match Browser::find() {
        Ok(browser) => browser,
        Err(missing) => return not_tested("Temporal's UI", missing),
    };
    // A browser may take a minute to start on a busy machine. What waits is then waiting still, and has
    // not asked so often that it went on in another run than the page is about.
    let patient = Timings {
        growth: 10,
        longest_pause: "30s",
        needs_attention_after: "10m",
        attention_check: "30s",
        ..QUICK
    };
    let stack = builder().timings(patient).with_ui();
    let stack = stack.start().await.unwrap();
    let never = json!({ "never_completes": true, "callback": { "when": "never" } });
    set_custom_scenario(&stack, "waiting", never).await;
    let other = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    set_custom_scenario(&stack, "odd", other).await;

    charge(&stack, "closed").await;
    give_back(&stack, "odd").await;
    // By a client that gives it neither a summary nor details.
    let request = input("waiting");
    start_raw(&stack, "process_extra_payment", "waiting", &request).await;
    ends(&stack, "closed", "completed").await;
    needs_attention(&stack, "odd", "asked 125.50 KGS").await;
    reaches(&stack, "waiting", "awaiting_completion").await;

    let metadata = async |id: &str, words: &[&str]| {
        let page = page(&stack, id, "user-metadata").await;
        browser.look(&page, words, &picture(id)).await.unwrap()
    };
    metadata(
        "waiting",
        &[
            "The partner has it, or may have it",
            "125.50 KGS, extra payment for order o-waiting, account kg-main, request waiting",
            "Phase: awaiting_completion since ",
            "At stake: 125.50 KGS: sent, outcome open",
            "Last report: pending, 125.50 KGS from the partner at ",
            "What happens next: the partner is asked at ",
            "Safe: check_now, it tries at once",
            "Never: terminate it",
            "No need: reset it",
        ],
    )
    .await;
    metadata(
        "odd",
        &[
            "reversal 125.50 KGS, order o-odd",
            "Needs attention",
            "Why: amount: asked 125.50 KGS, the partner says 130.00 KGS",
            "At stake: 125.50 KGS: reversal accepted, not confirmed",
            "Safe: resolve as abandoned: closes it. The partner moved reversal 130.00 KGS",
        ],
    )
    .await;
    metadata(
        "closed",
        &[
            "extra payment 125.50 KGS, order o-closed",
            "Closed: completed",
            "At stake: no money: agreed",
            "Last report: recorded as ",
            "What happens next: nothing: it has ended",
        ],
    )
    .await;

    let timeline = page(&stack, "closed", "timeline").await;
    let steps = ["charge 125.50 KGS, order o-closed"];
    let picture_of_it = picture("timeline");
    browser
        .look(&timeline, &steps, &picture_of_it)
        .await
        .unwrap();

    let query = "query=SkyPhase%3D%22needs_attention%22";
    let list = format!("{}/workflows?{query}", stack.temporal().ui_url().unwrap());
    let found = ["sky-payment-odd", "process_payment_reversal"];
    browser.look(&list, &found, &picture("list")).await.unwrap();
}

/// A page about the operation's present run.
async fn page(stack: &Stack, id: &str, tab: &str) -> String {
    let (workflow, run) = (workflow_id(id), run_id(stack, id).await);
    let ui = stack.temporal().ui_url().unwrap();
    format!("{ui}/workflows/{workflow}/{run}/{tab}")
}

fn picture(name: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = match std::env::var_os("SKY_PICTURES") {
        Some(_) => here.join("docs/pictures"),
        None => harness::profile_folder().unwrap().join("pictures"),
    };
    fs::create_dir_all(&folder).unwrap();
    folder.join(format!("{name}.png"))
}
