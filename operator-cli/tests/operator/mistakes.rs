//! What is wrong is told in one message that names the argument, before anything is sent.

use serde_json::{Value, json};

use crate::command_line::run;

#[tokio::test]
async fn what_is_wrong_is_told_before_anything_is_sent() {
    // Nobody listens there, and nobody is asked.
    let nowhere = "127.0.0.1:1";
    let start = "start extra-payment --request-id cli-1 --order-id o-1 --currency KGS --amount";
    let word = "--as abandoned --operator ann --reason x";
    for (words, code, says) in [
        (format!("{start} 1.234"), 2, "amount: has 3 fraction digits"),
        (format!("{start} -5"), 2, "amount"),
        (format!("{start} 1 --merchant="), 2, "merchant"),
        (
            format!("{start} 1 --callback-url ftp://a/"),
            2,
            "payment_completed_callback_url",
        ),
        (
            format!("{start} 1").replace("cli-1", "sky-payment-1"),
            2,
            "leave that out",
        ),
        (
            "start extra-payment --input /none.json".to_owned(),
            1,
            "/none.json can't be read",
        ),
        (format!("{start} 1 --input -"), 2, "cannot be used with"),
        ("status r/1".to_owned(), 2, "request_id must be"),
        ("wait r-1 --timeout soon".to_owned(), 2, "--timeout"),
        ("list --phase lost".to_owned(), 2, "needs_attention"),
        (
            "resolve r-1 --as abandoned --operator a --reason=".to_owned(),
            2,
            "reason must not be empty",
        ),
        ("list --order-id o\\1".to_owned(), 2, "backslash"),
        (format!("resolve {word}"), 2, "<REQUEST_ID> is missing"),
        ("check-now".to_owned(), 2, "--phase needs_attention"),
        ("explain".to_owned(), 2, "<REQUEST_ID> is missing"),
        (
            format!("resolve r-1 --phase needs_attention {word}"),
            2,
            "cannot be used with",
        ),
        (format!("resolve r-1 --confirm x {word}"), 2, "--confirm"),
        (
            format!("resolve --merchant a --partner-payment-id pp {word}"),
            2,
            "--partner-payment-id names one",
        ),
        ("list --older-than soon".to_owned(), 2, "--older-than"),
        ("list --older-than 0s".to_owned(), 2, "longer than 0s"),
        ("list --at-stake gold".to_owned(), 2, "outcome_open"),
        ("list --cause amount".to_owned(), 2, "other_amount"),
        ("list --outcome paid".to_owned(), 2, "rejected"),
        ("list --since soon".to_owned(), 2, "--since"),
        // An empty variable in a script would choose all.
        (format!("resolve --cause= {word}"), 2, "--cause"),
        ("list --merchant a\\b".to_owned(), 2, "merchant"),
        (
            "approve r-1 --as paid --operator ben".to_owned(),
            2,
            "abandoned",
        ),
        (
            "withdraw r-1 --operator ann --reason=".to_owned(),
            2,
            "reason must not be empty",
        ),
        ("status r-1".to_owned(), 6, "TEMPORAL_ADDRESS"),
        ("status sky-payment-r-1".to_owned(), 6, "r-1: "),
        ("explain r-1".to_owned(), 6, "r-1: "),
        ("wait r-1 r-2".to_owned(), 6, "r-1, r-2: "),
        (
            "status r-1 --namespace pay --address 127.0.0.1:2".to_owned(),
            6,
            "namespace pay at http://127.0.0.1:2",
        ),
    ] {
        let left = run(nowhere, "cli", &words).await;
        assert_eq!(left.code, code, "{words}: {}", left.errors);
        assert!(left.errors.contains(says), "{words}: {}", left.errors);
    }
    for (words, error, code, says) in [
        ("status r/1", "usage", 2, "request_id must be"),
        ("status r-1", "unavailable", 6, "r-1: "),
        (
            "resolve r-1 --as abandoned",
            "usage",
            2,
            "not provided: --operator <NAME> --reason <REASON>",
        ),
    ] {
        let left = run(nowhere, "cli", &format!("--output json {words}")).await;
        let told: Value = serde_json::from_str(&left.errors).unwrap();
        assert_eq!((&told["error"], left.code), (&json!(error), code), "{told}");
        assert_eq!(told["exit_code"], code, "{told}");
        let message = told["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    }
    let left = run(nowhere, "cli", "completions bash").await;
    assert!(left.code == 0 && left.lines.len() > 50);
}
