//! Proposals of many, approved by another operator.

use serde_json::json;

use crate::command_line::run;
use crate::server::Server;
use crate::stubs::with_worker;
use crate::{confirmed, start, until_found};

#[tokio::test]
async fn many_proposals_are_approved_by_another_operator() {
    let server = Server::shared().await;
    let address = server.address.as_str();
    with_worker(&server, "two", async |payments| {
        start(&payments, "two", 2, "differs", "two-operators").await;
        let stuck = "--phase needs_attention --merchant two-operators";
        until_found(address, stuck, 2).await;
        let resolve =
            format!("resolve {stuck} --as abandoned --operator ann --ticket OPS-7 --reason x");
        let phrase = "resolve 2 as abandoned, 2 against advice";
        let proposed = confirmed(address, &resolve, phrase).await;
        assert_eq!(proposed.code, 0, "{}", proposed.errors);
        let text = proposed.lines.join("\n");
        assert_eq!(
            text.matches("another operator approves it").count(),
            2,
            "{text}"
        );
        let explained = run(address, "two", "explain two-0").await;
        let text = explained.lines.join("\n");
        assert!(
            text.contains("ann proposes to resolve it as abandoned")
                && text.contains(": x [against advice], ticket OPS-7"),
            "{text}"
        );
        assert!(
            text.contains("sky-payments approve two-0 --as abandoned"),
            "{text}"
        );

        // What was proposed as another end is not meant.
        let other = format!("approve {stuck} --as completed --operator ben");
        let other = run(address, "two", &other).await;
        assert_eq!((other.code, other.lines.len()), (0, 1), "{:?}", other.lines);
        // What is approved is seen before.
        let approve =
            |operator: &str| format!("approve {stuck} --as abandoned --operator {operator}");
        let phrase = "approve 2 as abandoned, 2 against advice";
        let same = confirmed(address, &approve("Ann"), phrase).await;
        assert_eq!(same.code, 4, "{}", same.errors);
        let dry_run = run(address, "two", &approve("ben")).await;
        let text = dry_run.lines.join("\n");
        assert_eq!(
            (
                dry_run.code,
                text.matches("abandoned by ann (OPS-7): x").count()
            ),
            (9, 2),
            "{text}"
        );
        let again = run(address, "two", &resolve).await;
        let text = again.lines.join("\n");
        assert!(
            text.contains("2 waiting proposals would be replaced"),
            "{text}"
        );
        let approved = confirmed(address, &approve("ben"), phrase).await;
        assert_eq!(approved.code, 0, "{:?} {}", approved.lines, approved.errors);
        let result = run(address, "two", "--output json result two-1").await;
        let result = &result.json()[0];
        assert_eq!(
            (&result["resolved_by"], &result["approved_by"]),
            (&json!("ann"), &json!("ben"))
        );
    })
    .await;
}
