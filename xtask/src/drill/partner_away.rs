//! The partner answers nothing.

use serde_json::json;

use super::stage::{Stage, sound};

pub(crate) async fn drill() -> anyhow::Result<()> {
    let mut stage = Stage::set("15s").await?;
    stage.charge("ride-1").await?;
    stage.payments(&["wait", "ride-1"]).await?;
    stage.head("The incident: the partner resets every connection");
    let reset = json!({ "on": "init_session", "kind": "reset", "times": 0 });
    let away = json!({ "faults": [reset] });
    stage.stack.partner().set_default_scenario(&away).await?;
    for id in ["ride-2", "ride-3", "ride-4"] {
        stage.charge(id).await?;
    }
    stage.until_firing(&["SkyPartnerAway"]).await?;
    stage.page("SkyPartnerAway")?;
    let requests = "sum by (call, result) (increase(sky_partner_requests_total[5s])) > 0";
    stage.query(requests).await?;
    stage.payments(&["list", "--phase", "submitting"]).await?;
    stage.payments(&["status", "ride-2"]).await?;
    stage.say("Nothing was sent. The payments wait, and past their deadline they need attention.");
    stage.until_firing(&["SkyNeedsAttention"]).await?;

    stage.page("SkyNeedsAttention")?;
    stage
        .payments(&["list", "--phase", "needs_attention"])
        .await?;
    stage.payments(&["status", "ride-2"]).await?;
    stage.head("The partner is back");
    stage.stack.partner().set_default_scenario(&sound()).await?;
    for id in ["ride-2", "ride-3", "ride-4"] {
        stage.payments(&["check-now", id]).await?;
    }
    stage
        .until_clear(&["SkyPartnerAway", "SkyNeedsAttention"])
        .await?;
    stage.settle().await
}
