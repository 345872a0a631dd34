//! The built `sky-payments`: what it prints, and how it exits.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::server::Server;
use crate::stubs::with_worker;

/// What a command left behind.
pub(crate) struct Left {
    pub(crate) code: i32,
    pub(crate) lines: Vec<String>,
    pub(crate) errors: String,
}

impl Left {
    pub(crate) fn json(&self) -> Vec<Value> {
        let parse = |line: &String| serde_json::from_str(line).unwrap();
        self.lines.iter().map(parse).collect()
    }
}

pub(crate) async fn run(address: &str, task_queue: &str, words: &str) -> Left {
    let arguments: Vec<&str> = words.split_whitespace().collect();
    run_arguments(address, task_queue, &arguments).await
}

pub(crate) async fn run_arguments(address: &str, task_queue: &str, arguments: &[&str]) -> Left {
    let output = Command::new(env!("CARGO_BIN_EXE_sky-payments"))
        .args(arguments)
        .stdin(Stdio::null())
        .env("TEMPORAL_ADDRESS", address)
        .env("SKY_TASK_QUEUE", task_queue)
        .output()
        .await
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Left {
        code: output.status.code().unwrap(),
        lines: text.lines().map(str::to_owned).collect(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_before_anything_is_sent() {
    // Nobody listens there, and nobody is asked.
    let nowhere = "127.0.0.1:1";
    let start = "start extra-payment --request-id cli-1 --order-id o-1 --currency KGS --amount";
    for (words, code, says) in [
        (format!("{start} 1.234"), 2, "amount has 3 fraction digits"),
        (format!("{start} 1 --merchant="), 2, "merchant"),
        ("status r/1".to_owned(), 2, "request_id must be"),
        ("wait r-1 --timeout soon".to_owned(), 2, "--timeout"),
        ("list --phase lost".to_owned(), 2, "needs_attention"),
        (
            "resolve r-1 --as abandoned --operator a --reason=".to_owned(),
            2,
            "reason must not be empty",
        ),
        ("list --order-id o\\1".to_owned(), 2, "backslash"),
        ("status r-1".to_owned(), 6, "TEMPORAL_ADDRESS"),
    ] {
        let left = run(nowhere, "cli", &words).await;
        assert_eq!(left.code, code, "{words}: {}", left.errors);
        assert!(left.errors.contains(says), "{words}: {}", left.errors);
    }
    let left = run(nowhere, "cli", "completions bash").await;
    assert!(left.code == 0 && left.lines.len() > 50);
}

#[tokio::test]
async fn a_start_says_what_was_started_and_whether_it_was_a_repeat() {
    let server = Server::shared().await;
    let start =
        "--output json start reversal --request-id cli-2 --currency KGS --amount 5 --order-id";
    let first = run(&server.address, "cli", &format!("{start} o-1")).await;
    let run_id = first.json()[0]["run_id"].clone();
    let expected = |repeat: Value| {
        json!({
            "request_id": "cli-2", "workflow_id": "sky-payment-cli-2",
            "run_id": run_id, "repeat": repeat,
        })
    };
    assert_eq!((first.code, first.json()), (0, vec![expected(Value::Null)]));
    assert_eq!(first.errors, "");

    let same = run(&server.address, "cli", &format!("{start} o-1")).await;
    assert_eq!(
        (same.code, same.json()),
        (0, vec![expected(json!({"differs": []}))])
    );
    let other = run(&server.address, "cli", &format!("{start} o-2")).await;
    let differs = expected(json!({"differs": ["order_id"]}));
    assert_eq!((other.code, other.json()), (4, vec![differs]));

    let text = "start reversal --request-id cli-2 --currency KGS --amount 5 --order-id o-2";
    let text = run(&server.address, "cli", text).await;
    assert_eq!(
        text.lines,
        ["cli-2  started before, by a request with another order_id"]
    );
    assert!(
        text.errors
            .starts_with("temporal workflow start --type process_payment_reversal")
    );

    for verb in ["status", "result", "wait", "cancel", "check-now"] {
        let missing = run(&server.address, "cli", &format!("{verb} cli-none")).await;
        assert_eq!(missing.code, 3, "{verb}: {}", missing.errors);
    }
}

#[tokio::test]
async fn operations_are_followed_and_resolved() {
    let server = Server::shared().await;
    let address = server.address.as_str();
    with_worker(&server, "cli", async |_| {
        let start = |kind: &str, id: &str, order: &str| {
            format!(
                "--output json start {kind} --request-id {id} --order-id {order} \
                 --amount 125.5 --currency KGS --wait"
            )
        };
        let completed = run(
            address,
            "cli",
            &start("extra-payment", "cli-3", "completes"),
        )
        .await;
        assert_eq!(completed.code, 0, "{}", completed.errors);
        assert_eq!(
            completed.json()[1],
            json!({
                "outcome": "completed", "request_id": "cli-3", "order_id": "completes",
                "amount": "125.50", "currency": "KGS", "merchant": "bishkek",
                "partner_payment_id": "pp-cli-3", "billing_document_id": "bill-cli-3",
                "completed_at": "2026-11-24T08:00:00Z",
            })
        );
        let declined = run(address, "cli", &start("reversal", "cli-4", "declines")).await;
        assert_eq!(declined.code, 5);
        let result = run(address, "cli", "--output json result cli-4").await;
        assert_eq!((result.code, &result.json()[0]), (5, &declined.json()[1]));

        let differs = start("extra-payment", "cli-5", "differs");
        run(address, "cli", differs.trim_end_matches(" --wait")).await;
        let waited = run(address, "cli", "wait cli-3 cli-5 --timeout 4s").await;
        assert_eq!(waited.code, 7, "{}", waited.errors);
        let text = waited.lines.join("\n");
        assert!(
            text.contains("completed  125.50 KGS, order completes"),
            "{text}"
        );
        assert!(
            text.contains("needs_attention: amount: asked 125.50 KGS"),
            "{text}"
        );

        let status = run(address, "cli", "--output json status cli-5").await;
        assert_eq!(status.json()[0]["phase"], "needs_attention");
        let resolve = "--output json resolve cli-5 --operator aida --reason x --as";
        // Without a terminal nobody can be asked for the phrase.
        for verdict in ["declined", "abandoned"] {
            let unasked = run(address, "cli", &format!("{resolve} {verdict}")).await;
            assert_eq!((unasked.code, unasked.lines.len()), (9, 0));
            for words in ["advises against it: ", "add: --against-advice"] {
                assert!(unasked.errors.contains(words), "{}", unasked.errors);
            }
        }
        let resolve = resolve.replace("resolve", "resolve --against-advice");
        let refused = run(address, "cli", &format!("{resolve} declined")).await;
        assert_eq!(refused.code, 4);
        assert!(
            refused.errors.contains("the partner says otherwise"),
            "{}",
            refused.errors
        );
        let resolved = run(address, "cli", &format!("{resolve} abandoned")).await;
        assert_eq!(
            (resolved.code, &resolved.json()[0]["phase"]),
            (0, &json!("closed"))
        );
        let result = run(address, "cli", "--output json wait cli-5 --timeout 30s").await;
        let reason = &result.json()[0]["resolution_reason"];
        assert_eq!(reason, "x [against advice]");

        let listed = run(address, "cli", "list --order-id differs").await;
        let row = listed.lines.iter().find(|line| line.starts_with("cli-5"));
        let row: Vec<&str> = row.unwrap().split_whitespace().collect();
        let expected = [
            "cli-5",
            "extra-payment",
            "125.50",
            "KGS",
            "differs",
            "bishkek",
        ];
        assert_eq!(row[..6], expected);
    })
    .await;
}
