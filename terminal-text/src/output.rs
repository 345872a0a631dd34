//! Lines for people, broken between words where they go to a terminal. Elsewhere, such as in a log,
//! each stays one line.

use std::fmt::Display;

use console::Term;

use crate::wrap::fitted;

/// Prints a line.
pub fn print(line: &dyn Display) {
    println!("{}", fitted(&line.to_string(), width(&Term::stdout())));
}

/// Prints a line on standard error.
pub fn complain(line: &dyn Display) {
    eprintln!("{}", fitted(&line.to_string(), width(&Term::stderr())));
}

/// How wide it is, in characters; none if it is no terminal.
pub fn width(output: &Term) -> Option<usize> {
    let size = output.is_term().then(|| output.size_checked()).flatten();
    size.map(|(_, columns)| columns.into())
}
