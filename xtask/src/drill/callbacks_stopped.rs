//! The partner finishes payments but sends no more callbacks.

use std::time::Duration;

use serde_json::json;

use super::stage::{Stage, sound};

pub(crate) async fn drill() -> anyhow::Result<()> {
    let mut stage = Stage::set("2m").await?;
    stage.say("Payments are made all the time, and the partner calls back for each.");
    stage.set_traffic(true);
    stage.watch(Duration::from_secs(4)).await?;
    stage.head("The incident: the partner calls back no more");
    let silent = json!({ "callback": { "when": "never" } });
    stage.stack.partner().set_default_scenario(&silent).await?;
    stage.until_firing(&["SkyCallbacksStopped"]).await?;
    stage.page("SkyCallbacksStopped")?;
    stage
        .query("sum by (merchant) (increase(sky_callbacks_lost_total[30s]))")
        .await?;
    stage
        .query("sum by (merchant, arrival) (increase(sky_callbacks_total[30s])) > 0")
        .await?;
    stage
        .query("sum by (answer, reason) (increase(sky_gateway_requests_total[5s])) > 0")
        .await?;
    stage.say("Nothing arrives at the gateway. Is it reachable, as the partner would reach it?");
    let url = format!("{}/v1/on_payment_completed", stage.stack.gateway_url());
    let answer = stage.stack.http().post(&url).send().await?;
    stage.say(&format!("POST {url} is answered {}", answer.status()));
    anyhow::ensure!(answer.status() == 415, "the runbook says 415");
    stage.payments(&["list", "--limit", "4"]).await?;
    stage
        .say("It is, and payments end right, by asking. The partner's people fix their callbacks.");
    stage.head("The callbacks are back");
    stage.stack.partner().set_default_scenario(&sound()).await?;
    stage.until_clear(&["SkyCallbacksStopped"]).await?;
    stage.settle().await
}
