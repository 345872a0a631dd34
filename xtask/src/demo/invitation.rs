//! What can be done while the demo stays up.

use std::path::Path;

use harness::{Stack, profile_folder};

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
    let path = search_path(&profile_folder()?, temporal);
    let temporal = temporal.display();
    // The examples are named from there.
    let root = Path::new(ROOT).canonicalize()?;
    let root = root.display();
    let ui = stack.temporal().ui_url().unwrap_or_default();
    // The commands add the namespace.
    let ui_root = ui.split("/namespaces/").next().unwrap_or_default();
    let partner = stack.partner().url();
    let billing = stack.billing().url();
    let logs = stack.folder().join("logs");
    let logs = logs.display();
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

  cd \"{root}\"
  export TEMPORAL_ADDRESS={address} TEMPORAL_NAMESPACE=default TEMPORAL_HTTP={http}
  export SKY_TEMPORAL_UI={ui_root} PATH=\"{path}\"

  # A payment whose callback never comes, and how it goes on.
  curl -sS -X PUT {partner}/sim/scenarios -H 'content-type: application/json' \\
      -d '{{\"request_id\":\"mine-1\",\"name\":\"callback_lost\"}}'
  sky-payments start extra-payment --request-id mine-1 --order-id order-7 \\
      --amount 10.00 --currency KGS --country KG
  sky-payments status mine-1
  sky-payments wait mine-1 --timeout 60s

  # The same from Python; examples/ has TypeScript, the temporal command and curl too.
  python3 -m pip install --target target/python -r examples/python/requirements.txt
  PYTHONPATH=target/python python3 examples/python/payment.py charge '{{\"request_id\":\"mine-2\",
      \"order_id\":\"order-8\",\"amount\":\"12.5\",\"currency\":\"KGS\",\"country\":\"KG\"}}'

  # A payment that billing refuses, and what is safe then. simulators/README.md has more that can go wrong.
  curl -sS -X PUT {billing}/sim/faults -H 'content-type: application/json' \\
      -d '{{\"faults\":[{{\"request_id\":\"mine-3\",\"kind\":{{\"status\":400}},\"times\":0}}]}}'
  sky-payments start extra-payment --request-id mine-3 --order-id order-9 \\
      --amount 20.00 --currency KGS --country KG
  sleep 10
  sky-payments list --phase needs_attention
  sky-payments explain mine-3

  # What the namespace lacks for real use, and whether all is well after that.
  sky-worker setup
  sky-worker doctor --config {configuration}

  # Which money moved at the partner, and everything that ever happened.
  curl -sS '{partner}/sim/ledger?request_id=mine-1'
  {temporal} workflow show --workflow-id sky-payment-mine-1
  {temporal} workflow list --query 'SkyOutcome = \"declined\"'
"
    ))
}

/// This repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Our programs, and Temporal's command, which ours print. One that is named without its folder is on the
/// `PATH` already.
fn search_path(programs: &Path, temporal: &Path) -> String {
    let folder = temporal.parent().filter(|folder| folder.is_absolute());
    let folders = [Some(programs), folder].into_iter().flatten();
    let folders: String = folders.map(|it| format!("{}:", it.display())).collect();
    folders + "$PATH"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_and_those_that_they_print_are_on_the_path() {
        let programs = Path::new("/repo/target/debug");
        for (temporal, path) in [
            (
                "/repo/target/temporal/bin/temporal",
                "/repo/target/debug:/repo/target/temporal/bin:$PATH",
            ),
            ("temporal", "/repo/target/debug:$PATH"),
        ] {
            assert_eq!(search_path(programs, Path::new(temporal)), path);
        }
    }
}
