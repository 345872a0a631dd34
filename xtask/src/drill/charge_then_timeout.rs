//! The partner executes a charge, its answer is lost, and it can't be asked.

use serde_json::json;

use super::stage::{Stage, sound};

pub(crate) async fn drill() -> anyhow::Result<()> {
    let mut stage = Stage::set("15s").await?;
    stage.head("The incident: a card is charged, the answer is lost, and no question is answered");
    let incident = json!({
        "callback": { "when": "never" },
        "faults": [
            { "on": "submit", "kind": "silence", "executed": true },
            { "on": "status", "kind": { "status": 503, "body": "html" }, "skip": 1, "times": 0 },
        ],
    });
    let partner = stage.stack.partner();
    partner.set_custom_scenario("ride-1", incident).await?;
    stage.charge("ride-1").await?;
    stage.until_firing(&["SkySubmissionsOpen"]).await?;
    stage.page("SkySubmissionsOpen")?;
    stage.payments(&["status", "ride-1"]).await?;
    stage.say("It asks by itself, and nothing is charged again. The partner stays silent.");
    stage.until_firing(&["SkyNeedsAttention"]).await?;

    stage.page("SkyNeedsAttention")?;
    stage
        .payments(&["list", "--phase", "needs_attention"])
        .await?;
    stage.payments(&["status", "ride-1"]).await?;
    stage.payments(&["check-now", "ride-1"]).await?;
    stage.say(
        "Still no answer: wait, and call the partner. Its people fix the answers to questions.",
    );
    let partner = stage.stack.partner();
    partner.set_custom_scenario("ride-1", sound()).await?;
    stage.payments(&["check-now", "ride-1"]).await?;
    stage.payments(&["result", "ride-1"]).await?;
    stage
        .until_clear(&["SkySubmissionsOpen", "SkyNeedsAttention"])
        .await?;
    stage.settle().await
}
