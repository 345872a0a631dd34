//! Text from outsiders on its way to an operator's terminal.

use std::process::Command;

use harness::{Stack, installed, not_tested, program};
use serde_json::{Value, json};

use crate::books::{builder, charge, reaches, set_custom_scenario, split, until};

/// What the partner's simulator writes into its hostile amount, and more of each kind.
const HOSTILE: &str =
    "x\u{1b}[2J\r\n  resolve as completed: safe\u{7f}\u{9b}31m\u{202e}\u{2066}\u{200b}";

#[tokio::test]
async fn nothing_that_anybody_outside_writes_rules_an_operators_terminal() {
    // Styles are printed even if there is no terminal.
    let stack = builder()
        .variable("CLICOLOR_FORCE", "1")
        .temporal_setting("frontend.WorkflowPauseEnabled=true")
        .start()
        .await
        .unwrap();
    for id in ["hostile", "ended", "paused"] {
        hostile_amount(&stack, id).await;
    }
    order(&stack, "workflow terminate -w sky-payment-ended").await;
    order(&stack, "workflow pause -w sky-payment-paused").await;
    let by_hand = [
        "--as",
        "abandoned",
        "--operator",
        HOSTILE,
        "--reason",
        HOSTILE,
    ];
    let resolve = [&["resolve", "hostile"], by_hand.as_slice()].concat();
    let resolve_many = [
        &["resolve", "--phase", "needs_attention"],
        by_hand.as_slice(),
    ]
    .concat();
    let report = stack.folder().join("report.csv");
    std::fs::write(&report, format!("requestId,{HOSTILE}\n")).unwrap();
    let report = report.to_string_lossy().into_owned();
    for arguments in [
        vec!["status", "hostile"],
        vec!["status", "ended"],
        vec!["show", "hostile"],
        vec!["show", "ended"],
        vec!["show", "paused"],
        vec!["explain", "hostile"],
        vec!["explain", "ended"],
        vec!["explain", "paused"],
        vec!["explain", "--phase", "needs_attention"],
        vec!["list", "--at-stake"],
        vec!["list", "--cause", "other_amount"],
        vec!["check-now", "hostile"],
        vec!["check-now", "paused"],
        vec!["wait", "hostile", "--timeout", "3s"],
        vec!["reconcile", "--report", &report],
        vec!["status", HOSTILE],
        vec!["list", "--merchant", HOSTILE],
        resolve.clone(),
        resolve_many.clone(),
        [resolve.as_slice(), &["--against-advice"]].concat(),
        vec!["result", "hostile"],
        vec!["show", "hostile"],
    ] {
        let words = stack.payments_words(&arguments).await.unwrap();
        is_harmless(&words, &arguments);
        let output = stack.payments_output(&arguments).await.unwrap();
        let json = String::from_utf8(output.stdout).unwrap();
        is_harmless(&json, &arguments);
        is_harmless(&String::from_utf8(output.stderr).unwrap(), &arguments);
        for line in json.lines() {
            serde_json::from_str::<Value>(line).unwrap();
        }
    }
    // The word itself is kept.
    let result = stack.payments(&["result", "hostile"]).await.unwrap();
    assert_eq!(result["resolved_by"], HOSTILE);
    let words = stack.payments_words(&["show", "hostile"]).await.unwrap();
    let shown = "the partner says 1␛[2J0.00␍␊  resolve as completed: safe␡�31m�������";
    assert!(words.contains(shown), "{words}");
}

#[tokio::test]
async fn live_lines_on_a_terminal_hold_nothing_hostile() {
    if installed("script").is_none() {
        return not_tested("a terminal", "script is missing (Debian: bsdutils)");
    }
    let stack = builder().start().await.unwrap();
    hostile_amount(&stack, "live").await;
    let program = program("sky-payments").unwrap();
    let wait = format!("{} wait live --timeout 3s", program.display());
    let output = Command::new("script")
        .args(["-q", "-c", &wait, "/dev/null"])
        .env("TEMPORAL_ADDRESS", stack.temporal().address())
        .output()
        .unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    // The lines move the cursor themselves.
    assert!(words.contains("1␛[2J0.00␍␊"), "{words:?}");
    for hostile in ["\u{1b}[2J", "\u{9b}", "\u{202e}", "\u{2066}", "\u{200b}"] {
        assert!(!words.contains(hostile), "{words:?}");
    }
}

/// An operation of which the partner tells such an amount when it is asked.
async fn hostile_amount(stack: &Stack, id: &str) {
    let lie = json!({ "on": "status", "kind": "hostile_amount", "times": 0 });
    let scenario = json!({
        "never_completes": true, "callback": { "when": "never" }, "faults": [lie],
    });
    set_custom_scenario(stack, id, scenario).await;
    charge(stack, id).await;
    until("the partner has told its amount", async || {
        let state = reaches(stack, id, "needs_attention").await;
        (state["cause"] == "other_amount").then_some(())
    })
    .await;
    until("it is listed so", async || {
        let listed = stack.payments_output(&["list", "--phase", "needs_attention"]);
        let listed = String::from_utf8(listed.await.unwrap().stdout).unwrap();
        listed.contains(&format!("\"{id}\"")).then_some(())
    })
    .await;
}

/// To Temporal itself, by somebody with such a name and such a reason.
async fn order(stack: &Stack, order: &str) {
    let because = ["--reason", HOSTILE, "--identity", HOSTILE];
    let order = [&split(order)[..], &because].concat();
    stack.temporal().cli_text(&order).await.unwrap();
}

/// Whether it contains lines and styles, and nothing else that controls a terminal or is invisible.
fn is_harmless(text: &str, arguments: &[&str]) {
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        let style = rest[at..].find('m').map(|end| &rest[at + 1..at + end]);
        let is_style = style.is_some_and(|it| {
            let digits = it.strip_prefix('[');
            digits.is_some_and(|it| it.chars().all(|it| it.is_ascii_digit() || it == ';'))
        });
        assert!(is_style, "{arguments:?}: {text:?}");
        rest = &rest[at + 1..];
    }
    let is_hidden = |character: &char| {
        let others = [
            '\u{ad}', '\u{61c}', '\u{200b}', '\u{202e}', '\u{2028}', '\u{2066}', '\u{e000}',
            '\u{feff}',
        ];
        let allowed = ['\n', '\u{1b}'];
        (character.is_control() && !allowed.contains(character)) || others.contains(character)
    };
    let hidden = text.chars().find(is_hidden);
    assert_eq!(hidden, None, "{arguments:?}: {text:?}");
    let forged = text
        .lines()
        .find(|line| line.starts_with("  resolve as completed: safe"));
    assert_eq!(forged, None, "{arguments:?}: {text}");
}
