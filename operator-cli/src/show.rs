//! The verb `show`: one operation's life, a line for each event.

use std::io;

use crate::context::CommandContext;
use crate::timeline::{EntryKind, TEXT_AT, Timeline};
use clap::builder::styling::{AnsiColor, Style};
use workflows::contract::ids::RequestId;

use crate::equivalent;
use crate::exit::Exit;
use crate::explain::standing_sentences;
use crate::terminal::{print, print_command, print_hanging, print_json};

pub(crate) async fn show(context: &CommandContext, request_id: &RequestId) -> anyhow::Result<Exit> {
    context.output.equivalent(&equivalent::show(request_id));
    let operation = context.operation(request_id).await?;
    let timeline = Timeline::read(&operation.history().await?);
    if context.output.is_json() {
        timeline.entries.iter().try_for_each(print_json)?;
        return Ok(Exit::Fine);
    }
    let mut description = operation.describe().await?;
    description.merchant = description.merchant.or(timeline.merchant.clone());
    context.output.description(&description)?;
    // A paused step is not an event.
    if description.paused_step.is_some() {
        let sentences = standing_sentences(&description, None);
        sentences.iter().try_for_each(|line| print(line))?;
    }
    print_timeline(&timeline)?;
    Ok(Exit::Fine)
}

/// The input is one line, to be copied.
pub(crate) fn print_timeline(timeline: &Timeline) -> io::Result<()> {
    if let Some(input) = timeline.input() {
        print_command(&format_args!("input  {input}"))?;
    }
    print(&"times are UTC")?;
    timeline
        .lines()
        .try_for_each(|(kind, line)| print_hanging(TEXT_AT, &[(style(kind), &line)]))
}

fn style(kind: EntryKind) -> Style {
    match kind {
        EntryKind::Wait => Style::new().dimmed(),
        EntryKind::Attention | EntryKind::Trouble => AnsiColor::Red.on_default(),
        EntryKind::Operator => AnsiColor::Cyan.on_default(),
        EntryKind::End => Style::new().bold(),
        EntryKind::Asked
        | EntryKind::Submission
        | EntryKind::Check
        | EntryKind::Callback
        | EntryKind::Billing => Style::new(),
    }
}
