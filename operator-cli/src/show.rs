//! The verb `show`: one operation's life, a line for each event.

use crate::context::CommandContext;
use crate::timeline::{EntryKind, Timeline};
use clap::builder::styling::{AnsiColor, Style};
use workflows::contract::ids::RequestId;

use crate::equivalent;
use crate::exit::Exit;
use crate::explain::standing_sentences;
use crate::terminal::{print, print_json, print_styled};

pub(crate) async fn show(context: &CommandContext, request_id: &RequestId) -> anyhow::Result<Exit> {
    context.output.equivalent(&equivalent::show(request_id));
    let operation = context.payments().await?.operation(request_id);
    let timeline = Timeline::read(&operation.history().await?);
    if context.output.is_json() {
        timeline.entries.iter().try_for_each(print_json)?;
        return Ok(Exit::Fine);
    }
    let description = operation.describe().await?;
    context.output.description(&description)?;
    // A paused step is not an event.
    if description.paused_step.is_some() {
        let sentences = standing_sentences(&description, None);
        sentences.iter().try_for_each(|line| print(line))?;
    }
    print(&"times are UTC")?;
    for (kind, line) in timeline.lines() {
        print_styled(&[(style(kind), &line)])?;
    }
    Ok(Exit::Fine)
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
