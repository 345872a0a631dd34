//! The examples in other languages: each charges once, tells how it ended, and follows what is open,
//! with messages that are as the schemas say.

use harness::{Example, Expected, Printed, Stack, not_tested};
use payments_client::PaymentsClient;
use rstest::rstest;
use serde_json::json;
use workflows::contract::ids::{RequestId, TASK_QUEUE};

use crate::books::{
    STILL, builder, charge, cli, client, ends, events, input, needs_attention, pending, reaches,
    run_id, start_raw, state, until,
};
use crate::schemas::Validators;

use Example::{Curl, Python, Temporal, TypeScript};

#[rstest]
#[tokio::test]
async fn an_example_charges_once_however_often_it_is_run(
    #[values(Python, TypeScript, Temporal, Curl)] example: Example,
) {
    if is_missing(example) {
        return;
    }
    let stack = builder().with_http_api().start().await.unwrap();
    let request = input("once");
    let charge = ["charge", request.as_str()];
    let (one, other) = tokio::join!(run(example, &stack, &charge), run(example, &stack, &charge));
    let again = run(example, &stack, &charge).await;

    let result = ends(&stack, "once", "completed").await;
    for printed in [&one, &other, &again] {
        assert!(printed.succeeded, "{printed:?}");
        assert_eq!(printed.message("result").unwrap(), &result);
    }
    let repeats = [&one, &other, &again].map(|it| it.says("already started"));
    assert_eq!(repeats.iter().filter(|it| **it).count(), 2, "{repeats:?}");
    let sent = &events(&stack, "sky-payment-once").await.unwrap()[0];
    let sent = &sent["workflowExecutionStartedEventAttributes"]["input"]["payloads"][0]["data"];
    assert_eq!(Validators::new().check("payment_request", sent), Ok(()));
    let closed = run(example, &stack, &["state", "once"]).await;
    assert_eq!(closed.message("state").unwrap()["phase"], "closed");
}

#[rstest]
#[tokio::test]
async fn an_example_tells_how_a_payment_that_moved_no_money_ended(
    #[values(Python, TypeScript, Temporal, Curl)] example: Example,
) {
    if is_missing(example) {
        return;
    }
    // Without a worker, so that a request to cancel is there before anything else.
    let builder = builder().with_http_api().workers(0);
    let mut stack = builder.start().await.unwrap();
    start_raw(&stack, "process_extra_payment", "early", &input("early")).await;
    cli(&stack, "workflow cancel -w sky-payment-early").await;
    stack.start_worker().await.unwrap();
    let early = run(example, &stack, &["charge", &input("early")]).await;
    assert!(early.says("already started"), "{early:?}");
    assert!(early.says("no outcome: cancelled"), "{early:?}");

    let partner = stack.partner();
    partner.set_scenario("poor", "declined").await.unwrap();
    let declined = run(example, &stack, &["charge", &input("poor")]).await;
    let result = ends(&stack, "poor", "declined").await;
    assert_eq!(declined.message("result").unwrap(), &result);

    let wrong = input("wrong").replace("125.5", "1.234");
    for is_repeat in [false, true] {
        let refused = run(example, &stack, &["charge", &wrong]).await;
        let detail = refused.message("invalid_request").unwrap();
        assert_eq!(detail["field"], "amount", "{detail}");
        assert_eq!(refused.says("already started"), is_repeat);
        assert!(!refused.succeeded);
    }

    for nameless in ["{}", r#"{"request_id":7}"#, "[]", "no JSON"] {
        let refused = run(example, &stack, &["charge", nameless]).await;
        let detail = refused.message("invalid_request").unwrap();
        assert_eq!(detail["field"], "input", "{nameless}: {detail}");
        assert!(!refused.succeeded);
    }

    pending(&stack, "forced", "never").await;
    let terminate = "workflow terminate -w sky-payment-forced --reason test";
    cli(&stack, terminate).await;
    let forced = run(example, &stack, &["charge", &input("forced")]).await;
    assert!(forced.says("no outcome: ended by force"), "{forced:?}");
    assert!(!forced.succeeded);

    let moved = partner.whole_ledger().await.unwrap();
    assert!(moved.is_empty(), "{moved:?}");
}

