//! Many operations: found, explained and changed by what they have in common.

use serde_json::{Value, json};

use crate::command_line::run;
use crate::server::Server;
use crate::stubs::with_worker;
use crate::{confirmed, start, until_found};

#[tokio::test]
async fn the_stuck_are_found_explained_and_resolved_by_what_they_have_in_common() {
    let server = Server::shared().await;
    let address = server.address.as_str();
    with_worker(&server, "many", async |payments| {
        start(&payments, "many", 5, "differs", "many").await;
        start(&payments, "fine", 2, "stays", "many").await;
        let stuck = "--phase needs_attention --merchant many";
        let all = until_found(address, stuck, 5).await;
        assert!(all.iter().all(|row| row["merchant"] == "many"), "{all:?}");

        let list = run(address, "many", &format!("list --limit 2 {stuck}")).await;
        let text = list.lines.join("\n");
        assert!(!text.contains('\u{1b}'), "piped, and yet coloured: {text}");
        assert!(text.contains("2 of 5 operations are shown"), "{text}");
        assert!(text.contains("627.50 KGS"), "{text}");
        let list = async |words: &str| {
            let list = format!("--output json list {words}");
            run(address, "many", &list).await.json()
        };
        assert_eq!(
            list(&format!("--sums {stuck}")).await,
            [json!({
                "kind": "extra_payment", "state": "open", "currency": "KGS", "operations": 5,
                "amount": "627.50", "amount_minor": 62750,
            })]
        );
        let old = list(&format!("--older-than 1h {stuck}")).await;
        assert_eq!(old, Vec::<Value>::new());
        for (filter, found) in [
            ("--at-stake", 7),
            ("--at-stake=money_taken_not_billed", 0),
            ("--since 1h", 7),
            ("--since 2126-01-01", 0),
            ("--cause overdue", 0),
        ] {
            let listed = list(&format!("--merchant many {filter}")).await;
            assert_eq!(listed.len(), found, "{filter}");
        }
        let by_amount = list("--merchant many --cause other_amount").await;
        assert_eq!(by_amount.len(), 5);
        assert!(by_amount.iter().all(|it| it["cause"] == "other_amount"));

        let explained = run(address, "many", &format!("explain {stuck}")).await;
        let text = explained.lines.join("\n");
        for words in [
            "5 operations, 627.50 KGS: needs_attention, other_amount",
            "at stake: sent, outcome open",
            "terminate it",
            "another request id",
            "sky-payments resolve --phase needs_attention --merchant many --at-stake outcome_open \
             --cause other_amount",
        ] {
            assert!(text.contains(words), "{words:?} is not in {text}");
        }
        resolve_many(address, stuck).await;
        until_found(address, stuck, 0).await;
        let closed = list("--merchant many --phase closed").await;
        assert_eq!(closed.len(), 5, "the others were left alone");
        let abandoned = list("--merchant many --outcome abandoned").await;
        assert_eq!(abandoned.len(), 5);
        let sums = list("--merchant many --sums").await;
        let states: Vec<_> = sums.iter().map(|it| it["state"].clone()).collect();
        assert_eq!(states, ["abandoned", "open"]);
    })
    .await;
}

/// Nothing happens without the phrase that holds the number.
async fn resolve_many(address: &str, stuck: &str) {
    let resolve =
        format!("resolve {stuck} --as abandoned --operator ann --reason x --ticket OPS-7");
    let dry = run(address, "many", &resolve).await;
    assert_eq!(dry.code, 9, "{}", dry.errors);
    let says = "--confirm 'resolve 5 as abandoned, 5 against advice'";
    assert!(dry.errors.contains(says), "{}", dry.errors);
    // The plain command is about these five, and no others.
    let plain = "many-1 sky-payment-many-0; do temporal workflow update execute -w $ID";
    assert!(dry.errors.contains(plain), "{}", dry.errors);
    let text = dry.lines.join("\n");
    assert!(text.contains("627.50 KGS"), "{text}");
    assert!(text.contains("5 of them against advice"), "{text}");
    for wrong in ["yes", "resolve 5 as abandoned", "resolve 5 as completed"] {
        let refused = confirmed(address, &resolve, wrong).await;
        assert_eq!(refused.code, 9, "{}", refused.errors);
        assert!(
            refused.errors.contains("nothing was done"),
            "{}",
            refused.errors
        );
    }
    let json = format!("--output json {resolve}");
    let done = confirmed(address, &json, "resolve 5 as abandoned, 5 against advice").await;
    assert_eq!(done.code, 0, "{}", done.errors);
    let lines = done.json();
    assert_eq!(lines[0]["operations"], 5);
    assert_eq!(
        lines[0]["confirm"],
        "resolve 5 as abandoned, 5 against advice"
    );
    assert_eq!(lines.len(), 6);
    assert!(
        lines[1..]
            .iter()
            .all(|line| line["state"]["phase"] == "closed"),
        "{lines:?}"
    );
}

/// As every other error is, besides the operation.
async fn each_refusal_is_named(address: &str, declined: &str) {
    let json = format!("--output json {declined}");
    let refused = confirmed(address, &json, "resolve 3 as declined, 3 against advice").await;
    let items = &refused.json()[1..];
    assert_eq!(items.len(), 3, "{items:?}");
    for item in items {
        assert_eq!(
            (&item["error"], &item["exit_code"]),
            (&json!("refused"), &json!(4))
        );
        let message = item["message"].as_str().unwrap();
        assert!(message.contains("the partner says otherwise"), "{message}");
        assert!(item["request_id"].as_str().unwrap().starts_with("some-"));
    }
}

#[tokio::test]
async fn what_some_refuse_is_told_for_each_and_by_the_exit_code() {
    let server = Server::shared().await;
    let address = server.address.as_str();
    with_worker(&server, "some", async |payments| {
        start(&payments, "some", 3, "differs", "some").await;
        let stuck = "--phase needs_attention --merchant some";
        until_found(address, stuck, 3).await;
        let declined = format!("resolve {stuck} --as declined --operator ann --reason x");
        let refused = confirmed(
            address,
            &declined,
            "resolve 3 as declined, 3 against advice",
        )
        .await;
        assert_eq!(refused.code, 4, "{}", refused.errors);
        let text = refused.lines.join("\n");
        assert_eq!(
            text.matches("the partner says otherwise").count(),
            3,
            "{text}"
        );
        assert!(text.ends_with("0 done, 3 not"), "{text}");
        each_refusal_is_named(address, &declined).await;

        let check = confirmed(address, &format!("check-now {stuck}"), "check 3 now").await;
        let text = check.lines.join("\n");
        assert_eq!(check.code, 0, "{}", check.errors);
        assert!(text.ends_with("3 done, 0 not"), "{text}");
        assert_eq!(text.matches("still needs_attention").count(), 3, "{text}");
    })
    .await;
}
