//! The only output of this program. Whatever a partner, billing, a caller or a history wrote may
//! contain characters that control a terminal, or make a line look different from what it is. They
//! are replaced here, so that no verb has to think of it. `clippy.toml` forbids every other output.
//!
//! Styles are passed separately, never within the text.

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

/// Prints one line for people. An error if the reader of a pipe has closed it.
pub(crate) fn print(line: &dyn Display) -> io::Result<()> {
    print_styled(&[(Style::new(), line)])
}

/// Prints one line of pieces, each in its style. Styles are removed if standard output is not a
/// terminal, and if `NO_COLOR` is set.
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

/// Prints a script of ours unchanged.
pub(crate) fn print_script(script: &[u8]) -> io::Result<()> {
    anstream_out().write_all(script)
}

/// Prints one line on standard error. Errors are ignored.
pub(crate) fn complain(line: &dyn Display) {
    complain_styled(Style::new(), line);
}

/// The same in a style.
pub(crate) fn complain_styled(style: Style, line: &dyn Display) {
    let _ = write(&mut anstream_err(), &[(style, line)]);
}

/// Prints clap's message, on as many lines as it has. It repeats what was typed, without anything
/// that looks like a style, and on one line at most.
pub(crate) fn complain_of_usage(usage: &clap::Error) {
    let mut text = usage.render().to_string();
    for (_, value) in usage.context() {
        if let ContextValue::String(typed) = value {
            text = text.replace(&strip_str(typed).to_string(), &shown(typed));
        }
    }
    text.lines().for_each(|line| complain(&line));
}

/// Asks the person at the terminal; none if there is no terminal.
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
