//! The verb `doctor`: what is wrong with Temporal and with who serves it. The rest is looked at by
//! `sky-worker doctor`, which has the keys and the way to the partner.

use std::io;

use doctor::Finding;

use crate::context::CommandContext;
use crate::exit::Exit;
use crate::output::Output;
use crate::terminal::{print, print_json};

pub(crate) async fn doctor(context: &CommandContext) -> anyhow::Result<Exit> {
    let queue = &context.task_queue;
    let equivalent = format!("temporal task-queue describe --task-queue {queue}");
    context.output.equivalent(&equivalent);
    let settings = context.temporal.settings("sky-payments")?;
    let mut findings = Vec::new();
    if let Some(client) = doctor::temporal(&settings, &mut findings).await {
        let accounts = context.payments().await?.accounts().await?.into_keys();
        findings.extend(doctor::task_queues(&client, queue, accounts).await);
    }
    print_findings(&context.output, &findings)?;
    if findings.iter().any(Finding::is_wrong) {
        return Ok(Exit::Failed);
    }
    Ok(Exit::Fine)
}

fn print_findings(output: &Output, findings: &[Finding]) -> io::Result<()> {
    let print_one = |finding: &Finding| {
        if output.is_json() {
            print_json(finding)
        } else {
            print(finding)
        }
    };
    findings.iter().try_for_each(print_one)
}

#[cfg(test)]
mod views;
