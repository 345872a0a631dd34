//! A payment that billing does not accept is closed with a document that somebody made there by
//! hand.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use harness::{Stack, Timings, workflow_id};
use rstest::rstest;
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};
use serde_json::{Value, json};

use crate::books::{
    QUICK, builder, charge, cli, describe, give_back, reaches, set_custom_scenario, split, state,
    until,
};
use crate::metrics::value;
use crate::operators::update;

async fn stack(two_operators: bool) -> Stack {
    let timings = Timings {
        needs_attention_after: "3s",
        // Only what an operator says is tried.
        attention_check: "10m",
        ..QUICK
    };
    let settings = format!("[resolution]\ntwo_operators = {two_operators}\n");
    let builder = builder().timings(timings).worker_settings(&settings);
    builder.start().await.unwrap()
}

/// Of every payment.
fn refusal() -> Value {
    json!([{ "kind": { "status": 409 }, "times": 0 }])
}

#[rstest]
#[case::refuses(Some(refusal()))]
#[case::is_away(None)]
#[tokio::test]
async fn where_billing_does_not_record_it_a_document_made_by_hand_closes_it(
    #[case] faults: Option<Value>,
) {
    let stack = stack(false).await;
    match faults {
        Some(faults) => stack.billing().set_faults(faults).await.unwrap(),
        None => stack.billing().set_down(true).await.unwrap(),
    }
    charge(&stack, "unbilled").await;
    let waiting = is_unbilled(&stack, "unbilled").await;
    let actions = waiting["actions"].as_array().unwrap();
    let resolutions: Vec<&Value> = actions
        .iter()
        .filter(|it| it["action"].as_str().unwrap().starts_with("resolve"))
        .collect();
    assert_eq!(resolutions.len(), 1, "{waiting}");
    assert_eq!(resolutions[0]["action"], "resolve_as_completed");
    assert_eq!(resolutions[0]["with"], "billing_document_id");
    let explained = stack
        .payments_words(&["explain", "unbilled"])
        .await
        .unwrap();
    let command = "sky-payments resolve unbilled --as completed --operator NAME --reason WHY \
                   --billing-document-id ID --against-advice";
    assert!(explained.contains(command), "{explained}");

    // Without one, billing is told once more, and does not accept it.
    let resolve = split("resolve unbilled --as completed --operator ann --reason OPS-7");
    let refused = stack.payments_output(&resolve).await.unwrap();
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    let told = stack.billing().journal().await.unwrap().len();
    // Billing may have recorded it, whatever it answered.
    let document = split("--billing-document-id MAN-2026/7");
    let unadvised = [resolve, document].concat();
    let refused = stack.payments_output(&unadvised).await.unwrap();
    assert_eq!(refused.status.code(), Some(9), "{refused:?}");
    let by_hand = [unadvised.as_slice(), &["--against-advice"]].concat();
    let closed = stack.payments(&by_hand).await.unwrap();
    assert_eq!(closed["phase"], "closed", "{closed}");
    let result = stack.payments(&["result", "unbilled"]).await.unwrap();
    for (field, value) in [
        ("outcome", "completed"),
        ("billing_document_id", "MAN-2026/7"),
        ("resolved_by", "ann"),
        ("resolution_reason", "OPS-7 [against advice]"),
    ] {
        assert_eq!(result[field], value, "{result}");
    }
    let moved = stack.partner().ledger("unbilled").await.unwrap();
    assert_eq!(moved[0].partner_payment_id, result["partner_payment_id"]);
    let told_since = stack.billing().journal().await.unwrap().len();
    assert_eq!(told_since, told, "billing was told again");
}

#[tokio::test]
async fn a_document_is_refused_where_it_makes_no_sense() {
    let stack = stack(false).await;
    let odd = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    for id in ["odd-charge", "odd-reversal"] {
        set_custom_scenario(&stack, id, odd.clone()).await;
    }
    charge(&stack, "odd-charge").await;
    give_back(&stack, "odd-reversal").await;
    stack.billing().set_faults(refusal()).await.unwrap();
    charge(&stack, "unbilled").await;
    for (id, verdict, document, problem) in [
        (
            "odd-reversal",
            "completed",
            "b-1",
            "never told of a reversal",
        ),
        (
            "odd-charge",
            "completed",
            "b-1",
            "the partner has not said so yet",
        ),
        ("unbilled", "declined", "b-1", "as \"completed\" alone"),
        ("unbilled", "abandoned", "b-1", "as \"completed\" alone"),
        ("unbilled", "completed", "b\u{1b}[2J", "visible characters"),
        ("unbilled", "completed", "", "visible characters"),
    ] {
        reaches(&stack, id, "needs_attention").await;
        let argument = json!({
            "as": verdict, "operator": "ann", "reason": "x", "billing_document_id": document,
        });
        let refusal = update(&stack, id, "resolve", argument).await.unwrap_err();
        assert!(refusal.contains(problem), "{id}, {problem}: {refusal}");
    }
}

