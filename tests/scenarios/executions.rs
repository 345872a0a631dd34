//! Temporal's statuses of an execution, each as operators see it.

#![expect(unreachable_pub, reason = "the macros want the workflow to be public")]

mod stage;

use std::collections::BTreeMap;

use harness::{Stack, Timings};
use serde_json::Value;

use crate::books::{QUICK, builder, cli, ends, input, run_id, start_raw, until};
use crate::metrics::{scrape, value};

/// What operators see of an execution.
struct Seen {
    id: &'static str,
    /// Temporal's status, as `list` and `status` have it.
    status: &'static str,
    /// As a line of `list` has it.
    state: &'static str,
    /// In `explain`.
    explained: &'static [&'static str],
    /// In `show`.
    shown: &'static str,
}

const ALL: [Seen; 8] = [
    Seen {
        id: "running",
        status: "running",
        state: "awaiting_completion",
        explained: &[
            "the partner has it, or may have it",
            "wait: it goes on by itself",
        ],
        shown: "the partner answers pending",
    },
    Seen {
        id: "paused",
        status: "paused",
        state: "paused, awaiting_completion",
        explained: &[
            "paused it at",
            "hold it",
            "it is open and stands still",
            "temporal workflow unpause -w sky-payment-paused",
            "docs/runbook/alerts/SkyPaused.md",
        ],
        shown: "pauses it: hold it",
    },
    Seen {
        id: "completed",
        status: "completed",
        state: "completed",
        explained: &["it has ended: completed", "sky-payments result completed"],
        shown: "completed, partner payment",
    },
    Seen {
        id: "failed",
        status: "failed",
        state: "failed",
        explained: &[
            "refused, and nothing was sent",
            "amount",
            "start extra-payment --again",
        ],
        shown: "fails: ",
    },
    Seen {
        id: "canceled",
        status: "canceled",
        state: "canceled",
        explained: &["nothing was sent, no money moved"],
        shown: "cancelled before anything was submitted",
    },
    Seen {
        id: "terminated",
        status: "terminated",
        state: "terminated",
        explained: &[
            "somebody terminated it, by force",
            "start it again, under whatever id",
            "workflow reset -w sky-payment-terminated --type FirstWorkflowTask",
            "docs/runbook/alerts/SkyEndedByForce.md",
        ],
        shown: "terminated by force by",
    },
    Seen {
        id: "timed-out",
        status: "timed_out",
        state: "timed_out",
        explained: &[
            "a time limit that its start had set ended it, by force",
            "start it again, under whatever id",
            "docs/runbook/alerts/SkyEndedByForce.md",
        ],
        shown: "ended by Temporal, at a time limit",
    },
    // A run that another one continues is not the current run of its operation.
    Seen {
        id: "continued",
        status: "running",
        state: "",
        explained: &["What is known, at"],
        shown: "",
    },
];

#[tokio::test]
async fn each_status_of_an_execution_is_told_as_what_it_is() {
    // Nothing comes to need attention while all of them are looked at.
    let timings = Timings {
        needs_attention_after: "1h",
        ..QUICK
    };
    let mut stack = builder()
        .timings(timings)
        .workers(0)
        .temporal_setting("frontend.WorkflowPauseEnabled=true")
        .start()
        .await
        .unwrap();
    stage::stage(&mut stack).await;
    for seen in ALL {
        let Seen { id, .. } = seen;
        until(&format!("{id} is listed so"), async || {
            row(&stack, id, &[])
                .await
                .filter(|row| row["status"] == seen.status)
        })
        .await;
        let order = format!("o-{id}");
        tells(&stack, &["list", "--order-id", &order], &[seen.state]).await;
        let explained = tells(&stack, &["explain", id], seen.explained).await;
        let unasked = explained.contains("start the workers");
        assert!(!unasked || id == "continued", "{id}: {explained}");
        tells(&stack, &["show", id], &[seen.shown]).await;
        tells(&stack, &["status", id], &[seen.state]).await;
        if !["paused", "continued"].contains(&id) {
            let status = stack.payments(&["status", id]).await.unwrap();
            assert_eq!(status["status"], seen.status, "{id}: {status}");
        }
    }
    lists(&stack).await;
    counts(&stack).await;
    let run = hides_nothing(&stack).await;
    recovers(&stack, &run).await;
}

/// An open operation asks the partner now and then, and is in another phase meanwhile.
async fn tells(stack: &Stack, arguments: &[&str], parts: &[&str]) -> String {
    until(&format!("{arguments:?} tells {parts:?}"), async || {
        let words = stack.payments_words(arguments).await.unwrap();
        let tells = parts.iter().all(|part| words.contains(part));
        tells.then_some(words)
    })
    .await
}

