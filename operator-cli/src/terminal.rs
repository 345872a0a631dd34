//! The one way out of this program. Whatever a partner, billing, a caller or a history wrote may
//! hold characters that a terminal obeys, or that make a line read otherwise than it is: here they
//! are replaced, so that no verb has to think of it. `clippy.toml` bans every other way out.
//!
//! Styles are given beside the text, never within it.

mod bars;
mod shown;
mod streams;
mod table;

use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal, Write};

use anstream::adapter::strip_str;
use clap::builder::styling::Style;
use clap::error::ContextValue;
use serde::Serialize;

pub(crate) use bars::{Bar, Bars};
pub(crate) use table::{Cell, Table};

use shown::{Escaped, shown};
use streams::{anstream_err, anstream_out};

/// Prints one line for people. An error where the reader of a pipe has gone.
pub(crate) fn print(line: &dyn Display) -> io::Result<()> {
    print_styled(&[(Style::new(), line)])
}

/// Prints one line of pieces, each in its style. Styles are taken out where standard output is no
/// terminal, and where `NO_COLOR` is set.
pub(crate) fn print_styled(pieces: &[(Style, &dyn Display)]) -> io::Result<()> {
    write(&mut anstream_out(), pieces)
}

/// Prints one line for programs.
pub(crate) fn print_json(value: &impl Serialize) -> io::Result<()> {
    let mut line = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut line, Escaped,
    ))?;
    line.push(b'\n');
    anstream_out().write_all(&line)
}

/// Prints a script of ours as it is.
pub(crate) fn print_script(script: &[u8]) -> io::Result<()> {
    anstream_out().write_all(script)
}

/// Says one line on standard error. Whether anybody reads it changes nothing.
pub(crate) fn complain(line: &dyn Display) {
    complain_styled(Style::new(), line);
}

/// The same in a style.
pub(crate) fn complain_styled(style: Style, line: &dyn Display) {
    let _ = write(&mut anstream_err(), &[(style, line)]);
}

/// Says what clap says, on as many lines as that has. What was typed is repeated in it, without what
/// looks like a style, and is one line of them at most.
pub(crate) fn complain_of_usage(usage: &clap::Error) {
    let mut text = usage.render().to_string();
    for (_, value) in usage.context() {
        if let ContextValue::String(typed) = value {
            text = text.replace(&strip_str(typed).to_string(), &shown(typed));
        }
    }
    text.lines().for_each(|line| complain(&line));
}

/// Asks whoever sits at the terminal; none where nobody does.
pub(crate) fn ask(question: &dyn Display) -> io::Result<Option<String>> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    complain(question);
    let mut prompt = anstream_err();
    prompt.write_all(b"> ")?;
    prompt.flush()?;
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed)?;
    Ok(Some(typed.trim().to_owned()))
}

fn write(out: &mut impl Write, pieces: &[(Style, &dyn Display)]) -> io::Result<()> {
    let mut line = String::new();
    for (style, text) in pieces {
        let text = text.to_string();
        line += &format!("{style}{}{style:#}", shown(&text));
    }
    line.push('\n');
    out.write_all(line.as_bytes())
}
