//! The life of one operation, and what is said of it without a worker.

use payments_client::Payments;

use crate::command_line::run;
use crate::server::Server;
use crate::stubs::with_worker;
use crate::{request, start, until_found};

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
            r#"input  {"amount":"125.50","currency":"KGS""#,
            "asks for an extra payment of 125.50 KGS, order differs",
            "over the account life",
            "a submission begins: charge 125.50 KGS",
            "sent; the partner answers pending (pp-life-0), but amount: asked 125.50 KGS, the partner says 1.00 KGS",
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
