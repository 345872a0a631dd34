//! The built `sky-payments`: what it prints, and how it exits.

use std::process::Stdio;
use std::time::Duration;

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
async fn the_doctor_names_the_address_that_does_not_answer_and_what_to_do() {
    let left = run("127.0.0.1:1", "cli", "doctor").await;
    let [line] = &left.lines[..] else {
        panic!("{:?}", left.lines);
    };
    let says = "wrong    Temporal: http://127.0.0.1:1/ does not answer: Connection refused";
    assert!(line.starts_with(says), "{line}");
    for word in ["start it", "TEMPORAL_ADDRESS", "--address"] {
        assert!(line.contains(word), "{line}");
    }
    assert_eq!(left.code, 1);
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
        let waited = run(address, "cli", "wait cli-3 cli-5 --timeout 10s").await;
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
        let status = &status.json()[0];
        for (field, value) in [
            ("phase", "needs_attention"),
            ("request_id", "cli-5"),
            ("amount", "125.50"),
            ("currency", "KGS"),
        ] {
            assert_eq!(status[field], value, "{status}");
        }
        let resolve = "--output json resolve cli-5 --operator aida --reason x --as";
        // Without a terminal nobody can be asked for the phrase.
        for verdict in ["declined", "abandoned"] {
            let unasked = run(address, "cli", &format!("{resolve} {verdict}")).await;
            assert_eq!((unasked.code, unasked.lines.len()), (9, 0));
            for words in ["advises against it: ", "add: --against-advice"] {
                assert!(unasked.errors.contains(words), "{}", unasked.errors);
            }
            for line in unasked.errors.lines() {
                let told: Value = serde_json::from_str(line).unwrap();
                assert_eq!(told["error"], "unconfirmed", "{told}");
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

        // Temporal's list lags.
        let list = "list --order-id differs --outcome abandoned";
        let mut listed = run(address, "cli", list).await;
        for _ in 0..50 {
            if listed.lines.iter().any(|line| line.starts_with("cli-5")) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            listed = run(address, "cli", list).await;
        }
        let row = listed.lines.iter().find(|line| line.starts_with("cli-5"));
        let row: Vec<&str> = row.unwrap().split_whitespace().collect();
        let expected = ["cli-5", "extra-payment", "125.50", "KGS", "abandoned"];
        assert_eq!(row[..5], expected);
        assert_eq!(row[row.len() - 2..], ["differs", "bishkek"]);
    })
    .await;
}
