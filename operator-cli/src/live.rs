//! Running operations: one live line each on a terminal, one line per change elsewhere, and only
//! their ends as JSON.

use std::io;
use std::time::{Duration, Instant};

use payments_client::{Error, OperationHandle};
use workflows::contract::ids::RequestId;
use workflows::contract::outcome::Outcome;
use workflows::contract::state::{Phase, State};

use crate::exit::Exit;
use crate::failure;
use crate::labels::length;
use crate::output::{Output, outcome_line};
use crate::terminal::{Bar, Bars};

/// All the lines of one command.
pub(crate) struct Board {
    output: Output,
    bars: Option<Bars>,
    longest_id: usize,
}

/// The line of one operation.
pub(crate) struct Line {
    output: Output,
    request_id: RequestId,
    bar: Option<Bar>,
    began: Instant,
    shown: String,
}

impl Board {
    pub(crate) fn new(handles: &[OperationHandle], output: Output) -> Board {
        let bars = if output.is_json() {
            None
        } else {
            Bars::on_a_terminal()
        };
        let lengths = handles.iter().map(|it| it.request_id().as_str().len());
        Board {
            output,
            bars,
            longest_id: lengths.max().unwrap_or(0),
        }
    }

    pub(crate) fn line(&self, request_id: &RequestId) -> Line {
        let name = format!("{:width$}", request_id.as_str(), width = self.longest_id);
        let bars = self.bars.as_ref();
        let bar = bars.map(|bars| bars.add(&name, steps(Phase::Closed)));
        Line {
            output: self.output.clone(),
            request_id: request_id.clone(),
            bar,
            began: Instant::now(),
            shown: String::new(),
        }
    }

    /// Not all of them have ended in this time.
    pub(crate) fn time_is_up(&self, at_most: Duration) {
        let up = format_args!(
            "error: the time is up ({}); what was waited for goes on by itself",
            length(at_most)
        );
        self.output.complaint("time_up", Exit::TimeUp, &up);
    }
}

impl Line {
    /// The operation was looked at.
    pub(crate) fn look(&mut self, state: &Result<State, Error>) -> io::Result<()> {
        let text = match state {
            Ok(state) => {
                if let Some(bar) = &self.bar {
                    bar.advance(steps(state.phase));
                }
                phase_text(state)
            }
            Err(error) => error.to_string(),
        };
        if let Some(bar) = &self.bar {
            bar.say(&text);
        } else if text != self.shown {
            self.print(&text)?;
            self.shown = text;
        }
        Ok(())
    }

    /// The operation has ended, or cannot be followed.
    pub(crate) fn end(&self, end: &Result<Outcome, Error>) -> io::Result<()> {
        let text = match end {
            Ok(outcome) if self.output.is_json() => return self.output.outcome(outcome),
            Ok(outcome) => outcome_line(outcome),
            Err(error @ Error::NoOutcome { .. }) if self.output.is_json() => {
                return self.output.no_outcome(&self.request_id, error);
            }
            Err(error) => format!("error: {error}"),
        };
        match (&self.bar, end) {
            (Some(bar), Ok(_)) => bar.finish(&text),
            (Some(bar), Err(_)) => bar.abandon(&text),
            (None, Ok(_)) => self.print(&text)?,
            (None, Err(error)) => {
                let text = format_args!("{}  {text}", self.request_id);
                self.output
                    .complaint(failure::name(error), Exit::of(error), &text);
            }
        }
        Ok(())
    }

    fn print(&self, text: &str) -> io::Result<()> {
        let seconds = self.began.elapsed().as_secs();
        self.output
            .line(&format!("{}  {seconds}s  {text}", self.request_id))
    }
}

/// How far along a phase is.
fn steps(phase: Phase) -> u64 {
    match phase {
        Phase::Submitting => 1,
        Phase::AwaitingCompletion => 2,
        Phase::Verifying | Phase::NeedsAttention => 3,
        Phase::Finalizing => 4,
        Phase::Closed => 5,
    }
}

fn phase_text(state: &State) -> String {
    match (&state.last_error, state.phase) {
        (Some(error), Phase::NeedsAttention) => format!("needs_attention: {error}"),
        (_, phase) => phase.as_str().to_owned(),
    }
}

#[cfg(test)]
mod views;