#[tokio::test]
async fn a_document_does_not_stand_against_a_partner_that_changes_its_word_or_is_silent() {
    let stack = stack(false).await;
    stack.billing().set_faults(refusal()).await.unwrap();
    let silent = json!({ "on": "status", "kind": { "status": 503 }, "skip": 1, "times": 0 });
    for (id, scenario) in [
        ("flips", json!({ "final_answer_flips": true })),
        (
            "silent",
            json!({ "completes_after": "0s", "faults": [silent] }),
        ),
    ] {
        set_custom_scenario(&stack, id, scenario).await;
        charge(&stack, id).await;
        is_unbilled(&stack, id).await;
    }
    let by_hand = completed_by("b-1");
    for (id, problem) in [
        ("flips", "declined, after completed"),
        ("silent", "the partner must say completed"),
    ] {
        let refusal = update(&stack, id, "resolve", by_hand.clone()).await;
        let refusal = refusal.unwrap_err();
        assert!(refusal.contains(problem), "{id}: {refusal}");
        assert_eq!(state(&stack, id).await["phase"], "needs_attention");
    }
}

#[tokio::test]
async fn with_two_operators_the_document_is_proposed_and_approved() {
    let stack = stack(true).await;
    stack.billing().set_faults(refusal()).await.unwrap();
    charge(&stack, "two").await;
    is_unbilled(&stack, "two").await;
    let by_hand = completed_by("MAN-7");
    update(&stack, "two", "resolve", by_hand).await.unwrap();
    let proposal = state(&stack, "two").await["proposal"].clone();
    assert_eq!(proposal["billing_document_id"], "MAN-7", "{proposal}");
    let shown = cli(&stack, "workflow metadata -w sky-payment-two").await;
    assert!(shown.contains("with billing's document `MAN-7`"), "{shown}");
    let approve = split("approve two --as completed --operator ben --against-advice");
    let words = stack.payments_words(&approve).await.unwrap();
    assert!(words.contains("MAN-7"), "{words}");
    let result = stack.payments(&["result", "two"]).await.unwrap();
    assert_eq!(
        (&result["billing_document_id"], &result["approved_by"]),
        (&json!("MAN-7"), &json!("ben"))
    );
}

/// The worker is blocked while it reads its token for billing, and continues after an operator has
/// closed the payment.
#[tokio::test]
async fn a_step_that_is_held_up_until_a_document_was_made_by_hand_tells_billing_nothing() {
    let mut stack = stack(false).await;
    let metrics = format!("{}/metrics", stack.worker_private_url().unwrap());
    let file = stack.folder().join("billing-token");
    let (kept, pipe) = (file.with_extension("kept"), file.with_extension("pipe"));
    fs::rename(&file, &kept).unwrap();
    mknodat(CWD, &file, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    charge(&stack, "held").await;
    let mut token = until("the step reads its token", async || reader(&file)).await;
    // The short way is given up soon; then the step itself reads too.
    until("the long way is taken", async || {
        let described = describe(&stack, &workflow_id("held")).await.ok()?;
        let state = described["pendingActivities"][0]["state"].as_str()?;
        state.ends_with("STARTED").then_some(())
    })
    .await;
    fs::rename(&file, &pipe).unwrap();
    fs::rename(&kept, &file).unwrap();
    stack.start_worker().await.unwrap();
    reaches(&stack, "held", "needs_attention").await;
    let by_hand = completed_by("MAN-7");
    until("it is closed", async || {
        update(&stack, "held", "resolve", by_hand.clone())
            .await
            .ok()
    })
    .await;
    token.write_all(&fs::read(&file).unwrap()).unwrap();
    drop(token);
    // Both ways may have got a part of the token.
    until("a step has ended", async || {
        let text = stack.http().get(&metrics).send().await.ok()?;
        let text = text.text().await.ok()?;
        (value(&text, "sky_billing_requests_total{", &[]) > 0).then_some(())
    })
    .await;
    assert_eq!(
        stack.billing().journal().await.unwrap(),
        Vec::<Value>::new()
    );
}

/// A resolution with this document.
fn completed_by(document: &str) -> Value {
    json!({
        "as": "completed", "operator": "ann", "reason": "x", "billing_document_id": document,
    })
}

/// Waits until it needs attention because of billing. A slow machine may take longer than its deadline
/// until the partner has completed it, and then it needs attention for that.
async fn is_unbilled(stack: &Stack, id: &str) -> Value {
    until(&format!("{id} is completed and not billed"), async || {
        let state = state(stack, id).await;
        let is_unbilled = state["at_stake"] == "money_taken_not_billed";
        (is_unbilled && state["phase"] == "needs_attention").then_some(state)
    })
    .await
}

/// The other end of a pipe that somebody reads from; none as long as nobody does.
fn reader(pipe: &std::path::Path) -> Option<File> {
    let mut options = OpenOptions::new();
    let flags = OFlags::NONBLOCK.bits().try_into().unwrap();
    options.write(true).custom_flags(flags).open(pipe).ok()
}
