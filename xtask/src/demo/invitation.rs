//! What can be done while the demo stays up.

use harness::Stack;

use super::staged::Staged;

/// Where each operation's history is shown. The links live as long as the demo.
pub(crate) fn links(stack: &Stack, staged: &[Staged], keep: bool) -> String {
    let ui = stack.temporal().ui_url().unwrap_or_default();
    let links = staged
        .iter()
        .map(|it| format!("\n  {ui}/workflows/{}", it.operation.workflow_id()));
    let hint = if keep {
        ""
    } else {
        " (open them with --keep: they go when the demo ends)"
    };
    format!(
        "The histories in Temporal's UI{hint}:{}",
        links.collect::<String>()
    )
}

/// Where everything is, and commands to try.
pub(crate) fn text(stack: &Stack) -> anyhow::Result<String> {
    let address = stack.temporal().address();
    let temporal = stack.temporal().cli_path().display();
    let ui = stack.temporal().ui_url().unwrap_or_default();
    let partner = stack.partner().url();
    let billing = stack.billing().url();
    let logs = stack.folder().join("logs");
    let logs = logs.display();
    let payments = harness::program("sky-payments")?;
    let payments = payments.display();
    Ok(format!(
        "
Everything stays up until Ctrl-C.

  Temporal's UI  {ui}/workflows
  Partner        {partner}/sim/ledger
  Billing        {billing}/sim/documents
  Logs           {logs}

To try in another terminal:

  export TEMPORAL_ADDRESS={address} TEMPORAL_NAMESPACE=default

  # A payment whose callback never comes, and how it goes on.
  curl -X PUT {partner}/sim/scenarios -H 'content-type: application/json' \\
      -d '{{\"request_id\":\"mine-1\",\"name\":\"callback_lost\"}}'
  {payments} start extra-payment --request-id mine-1 --order-id order-7 \\
      --amount 10.00 --currency KGS --country KG
  {payments} status mine-1
  {payments} wait mine-1 --timeout 60s

  # What the partner's money did, and everything that ever happened.
  curl '{partner}/sim/ledger?request_id=mine-1'
  {temporal} workflow show --workflow-id sky-payment-mine-1
  {temporal} workflow list --query 'SkyOutcome = \"declined\"'
"
    ))
}
