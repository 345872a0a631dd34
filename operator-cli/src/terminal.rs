//! The only output of this program. Whatever a partner, billing, a caller or a history wrote may
//! contain characters that control a terminal, or make a line look different from what it is. They
//! are replaced here, so that no verb has to think of it. `clippy.toml` forbids every other output.
//!
//! On a terminal, lines break between words. Commands to copy don't break.
//!
//! Styles are passed separately, never within the text.

mod bars;
#[cfg(test)]
pub(crate) mod captured;
mod lines;
#[cfg(test)]
pub(crate) mod live_screen;
mod streams;
mod table;

use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal};

use anstream::adapter::strip_str;
use clap::error::ContextValue;
use serde::Serialize;
use terminal_text::{Escaped, shown};

pub(crate) use bars::{Bar, Bars};
pub(crate) use lines::{
    complain, complain_command, is_terminal, print, print_command, print_hanging, print_styled,
};
pub(crate) use table::{Cell, Table};

use streams::Stream;

/// Prints one line for programs.
pub(crate) fn print_json(value: &impl Serialize) -> io::Result<()> {
    Stream::Out.write(&json_line(value)?)
}

/// Prints a script of ours unchanged.
pub(crate) fn print_script(script: &[u8]) -> io::Result<()> {
    Stream::Out.write(script)
}

/// Prints a help page, or the version. Clap wraps all of it but the usage line.
pub(crate) fn print_help(help: &clap::Error) -> io::Result<()> {
    let page = help.render().ansi().to_string();
    Stream::Out.write(terminal_text::fitted(&page, Stream::Out.width()).as_bytes())
}

/// Prints one line for programs on standard error.
pub(crate) fn complain_json(value: &impl Serialize) {
    let _ = json_line(value).and_then(|line| Stream::Err.write(&line));
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
    // Nobody types at a captured screen.
    #[cfg(test)]
    if captured::width().is_some() {
        return Ok(None);
    }
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    complain(question);
    Stream::Err.write(b"> ")?;
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed)?;
    Ok(Some(typed.trim().to_owned()))
}

fn json_line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut line, Escaped,
    ))?;
    line.push(b'\n');
    Ok(line)
}
