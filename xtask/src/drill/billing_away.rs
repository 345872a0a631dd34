//! Riders are charged, and billing does not record it.

use super::stage::Stage;

pub(crate) async fn drill() -> anyhow::Result<()> {
    let mut stage = Stage::set("2m").await?;
    stage.head("The incident: billing answers 503 to everything");
    stage.stack.billing().set_down(true).await?;
    for id in ["ride-1", "ride-2", "ride-3"] {
        stage.charge(id).await?;
    }
    let alerts = ["SkyBillingBacklog", "SkyBillingAway"];
    stage.until_firing(&alerts).await?;
    stage.page("SkyBillingBacklog")?;
    let backlog = r#"sum by (currency) (sky_open_operations_minor_units{phase="finalizing"})"#;
    stage.query(backlog).await?;
    stage
        .query("sum by (result) (increase(sky_billing_requests_total[10s]))")
        .await?;
    stage.payments(&["list", "--phase", "finalizing"]).await?;
    stage.payments(&["status", "ride-1"]).await?;
    stage
        .say("The money was taken. Nothing is to be done but to call billing and tell the amount.");
    stage.head("Billing is back");
    stage.stack.billing().set_down(false).await?;
    stage.payments(&["check-now", "ride-1"]).await?;
    stage.say("The others follow by themselves.");
    stage.until_clear(&alerts).await?;
    stage.query(backlog).await?;
    stage.settle().await
}
