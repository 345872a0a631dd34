//! Live lines, one for each operation that is followed.

#![expect(clippy::disallowed_types, reason = "the one place for it")]

use std::io::{self, IsTerminal};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

use super::shown::shown;

/// What a live line looks like.
const TEMPLATE: &str = "{prefix}  {bar:15}  {elapsed:>4}  {msg}";

/// All the live lines of one command.
pub(crate) struct Bars(MultiProgress);

/// One of them.
pub(crate) struct Bar(ProgressBar);

impl Bars {
    /// None if standard output is not a terminal.
    #[expect(clippy::disallowed_methods, reason = "the one place for it")]
    pub(crate) fn on_a_terminal() -> Option<Bars> {
        let live = io::stdout().is_terminal();
        live.then(|| Bars(MultiProgress::with_draw_target(ProgressDrawTarget::stdout())))
    }

    /// Adds a line with this many steps.
    pub(crate) fn add(&self, name: &str, steps: u64) -> Bar {
        let style = ProgressStyle::with_template(TEMPLATE);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(steps)
            .with_style(style.progress_chars("━╸ "))
            .with_prefix(shown(name).into_owned())
            // Operations that are still running when the time is up stay visible.
            .with_finish(ProgressFinish::Abandon);
        Bar(self.0.add(bar))
    }
}

impl Bar {
    pub(crate) fn advance(&self, steps: u64) {
        self.0.set_position(steps);
    }

    pub(crate) fn say(&self, text: &str) {
        self.0.set_message(shown(text).into_owned());
    }

    /// Its last message.
    pub(crate) fn finish(&self, text: &str) {
        self.0.finish_with_message(shown(text).into_owned());
    }

    /// Its last message if it did not reach its end.
    pub(crate) fn abandon(&self, text: &str) {
        self.0.abandon_with_message(shown(text).into_owned());
    }
}