/// Where they are found, and where not.
async fn lists(stack: &Stack) {
    let waiting = ["--phase", "awaiting_completion"];
    for (id, filter, is_there) in [
        ("running", waiting, true),
        ("paused", waiting, true),
        ("terminated", waiting, false),
        ("timed-out", waiting, false),
        ("paused", ["--status", "paused"], true),
        ("terminated", ["--status", "terminated"], true),
        ("timed-out", ["--status", "timed_out"], true),
        ("failed", ["--status", "failed"], true),
        ("canceled", ["--status", "canceled"], true),
        ("paused", ["--status", "running"], false),
    ] {
        let found = row(stack, id, &filter).await.is_some();
        assert_eq!(found, is_there, "{id} by {filter:?}");
    }
    // Commands are refused with a reason, and not as if Temporal were unavailable.
    let refused = stack
        .payments_output(&["check-now", "paused"])
        .await
        .unwrap();
    let words = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(4), "{words}");
    assert!(words.contains("it is paused"), "{words}");
}

/// The gauges, and with them the alerts.
async fn counts(stack: &Stack) {
    let expected = BTreeMap::from([
        ("open", 3),
        ("paused", 1),
        ("terminated", 1),
        ("timed_out", 1),
        ("failed", 0),
    ]);
    until("it is all counted", async || {
        (gauges(stack).await == expected).then_some(())
    })
    .await;
}

/// A later run that was refused sent nothing, and what the one before it had sent is still asked
/// about by nobody. Returns the id of that one.
async fn hides_nothing(stack: &Stack) -> String {
    let run = run_id(stack, "terminated").await;
    let broken = input("terminated").replace("125.5", "-1");
    start_raw(stack, "process_extra_payment", "terminated", &broken).await;
    let reset =
        format!("workflow reset -w sky-payment-terminated -r {run} --type FirstWorkflowTask");
    for explain in [
        ["explain", "terminated"].as_slice(),
        &["explain", "--status", "failed"],
    ] {
        let explained = until("the earlier run is told", async || {
            let explained = stack.payments_words(explain).await.ok()?;
            explained.contains(&reset).then_some(explained)
        })
        .await;
        assert!(explained.contains(&format!("its run {run} (terminated) may have sent")));
        // In a group of its own.
        assert_eq!(
            explained.contains("AllowDuplicateFailedOnly"),
            explain.len() > 2
        );
    }
    let listed_at = async || {
        let listed = "sky_open_operations_listed_timestamp_seconds{";
        value(&scrape(stack).await, listed, &["ended_by_force"])
    };
    let before = listed_at().await;
    until("they are listed twice more", async || {
        (listed_at().await > before + 3).then_some(())
    })
    .await;
    assert_eq!(gauges(stack).await["terminated"], 1);
    run
}

/// Operations that were cut off and reset, or continue after a pause, are not counted any more.
async fn recovers(stack: &Stack, run: &str) {
    cli(stack, "workflow unpause -w sky-payment-paused").await;
    let partner = stack.partner();
    for id in ["paused", "terminated"] {
        partner.finish(id).await.unwrap();
    }
    let reset = format!(
        "workflow reset -w sky-payment-terminated -r {run} --type FirstWorkflowTask --reason test"
    );
    cli(stack, &reset).await;
    for id in ["paused", "terminated"] {
        ends(stack, id, "completed").await;
    }
    until("neither is counted", async || {
        let gauges = gauges(stack).await;
        (gauges["paused"] == 0 && gauges["terminated"] == 0).then_some(())
    })
    .await;
    until("it is not listed as terminated", async || {
        let row = row(stack, "terminated", &["--status", "terminated"]).await;
        row.is_none().then_some(())
    })
    .await;
    let shown = stack.payments_words(&["show", "paused"]).await.unwrap();
    assert!(shown.contains("lets it go on"), "{shown}");
}

/// The operation's row in the list; there is one at most.
async fn row(stack: &Stack, id: &str, filter: &[&str]) -> Option<Value> {
    let order = format!("o-{id}");
    let arguments = [&["list", "--order-id", &order], filter].concat();
    let output = stack.payments_output(&arguments).await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let row = rows.next();
    assert_eq!(rows.next(), None::<Value>, "{id} is listed twice");
    row
}

/// Of extra payments.
pub(crate) async fn gauges(stack: &Stack) -> BTreeMap<&'static str, u64> {
    let text = scrape(stack).await;
    let sum = |name: &str, label: &str| {
        let lines = text.lines().filter(|line| {
            line.starts_with(&format!("{name}{{"))
                && line.contains("\"extra_payment\"")
                && line.contains(label)
        });
        let values = lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap());
        values.sum()
    };
    let cut_off = |status: &str| {
        let status = format!("status=\"{status}\"");
        sum("sky_operations_ended_by_force", &status)
    };
    BTreeMap::from([
        ("open", sum("sky_open_operations", "")),
        ("paused", sum("sky_paused_operations", "")),
        ("terminated", cut_off("terminated")),
        ("timed_out", cut_off("timed_out")),
        ("failed", cut_off("failed")),
    ])
}
