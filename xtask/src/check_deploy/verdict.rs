//! What a tool says to a file.

use std::process::{Command, Stdio};

use anyhow::Context;

/// A tool's word on what it was given.
#[derive(Debug)]
pub(super) enum Verdict {
    Accepted,
    /// With what the tool printed.
    Refused(String),
}

/// Runs the tool, and takes its exit status as its verdict.
pub(super) fn ask(command: &mut Command) -> anyhow::Result<Verdict> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{:?} can't be started", command.get_program()))?;
    if output.status.success() {
        return Ok(Verdict::Accepted);
    }
    let told = [output.stdout, output.stderr].concat();
    Ok(Verdict::Refused(
        String::from_utf8_lossy(&told).into_owned(),
    ))
}

/// Runs a tool that warns on stderr of what is wrong, and exits with 0.
pub(super) fn ask_for_silence(command: &mut Command) -> anyhow::Result<Verdict> {
    let output = command.stdin(Stdio::null()).output()?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() && told.is_empty() {
        return Ok(Verdict::Accepted);
    }
    Ok(Verdict::Refused(told))
}

/// The first refusal of several verdicts.
pub(super) fn all(
    verdicts: impl IntoIterator<Item = anyhow::Result<Verdict>>,
) -> anyhow::Result<Verdict> {
    for verdict in verdicts {
        if let Verdict::Refused(why) = verdict? {
            return Ok(Verdict::Refused(why));
        }
    }
    Ok(Verdict::Accepted)
}
