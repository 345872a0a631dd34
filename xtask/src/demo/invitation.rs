//! What can be done while the demo stays up.

use harness::Stack;

use super::staged::Staged;

/// Where each operation's history is shown. The links live as long as the demo.
pub(crate) fn links(stack: &Stack, staged: &[Staged], keep: bool) -> String {
    if !keep {
        return "With --keep everything stays up, and the histories can be opened in Temporal's UI."
            .to_owned();
    }
    let ui = stack.temporal().ui_url().unwrap_or_default();
    let links = staged
        .iter()
        .map(|it| format!("\n  {ui}/workflows/{}", it.operation.workflow_id()));
    format!(
        "The histories in Temporal's UI:{}",
        links.collect::<String>()
    )
}

/// Where everything is, and commands to try.
pub(crate) fn text(stack: &Stack) -> anyhow::Result<String> {
    let address = stack.temporal().address();
    let http = stack.temporal().http_url().unwrap_or_default();
    let temporal = stack.temporal().cli_path();
    // Commands of ours print some of Temporal's.
    let folder = temporal.parent().filter(|folder| folder.is_absolute());
    let path = folder.map_or(String::new(), |it| format!(" PATH={}:$PATH", it.display()));
    let temporal = temporal.display();
    let ui = stack.temporal().ui_url().unwrap_or_default();
    // The commands add the namespace.
    let ui_root = ui.split("/namespaces/").next().unwrap_or_default();
    let partner = stack.partner().url();
    let billing = stack.billing().url();
    let logs = stack.folder().join("logs");
    let logs = logs.display();
    let payments = harness::program("sky-payments")?;
    let payments = payments.display();
    let worker = harness::program("sky-worker")?;
    let worker = worker.display();
    let configuration = stack.folder().join("worker.toml");
    let configuration = configuration.display();
    Ok(format!(
        "
Everything stays up until Ctrl-C.

  Temporal's UI  {ui}/workflows
  Partner        {partner}/sim/ledger
  Billing        {billing}/sim/documents
  Logs           {logs}

To try in another terminal:

  export TEMPORAL_ADDRESS={address} TEMPORAL_NAMESPACE=default TEMPORAL_HTTP={http}
  export SKY_TEMPORAL_UI={ui_root}{path}

  # A payment whose callback never comes, and how it goes on.
  curl -sS -X PUT {partner}/sim/scenarios -H 'content-type: application/json' \\
      -d '{{\"request_id\":\"mine-1\",\"name\":\"callback_lost\"}}'
  {payments} start extra-payment --request-id mine-1 --order-id order-7 \\
      --amount 10.00 --currency KGS --country KG
  {payments} status mine-1
  {payments} wait mine-1 --timeout 60s

  # The same from Python; examples/ has TypeScript, the temporal command and curl too.
  python3 -m pip install --target target/python -r examples/python/requirements.txt
  PYTHONPATH=target/python python3 examples/python/payment.py charge '{{\"request_id\":\"mine-2\",
      \"order_id\":\"order-8\",\"amount\":\"12.5\",\"currency\":\"KGS\",\"country\":\"KG\"}}'

  # A payment that billing refuses, and what is safe then. simulators/README.md has more that can go wrong.
  curl -sS -X PUT {billing}/sim/faults -H 'content-type: application/json' \\
      -d '{{\"faults\":[{{\"request_id\":\"mine-3\",\"kind\":{{\"status\":400}},\"times\":0}}]}}'
  {payments} start extra-payment --request-id mine-3 --order-id order-9 \\
      --amount 20.00 --currency KGS --country KG
  sleep 10
  {payments} list --phase needs_attention
  {payments} explain mine-3

  # What the namespace lacks for real use, and whether all is well after that.
  {worker} setup
  {worker} doctor --config {configuration}

  # What the partner's money did, and everything that ever happened.
  curl -sS '{partner}/sim/ledger?request_id=mine-1'
  {temporal} workflow show --workflow-id sky-payment-mine-1
  {temporal} workflow list --query 'SkyOutcome = \"declined\"'
"
    ))
}