#[rstest]
#[tokio::test]
async fn an_example_wakes_checks_and_resolves_what_is_open(
    #[values(Python, TypeScript, Temporal, Curl)] example: Example,
) {
    if is_missing(example) {
        return;
    }
    let stack = builder().with_http_api().timings(STILL);
    let stack = stack.start().await.unwrap();
    let partner = stack.partner();
    let odd = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    partner.set_custom_scenario("odd", odd).await.unwrap();
    pending(&stack, "open", "never").await;
    let waiting = run(example, &stack, &["state", "open"]).await;
    let asked = waiting.message("state").unwrap()["status_checks"].as_u64();
    let signalled = run(example, &stack, &["signal", "open"]).await;
    assert!(signalled.succeeded, "{signalled:?}");
    until("the signal makes it ask", async || {
        (state(&stack, "open").await["status_checks"].as_u64() > asked).then_some(())
    })
    .await;
    let word = abandoned("pp-1");
    let refused = run(example, &stack, &["resolve", "open", &word]).await;
    assert!(refused.says("refused: "), "{refused:?}");
    assert!(refused.words[0].contains("needs_attention"), "{refused:?}");
    // Not for curl, which refuses such an address by itself.
    if example != Curl {
        let unknown = run(example, &stack, &["check-now", "no\u{1b}[31mne"]).await;
        assert!(unknown.says("refused: "), "{unknown:?}");
        let is_plain = !unknown.words[0].contains(char::is_control);
        assert!(is_plain, "{unknown:?}");
    }
    partner.finish("open").await.unwrap();
    let checked = run(example, &stack, &["check-now", "open"]).await;
    assert_ne!(
        checked.message("state").unwrap()["phase"],
        "awaiting_completion"
    );
    ends(&stack, "open", "completed").await;

    charge(&stack, "odd").await;
    // A check during the submission would count as done by it.
    reaches(&stack, "odd", "awaiting_completion").await;
    run(example, &stack, &["check-now", "odd"]).await;
    needs_attention(&stack, "odd", "asked 125.50 KGS").await;
    let moved = &partner.ledger("odd").await.unwrap()[0];
    let word = abandoned(&moved.partner_payment_id);
    let resolved = run(example, &stack, &["resolve", "odd", &word]).await;
    assert!(resolved.message("state").is_ok(), "{resolved:?}");
    let ended = run(example, &stack, &["charge", &input("odd")]).await;
    assert_eq!(ended.message("result").unwrap()["resolved_by"], "ann");
    let books = stack.books("odd", "30s").await.unwrap();
    let given_up = Expected::AbandonedAfter("130.00".to_owned());
    let wrong = books.differences(&stack.operation("odd"), &given_up);
    assert!(wrong.iter().all(|it| it.reason.is_some()), "{wrong:#?}");
}

#[tokio::test]
async fn the_examples_wait_for_the_outcome_across_the_runs_of_a_payment() {
    let stack = builder().with_http_api().timings(STILL);
    let stack = stack.start().await.unwrap();
    pending(&stack, "long", "never").await;

    let request = input("long");
    let wait = async |example: Example| {
        if is_missing(example) {
            return None;
        }
        Some(run(example, &stack, &["charge", &request]).await)
    };
    let go_on = async {
        // Twice, since an example may begin to wait only after the first time.
        continues_as_new(&stack, "long").await;
        continues_as_new(&stack, "long").await;
        stack.partner().finish("long").await.unwrap();
        stack.payments(&["check-now", "long"]).await.unwrap();
        ends(&stack, "long", "completed").await
    };
    let (python, typescript, temporal, curl, result) = tokio::join!(
        wait(Python),
        wait(TypeScript),
        wait(Temporal),
        wait(Curl),
        go_on
    );
    for printed in [python, typescript, temporal, curl].iter().flatten() {
        assert_eq!(printed.message("result").unwrap(), &result);
    }
}

/// Runs it, and holds each message that it prints against its schema.
async fn run(example: Example, stack: &Stack, arguments: &[&str]) -> Printed {
    let printed = example.run(stack, arguments).await.unwrap();
    let validators = Validators::new();
    for (schema, message) in &printed.messages {
        assert_eq!(validators.check(schema, message), Ok(()), "{message}");
    }
    printed
}

/// An operator's word, about what the partner calls this.
fn abandoned(partner_payment_id: &str) -> String {
    let word = json!({
        "as": "abandoned", "operator": "ann", "reason": "settled by hand",
        "partner_payment_id": partner_payment_id,
    });
    assert_eq!(Validators::new().check("resolve", &word), Ok(()));
    word.to_string()
}

fn is_missing(example: Example) -> bool {
    let Err(missing) = example.check() else {
        return false;
    };
    not_tested(&format!("the example for {example:?}"), missing);
    true
}

async fn continues_as_new(stack: &Stack, id: &str) {
    let first = run_id(stack, id).await;
    let payments = PaymentsClient::new(client(stack).await, TASK_QUEUE);
    let operation = payments.operation(&RequestId::parse(id).unwrap());
    while run_id(stack, id).await == first {
        for _ in 0..20 {
            operation.check_now().await.unwrap();
        }
    }
}
