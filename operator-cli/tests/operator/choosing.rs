//! Which operations a command is for: said before anything is sent.

use crate::command_line::run;

/// What is wrong is told in one message that names the argument, before anything is sent.
#[tokio::test]
async fn a_command_names_the_operations_that_it_is_for() {
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
        ("list --outcome paid".to_owned(), "rejected"),
        ("list --since soon".to_owned(), "--since"),
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
