//! Starts that find how an operation has ended, and the way on after a failed one.

use payments_client::PaymentsClient;
use serde_json::{Value, json};

use crate::command_line::run;
use crate::server::Server;
use crate::stubs::with_worker;
use crate::{start, until_found};

const START: &str = "start extra-payment --currency KGS --amount 125.5";

#[tokio::test]
async fn a_refused_start_is_no_success_and_the_same_id_can_be_started_again() {
    let server = Server::shared().await;
    let address = server.address.as_str();
    with_worker(&server, "again", async |_| {
        let refused =
            format!("{START} --request-id again-1 --order-id completes --merchant unknown");
        let waited = run(address, "again", &format!("{refused} --wait")).await;
        assert_eq!(waited.code, 5, "{}", waited.errors);

        let repeat = run(address, "again", &refused).await;
        assert_eq!((repeat.code, repeat.lines.len()), (5, 0));
        for words in ["nothing was sent", "merchant", "--again"] {
            assert!(repeat.errors.contains(words), "{}", repeat.errors);
        }
        let json = run(address, "again", &format!("--output json {refused}")).await;
        let error: Value = serde_json::from_str(&json.errors).unwrap();
        assert_eq!(error["error"], "invalid_request", "{error}");
        assert_eq!(
            (&error["nothing_sent"], &error["exit_code"]),
            (&json!(true), &json!(5))
        );
        let result = run(address, "again", "--output json result again-1").await;
        let result = &result.json()[0];
        assert_eq!(
            (&result["request_id"], &result["outcome"]),
            (&json!("again-1"), &Value::Null)
        );
        assert_eq!(
            (&result["error"], &result["field"]),
            (&json!("invalid_request"), &json!("merchant"))
        );

        let explained = run(address, "again", "explain again-1").await;
        let text = explained.lines.join("\n");
        assert!(text.contains("start the same request id again"), "{text}");
        assert!(
            text.contains("sky-payments start extra-payment --again"),
            "{text}"
        );
        assert!(!text.contains("Never"), "{text}");
        let many = run(
            address,
            "again",
            "explain --order-id completes --status failed",
        )
        .await;
        let text = many.lines.join("\n");
        assert!(!text.contains("Never"), "{text}");

        let corrected = format!("{START} --request-id again-1 --order-id completes");
        let other = run(address, "again", &corrected).await;
        assert_eq!(other.code, 4, "{}", other.errors);
        let text = other.lines.join("\n");
        for words in ["merchant was unknown", "sent nothing", "--again"] {
            assert!(text.contains(words), "{text}");
        }
        let corrected = format!("{corrected} --again");
        let again = run(address, "again", &format!("{corrected} --wait")).await;
        assert_eq!(again.code, 0, "{}", again.errors);
        assert_eq!(again.lines[0], "again-1  started");
        assert!(
            again.errors.contains("AllowDuplicateFailedOnly"),
            "{}",
            again.errors
        );
        // There is nothing to start again any more.
        let again = run(address, "again", &corrected).await;
        assert_eq!(again.code, 0, "{}", again.errors);
        let says = "again-1  started before, by the same request; it has ended: completed";
        assert!(again.lines[0].starts_with(says), "{:?}", again.lines);
        // With --wait its end is not told twice.
        let waited = run(address, "again", &format!("{corrected} --wait")).await;
        assert_eq!((waited.code, waited.lines), (0, again.lines));
    })
    .await;
}

#[tokio::test]
async fn a_closed_operation_refuses_commands() {
    let server = Server::shared().await;
    let address = server.address.as_str();
    with_worker(&server, "closed", async |_| {
        let start = format!("{START} --request-id closed-1 --order-id completes --wait");
        assert_eq!(run(address, "closed", &start).await.code, 0);
        for command in [
            "check-now closed-1",
            "cancel closed-1",
            "resolve closed-1 --as abandoned --operator ann --reason x",
            "resolve closed-1 --as abandoned --operator ann --reason x --against-advice",
            "withdraw closed-1 --operator ann --reason x",
            "approve closed-1 --as abandoned --operator ann",
        ] {
            let left = run(address, "closed", command).await;
            assert_eq!(left.code, 4, "{command}: {}", left.errors);
        }
    })
    .await;
    refuses_as_closed(address, "closed-1").await;
}

#[tokio::test]
async fn one_that_was_terminated_while_it_needed_attention_refuses_commands() {
    let server = Server::shared().await;
    let address = server.address.as_str();
    with_worker(&server, "cut", async |payments| {
        start(&payments, "cut", 1, "differs", "cut").await;
        until_found(address, "--phase needs_attention --merchant cut", 1).await;
        server.terminate("cut-0").await;
        refuses_as_closed(address, "cut-0").await;
    })
    .await;
    refuses_as_closed(address, "cut-0").await;
}

/// Without a worker too.
async fn refuses_as_closed(address: &str, id: &str) {
    for command in [
        format!("resolve {id} --as abandoned --operator ann --reason x"),
        format!("approve {id} --as abandoned --operator ann"),
    ] {
        let left = run(address, "cut", &format!("--output json {command}")).await;
        assert_eq!(left.code, 4, "{command}: {}", left.errors);
        let error: Value = serde_json::from_str(&left.errors).unwrap();
        assert_eq!(error["error"], "closed", "{error}");
    }
}

#[tokio::test]
async fn one_that_was_terminated_before_anything_was_sent_is_not_said_to_be_on_its_way() {
    let server = Server::shared().await;
    let address = server.address.as_str();
    with_worker(&server, "unsent", async |payments| {
        start(&payments, "unsent", 1, "unsent", "cut").await;
        start(&payments, "sent", 1, "stays", "cut").await;
        for (id, words) in [("unsent-0", "connection refused"), ("sent-0", "awaiting")] {
            until_status_says(address, id, words).await;
            server.terminate(id).await;
        }
        for (id, unsent) in [("unsent-0", true), ("sent-0", false)] {
            until_runs_are_listed(&payments, id).await;
            let explained = run(address, "unsent", &format!("explain {id}")).await;
            let text = explained.lines.join("\n");
            for (words, of_unsent) in [
                ("before anything was sent: no money moved", true),
                ("only the partner knows", false),
                ("what it had sent goes on", false),
                ("unless it sent nothing", false),
                ("to the partner that is another payment", false),
            ] {
                assert_eq!(text.contains(words), unsent == of_unsent, "{words}: {text}");
            }
            assert!(text.contains("workflow reset"), "{text}");
        }
    })
    .await;
}

async fn until_status_says(address: &str, id: &str, words: &str) {
    for _ in 0..100 {
        let status = run(address, "unsent", &format!("status {id}")).await;
        if status.lines.join("\n").contains(words) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{id} never said {words}");
}

/// Temporal's list lags behind.
async fn until_runs_are_listed(payments: &PaymentsClient, id: &str) {
    let query = format!(r#"WorkflowId = "sky-payment-{id}""#);
    for _ in 0..100 {
        if payments.search(&query, 2).await.unwrap().len() == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{id} was never listed");
}
