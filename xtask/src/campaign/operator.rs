//! The operator, who looks at what needs attention, and gives up by hand what the partner has with
//! another amount. Everything else that needs attention is left to end by itself.

use std::collections::BTreeSet;
use std::time::Duration;

use harness::Expected;
use serde_json::{Deserializer, Value};
use tokio::time::sleep;

use super::field::Field;
use super::plan::Plan;

/// Looks again and again.
pub(crate) async fn watch(field: &Field, plan: &Plan) -> anyhow::Result<()> {
    let hopeless: BTreeSet<&str> = plan
        .operations
        .iter()
        .filter(|planned| matches!(planned.expected(), Expected::AbandonedAfter(_)))
        .map(|planned| planned.operation.request_id.as_str())
        .collect();
    loop {
        look(field).await?;
        let seen = field.diary().attention.clone();
        for id in seen.iter().filter(|id| hopeless.contains(id.as_str())) {
            give_up(field, id).await?;
        }
        sleep(PAUSE).await;
    }
}

/// Writes down what needs attention now.
pub(crate) async fn look(field: &Field) -> anyhow::Result<()> {
    let list = ["list", "--phase", "needs_attention", "--limit", "10000"];
    let output = field.payments(&list).await?;
    let listed = Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    let attention = listed
        .map(|line| Ok(line?["request_id"].as_str().unwrap_or_default().to_owned()))
        .collect::<serde_json::Result<BTreeSet<String>>>()?;
    let mut diary = field.diary();
    diary.attention_ever.extend(attention.iter().cloned());
    diary.attention = attention;
    Ok(())
}

/// By the partner's own records, which a real operator would get by telephone.
async fn give_up(field: &Field, id: &str) -> anyhow::Result<()> {
    let moved = field.stack.read().await.partner().ledger(id).await?;
    let Some(movement) = moved.first() else {
        return Ok(());
    };
    #[rustfmt::skip]
    let arguments = [
        "resolve", id,
        "--as", "abandoned",
        "--operator", "campaign",
        "--reason", "the partner moved another amount; settled by hand",
        "--partner-payment-id", &movement.partner_payment_id,
        "--against-advice",
    ];
    // It may be refused, for instance if the partner can't be asked just then. The next look comes
    // soon.
    if field.payments(&arguments).await?.status.success() {
        field.diary().write(RESOLVED);
    }
    Ok(())
}

const RESOLVED: &str = "operator: resolved as abandoned";

const PAUSE: Duration = Duration::from_secs(2);
