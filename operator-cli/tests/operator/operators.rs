//! What operators do with `sky-payments`: find, understand, and change one or many.

use payments_client::PaymentsClient;
use serde_json::{Value, json};
use workflows::contract::request::PaymentRequest;

use crate::command_line::{Left, run};
use crate::request;
use crate::server::Server;
use crate::stubs::with_worker;

/// What is wrong is told in one message that names the argument, before anything is sent.
#[tokio::test]
async fn an_order_says_to_whom_it_goes() {
    let nowhere = "127.0.0.1:1";
    let word = "--as abandoned --operator ann --reason x";
    for (words, says) in [
        (format!("resolve {word}"), "<REQUEST_ID> is missing"),
        ("check-now".to_owned(), "--phase needs_attention"),
        ("explain".to_owned(), "<REQUEST_ID> is missing"),
        (
            format!("resolve r-1 --phase needs_attention {word}"),
            "cannot be used with",
        ),
        (format!("resolve r-1 --confirm x {word}"), "--confirm"),
        (
            format!("resolve --merchant a --partner-payment-id pp {word}"),
            "--partner-payment-id names one",
        ),
        ("list --older-than soon".to_owned(), "--older-than"),
        ("list --older-than 0s".to_owned(), "longer than 0s"),
        ("list --at-stake gold".to_owned(), "outcome_open"),
        ("list --cause amount".to_owned(), "other_amount"),
        // An empty variable in a script would choose all.
        (format!("resolve --cause= {word}"), "--cause"),
        ("list --merchant a\\b".to_owned(), "merchant"),
        (
            "approve r-1 --as paid --operator ben".to_owned(),
            "abandoned",
        ),
        (
            "withdraw r-1 --operator ann --reason=".to_owned(),
            "reason must not be empty",
        ),
    ] {
        let left = run(nowhere, "cli", &words).await;
        assert_eq!(left.code, 2, "{words}: {}", left.errors);
        assert!(left.errors.contains(says), "{words}: {}", left.errors);
    }
}

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
        let sums = run(
            address,
            "many",
            &format!("--output json list --sums {stuck}"),
        )
        .await;
        assert_eq!(
            sums.json(),
            [json!({
                "kind": "extra_payment", "currency": "KGS", "operations": 5,
                "amount": "627.50", "amount_minor": 62750,
            })]
        );
        let old = run(
            address,
            "many",
            &format!("--output json list --older-than 1h {stuck}"),
        )
        .await;
        assert_eq!(old.json(), Vec::<Value>::new());
        let staked = "--output json list --merchant many --at-stake";
        assert_eq!(run(address, "many", staked).await.json().len(), 7);
        let other = run(address, "many", &format!("{staked}=money_taken_not_billed")).await;
        assert_eq!(other.json().len(), 0);
        let caused = "--output json list --merchant many --cause";
        let by_amount = run(address, "many", &format!("{caused} other_amount")).await;
        let by_amount = by_amount.json();
        assert_eq!(by_amount.len(), 5);
        assert!(by_amount.iter().all(|it| it["cause"] == "other_amount"));
        let overdue = run(address, "many", &format!("{caused} overdue")).await;
        assert_eq!(overdue.json().len(), 0);

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
        let fine = run(
            address,
            "many",
            "--output json list --merchant many --phase closed",
        )
        .await;
        assert_eq!(fine.json().len(), 5, "the others were left alone");
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
    assert!(text.contains("5 of them advise against it"), "{text}");
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

        let check = confirmed(address, &format!("check-now {stuck}"), "check 3 now").await;
        let text = check.lines.join("\n");
        assert_eq!(check.code, 0, "{}", check.errors);
        assert!(text.ends_with("3 done, 0 not"), "{text}");
        assert_eq!(text.matches("still needs_attention").count(), 3, "{text}");
    })
    .await;
}

