//! Live lines, one for each operation that is followed.

#![expect(clippy::disallowed_types, reason = "the one place for it")]

use std::io::{self, IsTerminal};

use console::measure_text_width;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use terminal_text::{fitted, shown};

use super::lines::width;

/// What a live line looks like.
const TEMPLATE: &str = "{prefix}  {bar:15}  {elapsed:>4} {msg}";

/// The same below a name that leaves no room for it.
const BELOW: &str = "{prefix}\n  {bar:15}  {elapsed:>4} {msg}";

/// How wide it is between the name and the message.
const BETWEEN: usize = 24;

/// All the live lines of one command.
pub(crate) struct Bars(MultiProgress);

/// One of them.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// What stands before its message.
    before: usize,
}

impl Bars {
    /// None if standard output is not a terminal.
    #[expect(clippy::disallowed_methods, reason = "the one place for it")]
    pub(crate) fn on_a_terminal() -> Option<Bars> {
        let live = io::stdout().is_terminal();
        live.then(|| Bars::on(ProgressDrawTarget::stdout()))
    }

    pub(super) fn on(target: ProgressDrawTarget) -> Bars {
        Bars(MultiProgress::with_draw_target(target))
    }

    /// Adds a line with this many steps.
    pub(crate) fn add(&self, name: &str, steps: u64) -> Bar {
        let name = shown(name);
        let beside = measure_text_width(&name) + BETWEEN;
        let (template, before) = match width() {
            Some(width) if width < beside => (BELOW, BETWEEN),
            _ => (TEMPLATE, beside),
        };
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(steps)
            .with_style(style.progress_chars("━╸ "))
            .with_prefix(name.into_owned())
            // Operations that are still running when the time is up stay visible.
            .with_finish(ProgressFinish::Abandon);
        let bar = self.0.add(bar);
        Bar { bar, before }
    }
}

impl Bar {
    pub(crate) fn advance(&self, steps: u64) {
        self.bar.set_position(steps);
    }

    pub(crate) fn say(&self, text: &str) {
        self.bar.set_message(self.message(text));
    }

    /// Its last message.
    pub(crate) fn finish(&self, text: &str) {
        self.bar.finish_with_message(self.message(text));
    }

    /// Its last message if it did not reach its end.
    pub(crate) fn abandon(&self, text: &str) {
        self.bar.abandon_with_message(self.message(text));
    }

    /// Broken between words where the whole line does not fit the terminal.
    fn message(&self, text: &str) -> String {
        let line = format!("{} {}", "-".repeat(self.before), shown(text));
        fitted(&line, width())[self.before..].to_owned()
    }
}
