//! `cargo xtask schemathesis`: schemathesis from PyPI generates valid and invalid requests from the
//! document that the gateway serves, and compares the answers with it.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::ensure;
use harness::Stack;
use serde_json::json;

use crate::build::build_programs;
use crate::fetched::from_pypi;
use crate::setup::temporal_cli;

const VERSION: &str = "4.32.5";

/// The default limit of one peer would be used up in a moment.
const SETTINGS: &str = "requests_per_second_per_peer = 100_000\nburst_per_peer = 100_000";

/// Stages a gateway, and fails when schemathesis finds something.
pub(crate) async fn schemathesis(arguments: &[String]) -> anyhow::Result<ExitCode> {
    temporal_cli().await?;
    build_programs().await?;
    let packages = harness::profile_folder()?.with_file_name(format!("schemathesis-{VERSION}"));
    from_pypi(&packages, &[&format!("schemathesis=={VERSION}")])?;
    let stack = Stack::builder()
        .workers(0)
        .saved_cards()
        .gateway_settings(SETTINGS)
        .start()
        .await?;
    // What the document gives as an example is there.
    let example = json!({}).to_string();
    let workflow = "workflow start --type process_extra_payment --task-queue nobody \
                    --workflow-id sky-payment-ride-7-extra-1 --input";
    let mut workflow: Vec<&str> = workflow.split_whitespace().collect();
    workflow.push(&example);
    stack.temporal().cli(&workflow).await?;
    let status = tokio::process::Command::from(python(&packages))
        .args(["-m", "schemathesis.cli", "run"])
        .arg(format!("{}/openapi.json", stack.gateway_private_url()))
        .args(["--url", stack.gateway_url(), "--checks", "all"])
        .args(arguments)
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env(
            "SKY_CALLBACK_SECRET",
            stack.folder().join("callback-secret"),
        )
        .current_dir(stack.folder())
        .kill_on_drop(true)
        .status()
        .await?;
    print_answers(&stack).await?;
    Ok(ExitCode::from(u8::from(!status.success())))
}

/// Prints the gateway's answers by status. Without a 200 of each route little was tested.
async fn print_answers(stack: &Stack) -> anyhow::Result<()> {
    let metrics = format!("{}/metrics", stack.gateway_private_url());
    let metrics = stack.http().get(metrics).send().await?.text().await?;
    let answered = metrics
        .lines()
        .filter(|line| line.starts_with("sky_gateway_requests_total{") && !line.ends_with(" 0"));
    let answered: Vec<&str> = answered.collect();
    println!("{}", answered.join("\n"));
    for route in ["on_payment_completed", "on_card_saved"] {
        let (route, taken) = (format!("\"{route}\""), "\"taken\"");
        let reached = answered
            .iter()
            .any(|line| line.contains(&route) && line.contains(taken));
        ensure!(reached, "no callback to {route} was taken");
    }
    Ok(())
}

fn python(packages: &Path) -> Command {
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schemathesis");
    let path = std::env::join_paths([packages, &hooks]).unwrap_or_default();
    let mut python = Command::new("python3");
    python
        .env("PYTHONPATH", path)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    python
}
