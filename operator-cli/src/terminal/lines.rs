//! Lines for people: shown safely, in styles, and broken between words where they don't fit.

use std::fmt::Display;
use std::io;

use clap::builder::styling::Style;
use terminal_text::shown;

use super::streams::Stream;

/// Prints one line for people. An error if the reader of a pipe has closed it.
pub(crate) fn print(line: &dyn Display) -> io::Result<()> {
    let text = line.to_string();
    let indent = text.len() - text.trim_start_matches(' ').len() + 2;
    print_hanging(indent, &[(Style::new(), &text)])
}

/// Prints one line of pieces, each in its style. Styles are removed if standard output is not a
/// terminal, and if `NO_COLOR` is set.
pub(crate) fn print_styled(pieces: &[(Style, &dyn Display)]) -> io::Result<()> {
    print_hanging(2, pieces)
}

/// The same, and what does not fit on the line goes on below, behind `indent` spaces.
pub(crate) fn print_hanging(indent: usize, pieces: &[(Style, &dyn Display)]) -> io::Result<()> {
    write(Stream::Out, Stream::Out.width(), indent, pieces)
}

/// Prints a command to copy, on one line however long it is.
pub(crate) fn print_command(command: &dyn Display) -> io::Result<()> {
    write(Stream::Out, None, 0, &[(Style::new(), command)])
}

/// Prints one line on standard error. Errors are ignored.
pub(crate) fn complain(line: &dyn Display) {
    let width = Stream::Err.width();
    let _ = write(Stream::Err, width, 2, &[(Style::new(), line)]);
}

/// Prints a command to copy on standard error.
pub(crate) fn complain_command(style: Style, command: &dyn Display) {
    let _ = write(Stream::Err, None, 0, &[(style, command)]);
}

/// Whether a person reads it, and not a program.
pub(crate) fn is_terminal() -> bool {
    width().is_some()
}

/// How wide the terminal is; none without one.
pub(super) fn width() -> Option<usize> {
    Stream::Out.width()
}

fn write(
    stream: Stream,
    width: Option<usize>,
    indent: usize,
    pieces: &[(Style, &dyn Display)],
) -> io::Result<()> {
    let pieces: Vec<(Style, String)> = pieces
        .iter()
        .map(|(style, text)| (*style, shown(&text.to_string()).into_owned()))
        .collect();
    let whole: String = pieces.iter().map(|(_, text)| text.as_str()).collect();
    let mut written = String::new();
    for line in terminal_text::lines(&whole, width.unwrap_or(usize::MAX), indent) {
        if line.start > 0 {
            written += &" ".repeat(indent);
        }
        let mut begin = 0;
        for (style, text) in &pieces {
            let [from, to] = [line.start, line.end].map(|at| at.clamp(begin, begin + text.len()));
            let part = &text[from - begin..to - begin];
            begin += text.len();
            if !part.is_empty() {
                written += &format!("{style}{part}{style:#}");
            }
        }
        written.push('\n');
    }
    stream.write(written.as_bytes())
}
