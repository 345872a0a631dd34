//! What a start says: of itself, of its repeats, and of where it looked.

use serde_json::{Value, json};

use crate::command_line::run;
use crate::server::Server;

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
            "run_id": run_id, "ui": null, "repeat": repeat,
        })
    };
    assert_eq!((first.code, first.json()), (0, vec![expected(Value::Null)]));
    assert_eq!(first.errors, "");

    let same = run(&server.address, "cli", &format!("{start} o-1")).await;
    let open = expected(json!({"outcome": null, "differs": []}));
    assert_eq!((same.code, same.json()), (0, vec![open]));
    let other = run(&server.address, "cli", &format!("{start} o-2")).await;
    assert_eq!(other.code, 4);
    let differs = json!([{ "field": "order_id", "first": "o-1", "now": "o-2" }]);
    assert_eq!(other.json()[0]["repeat"]["differs"], differs);
    assert_eq!(other.json()[0]["run_id"], run_id);
    let error: Value = serde_json::from_str(&other.errors).unwrap();
    assert_eq!(
        (&error["error"], &error["differs"], &error["exit_code"]),
        (&json!("other_request"), &differs, &json!(4))
    );

    let text = "start reversal --request-id cli-2 --currency KGS --amount 5 --order-id o-2";
    let text = run(&server.address, "cli", text).await;
    assert_eq!(
        text.lines,
        [
            "cli-2  started before, by another request; nothing was started now",
            "  order_id was o-1, and now is o-2",
        ]
    );
    assert!(
        text.errors
            .starts_with("temporal workflow start --type process_payment_reversal")
    );

    // From a file, with a link into the UI, and found by its workflow id.
    let folder = std::env::temp_dir().join(format!("sky-payments-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let input = folder.join("request.json");
    let request = r#"{"request_id":"cli-6","order_id":"o-1","amount":"5","currency":"KGS"}"#;
    std::fs::write(&input, request).unwrap();
    let start = format!(
        "start reversal --ui https://ui.example/ --input {}",
        input.display()
    );
    let started = run(&server.address, "cli", &start).await;
    assert_eq!(started.code, 0, "{}", started.errors);
    let link = "https://ui.example/namespaces/default/workflows/sky-payment-cli-6/";
    assert!(started.lines[1].starts_with(link), "{:?}", started.lines);
    std::fs::write(&input, "[]").unwrap();
    let wrong = run(&server.address, "cli", &start).await;
    assert_eq!(wrong.code, 2);
    assert!(wrong.errors.contains("request.json: "), "{}", wrong.errors);
    std::fs::remove_dir_all(&folder).unwrap();
    let address = format!("--address {}", server.address);
    let cancel = format!("cancel sky-payment-cli-6 {address}");
    assert_eq!(run("127.0.0.1:1", "cli", &cancel).await.code, 0);

    // An operation is not missing because it was looked for in the wrong place.
    let elsewhere = "status cli-2 --namespace nowhere";
    let elsewhere = run(&server.address, "cli", elsewhere).await;
    assert_eq!(elsewhere.code, 1, "{}", elsewhere.errors);
    for words in ["no such namespace", "cli-2", "nowhere", &server.address] {
        assert!(elsewhere.errors.contains(words), "{}", elsewhere.errors);
    }
    let missing = run(&server.address, "cli", "status cli-none").await;
    for words in ["no such operation", "cli-none", "default", &server.address] {
        assert!(missing.errors.contains(words), "{}", missing.errors);
    }

    for verb in [
        "status",
        "result",
        "wait",
        "cancel",
        "check-now",
        "resolve --as abandoned --operator ann --reason x",
    ] {
        let missing = run(&server.address, "cli", &format!("{verb} cli-none")).await;
        assert_eq!(missing.code, 3, "{verb}: {}", missing.errors);
    }
}