#[tokio::test]
async fn many_proposals_are_approved_by_another_operator() {
    let server = Server::shared().await;
    let address = server.address.as_str();
    with_worker(&server, "two", async |payments| {
        start(&payments, "two", 2, "differs", "two-operators").await;
        let stuck = "--phase needs_attention --merchant two-operators";
        until_found(address, stuck, 2).await;
        let resolve = format!("resolve {stuck} --as abandoned --operator ann --reason x");
        let proposed = confirmed(
            address,
            &resolve,
            "resolve 2 as abandoned, 2 against advice",
        )
        .await;
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
            text.contains("ann proposes to resolve it as abandoned"),
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
        let same = confirmed(
            address,
            &approve("Ann"),
            "approve 2 as abandoned, 2 against advice",
        )
        .await;
        assert_eq!(same.code, 4, "{}", same.errors);
        let dry_run = run(address, "two", &approve("ben")).await;
        let text = dry_run.lines.join("\n");
        assert_eq!(
            (dry_run.code, text.matches("abandoned by ann: x").count()),
            (9, 2),
            "{text}"
        );
        let again = run(address, "two", &resolve).await;
        let text = again.lines.join("\n");
        assert!(
            text.contains("2 proposals that wait would be replaced"),
            "{text}"
        );
        let approved = confirmed(
            address,
            &approve("ben"),
            "approve 2 as abandoned, 2 against advice",
        )
        .await;
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

#[tokio::test]
async fn one_operations_life_is_told_in_order() {
    let server = Server::shared().await;
    let address = server.address.as_str();
    with_worker(&server, "life", async |payments| {
        start(&payments, "life", 1, "differs", "life").await;
        until_found(address, "--phase needs_attention --merchant life", 1).await;
        let resolve = "resolve life-0 --as abandoned --operator ann --reason settled \
                       --ticket OPS-7 --against-advice";
        assert_eq!(run(address, "life", resolve).await.code, 0);
        let waited = run(address, "life", "wait life-0 --timeout 30s").await;
        assert_eq!(waited.lines.len(), 1, "{}", waited.errors);
        let shown = run(address, "life", "show life-0").await;
        let text = shown.lines.join("\n");
        let mut at = 0;
        for words in [
            "asks for an extra payment of 125.50 KGS, order differs",
            "over the account life",
            "the partner is told to charge 125.50 KGS",
            "the partner answers pending (pp-life-0), but amount: asked 125.50 KGS, the partner says 1.00 KGS",
            "needs attention: amount: asked 125.50 KGS, the partner says 1.00 KGS",
            "ann resolves it as abandoned: settled [against advice], ticket OPS-7",
            ", against advice)",
            "the partner is asked, and says pending",
            "abandoned, resolved by ann, ticket OPS-7",
        ] {
            let found = text[at..].find(words);
            at += found.unwrap_or_else(|| panic!("{words:?} is not behind the others in {text}"));
        }
        let json = run(address, "life", "--output json show life-0").await.json();
        assert_eq!(json.last().unwrap()["data"]["outcome"], "abandoned");
        let closed = run(address, "life", "explain life-0").await;
        let text = closed.lines.join("\n");
        assert!(text.contains("it has ended: abandoned"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn without_a_worker_an_operation_is_explained_all_the_same() {
    let server = Server::shared().await;
    let payments = server.payments().await;
    payments
        .start_extra_payment(&request("alone-1", "o-1"))
        .await
        .unwrap();
    let explained = run(&server.address, "cli", "explain alone-1").await;
    assert_eq!(explained.code, 6, "{}", explained.errors);
    let text = explained.lines.join("\n");
    assert!(text.contains("nothing is lost meanwhile"), "{text}");
    assert!(text.contains("terminate it"), "{text}");
    let shown = run(&server.address, "cli", "show alone-1").await;
    assert_eq!(shown.code, 0, "{}", shown.errors);
}

async fn start(payments: &PaymentsClient, name: &str, many: usize, order: &str, merchant: &str) {
    for n in 0..many {
        let request = PaymentRequest {
            merchant: Some(merchant.to_owned()),
            ..request(&format!("{name}-{n}"), order)
        };
        payments.start_extra_payment(&request).await.unwrap();
    }
}

/// Temporal's list lags behind.
async fn until_found(address: &str, filter: &str, many: usize) -> Vec<Value> {
    let list = format!("--output json list {filter}");
    let mut found = Vec::new();
    for _ in 0..100 {
        found = run(address, "cli", &list).await.json();
        if found.len() == many {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    panic!("{many} were looked for by {filter}; there are {found:?}");
}

async fn confirmed(address: &str, words: &str, phrase: &str) -> Left {
    let mut arguments: Vec<&str> = words.split_whitespace().collect();
    arguments.extend(["--confirm", phrase]);
    crate::command_line::run_arguments(address, "cli", &arguments).await
}
