//! The partner no longer knows the key that signs payments.

use std::fs;
use std::process::Command;
use std::time::Duration;

use harness::program;
use tokio::time::sleep;

use super::stage::Stage;

pub(crate) async fn drill() -> anyhow::Result<()> {
    let mut stage = Stage::set("2m").await?;
    stage.charge("ride-1").await?;
    stage.payments(&["wait", "ride-1"]).await?;
    stage.head("The incident: the partner drops the key pay-1");
    stage.stack.partner_forgets_key("payment", "pay-1").await?;
    for id in ["ride-2", "ride-3"] {
        stage.charge(id).await?;
    }
    let alerts = ["SkySignatureRefused", "SkyNeedsAttention"];
    stage.until_firing(&alerts).await?;
    stage.page("SkySignatureRefused")?;
    let refusals =
        "sum by (merchant, reason) (increase(sky_partner_access_denials_total[20s])) > 0";
    stage.query(refusals).await?;
    stage
        .payments(&["list", "--phase", "needs_attention"])
        .await?;
    stage.payments(&["status", "ride-2"]).await?;

    stage.head("A new key");
    let worker = || program("sky-worker").map(Command::new);
    let new_keys = "new-keys --purpose payment --key-id pay-2 --dir keys";
    stage.run(
        worker()?.args(new_keys.split(' ')),
        &format!("sky-worker {new_keys}"),
    )?;
    stage.stack.tell_partner_of_key("payment", "pay-2").await?;
    stage.say("Its public half is handed to the partner. The configuration names it.");
    let file = stage.stack.folder().join("worker.toml");
    fs::write(&file, fs::read_to_string(&file)?.replace("pay-1", "pay-2"))?;
    let check = "check --config worker.toml";
    stage.run(
        worker()?.args(check.split(' ')),
        &format!("sky-worker {check}"),
    )?;
    stage.say("The worker reads it within a second.");
    sleep(Duration::from_secs(2)).await;
    stage.payments(&["check-now", "ride-2"]).await?;
    stage.say("The other one follows within schedule.attention_check.");
    stage.until_clear(&alerts).await?;
    stage.settle().await
}
