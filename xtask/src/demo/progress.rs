//! Shows each operation as it moves through its phases: on a terminal in place, elsewhere as one
//! line per change.

use std::cell::RefCell;
use std::io::{IsTerminal, stdout};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// All operations.
pub(crate) struct Progress {
    started: Instant,
    bars: MultiProgress,
}

/// One operation.
pub(crate) struct Line {
    name: String,
    started: Instant,
    bar: ProgressBar,
    shown: RefCell<String>,
}

impl Progress {
    pub(crate) fn new() -> Progress {
        Progress {
            started: Instant::now(),
            bars: MultiProgress::with_draw_target(ProgressDrawTarget::stdout()),
        }
    }

    pub(crate) fn line(&self, name: &str) -> Line {
        let bar = self.bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix:18} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Line {
            name: name.to_owned(),
            started: self.started,
            bar,
            shown: RefCell::default(),
        }
    }
}

impl Line {
    /// Shows the phase that it is in.
    pub(crate) fn show(&self, phase: &str) {
        if *self.shown.borrow() != phase {
            self.print(phase);
            phase.clone_into(&mut self.shown.borrow_mut());
        }
    }

    /// Shows its outcome, and moves no more.
    pub(crate) fn finish(&self, outcome: &str) {
        self.print(outcome);
        self.bar.finish();
    }

    fn print(&self, text: &str) {
        let seconds = self.started.elapsed().as_secs_f32();
        if stdout().is_terminal() {
            self.bar.set_message(format!("{seconds:5.1}s  {text}"));
        } else {
            println!("{seconds:6.1}s  {:18} {text}", self.name);
        }
    }
}
