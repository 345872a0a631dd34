//! What is printed: text for people, or JSON with the names of `docs/contract.md` for programs.

mod json;
mod starts;

use std::fmt::Display;
use std::io;

use crate::timeline::particulars;
use clap::builder::styling::Style;
use jiff::Timestamp;
use payments_client::{Description, Error};
use serde_json::{Value, json};
use workflows::contract::advice::Advice;
use workflows::contract::approval::Proposal;
use workflows::contract::ids::RequestId;
use workflows::contract::outcome::Outcome;
use workflows::contract::resolution::Resolution;
use workflows::contract::state::State;

use crate::arguments::Format;
use crate::exit::Exit;
use crate::failure;
use crate::labels::{self, age, kind, standing, took, until};
use crate::terminal::{
    complain, complain_command, complain_json, is_terminal, print, print_command, print_hanging,
    print_json, print_styled,
};

pub(crate) use json::listed;

/// Prints in the requested format.
#[derive(Clone)]
pub(crate) struct Output {
    format: Format,
    /// The options that say where Temporal is, as they were typed, each after a space.
    typed: String,
    /// When the program was called.
    pub(crate) now: Timestamp,
}

impl Output {
    pub(crate) fn new(format: Format, typed: &str) -> Output {
        Output {
            format,
            typed: typed.to_owned(),
            now: Timestamp::now(),
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// A command for the same Temporal as this one.
    pub(crate) fn spelled(&self, command: &str) -> String {
        let program = ["sky-payments ", "temporal "]
            .into_iter()
            .filter_map(|program| Some((command.find(program)?, program)))
            .min();
        match program {
            Some((at, program)) if !command.starts_with('#') => {
                let at = at + program.len() - 1;
                format!("{}{}{}", &command[..at], self.typed, &command[at..])
            }
            _ => command.to_owned(),
        }
    }

    /// The plain `temporal` command for the same, on stderr.
    pub(crate) fn equivalent(&self, command: &str) {
        if self.is_json() {
            return;
        }
        complain_command(Style::new().dimmed(), &self.spelled(command));
    }

    /// A command to type next.
    pub(crate) fn command(&self, command: &str) -> io::Result<()> {
        if self.is_json() {
            return Ok(());
        }
        print_command(&format_args!("  {}", self.spelled(command)))
    }

    /// The program's last words, when it could not do what it was asked.
    pub(crate) fn failure(&self, failure: &anyhow::Error) {
        if self.is_json() {
            complain_json(&failure::json(failure));
        } else {
            complain(&format_args!("error: {failure:#}"));
            if let Some(way_on) = failure::way_on(failure) {
                complain(&self.spelled(&way_on));
            }
        }
    }

    /// Why it does not do, or did not see, all that it was asked; `error` is a name to match on.
    pub(crate) fn complaint(&self, error: &str, exit: Exit, text: &dyn Display) {
        if self.is_json() {
            let (text, exit) = (text.to_string(), exit as u8);
            complain_json(&json!({ "error": error, "message": text, "exit_code": exit }));
        } else {
            complain(text);
        }
    }

    /// Why nothing was done: nobody has confirmed it.
    pub(crate) fn unconfirmed(&self, text: &dyn Display) {
        self.complaint("unconfirmed", Exit::Unconfirmed, text);
    }

    pub(crate) fn description(&self, description: &Description) -> io::Result<()> {
        let it = description;
        let part = |before: &str, text: Option<String>, after: &str| {
            text.map_or(String::new(), |text| format!("{before}{text}{after}"))
        };
        let what = format!(
            "  {}{}{}{}: {}; begun {}{}{}, {}{}",
            kind(it.kind),
            part(" ", it.money.map(|money| money.to_string()), ""),
            part(", order ", it.order_id.clone(), ""),
            part(", merchant ", it.merchant.clone(), ""),
            standing(it),
            it.begun_at
                .map_or("at an unknown time".to_owned(), |at| format!("{at:.0}")),
            part(", ", age(it, self.now), " ago"),
            part(", took ", took(it), ""),
            labels::count(it.history_length.try_into().unwrap_or_default(), "event"),
            part("; ", labels::gaps(it), ""),
        );
        print_styled(&[(Style::new().bold(), &it.request_id), (Style::new(), &what)])
    }

    /// As the query returns it, with what Temporal knows, which distinguishes an operation that was
    /// cut off from a running one. If no worker has told the state, that is all.
    pub(crate) fn state(&self, state: Option<&State>, description: &Description) -> io::Result<()> {
        if self.is_json() {
            return print_json(&json::operation(state, description));
        }
        let Some(state) = state else {
            return Ok(());
        };
        let line = |name: &str, text: &dyn Display| {
            print_hanging(15, &[(Style::new(), &format_args!("{name:<13}  {text}"))])
        };
        line("phase", &state.phase.as_str())?;
        line("submitted", if state.submitted { &"yes" } else { &"no" })?;
        line("status checks", &state.status_checks)?;
        line("callbacks", &state.callbacks_received)?;
        if let Some(at) = state.next_check_at {
            let until = until(at, self.now);
            line("next check", &format_args!("{at:.0} ({until})"))?;
        }
        if let Some(error) = &state.last_error {
            line("cause", &error.cause.as_str())?;
            line("last error", &error)?;
        }
        if let Some(stake) = state.at_stake {
            line("at stake", &stake.label())?;
        }
        if let Some(proposal) = &state.proposal {
            self.proposal(proposal)?;
        }
        for Advice {
            action,
            safe,
            because,
            ..
        } in &state.actions
        {
            let verdict = if *safe { "safe" } else { "not safe" };
            print(&format!("  {:<21} {verdict}: {because}", action.label()))?;
        }
        Ok(())
    }

    pub(crate) fn proposal(&self, proposal: &Proposal) -> io::Result<()> {
        let Proposal {
            resolution,
            proposed_at,
        } = proposal;
        if self.is_json() {
            return Ok(());
        }
        let words = resolution.description();
        let text = format!(
            "proposed       {words}, at {proposed_at:.0}: {}",
            resolution.reason
        );
        print_hanging(15, &[(Style::new(), &text)])
    }

    pub(crate) fn outcome(&self, outcome: &Outcome) -> io::Result<()> {
        if self.is_json() {
            print_json(outcome)
        } else {
            print(&format!(
                "{}  {}",
                outcome.request_id,
                outcome_line(outcome)
            ))
        }
    }

    /// The end of an operation without an outcome: an object, as for an outcome.
    pub(crate) fn no_outcome(&self, request_id: &RequestId, error: &Error) -> io::Result<()> {
        if self.is_json() {
            let mut end = failure::of_operation(request_id, error);
            end.insert("outcome".to_owned(), Value::Null);
            print_json(&end)
        } else {
            complain(&format_args!("error: {error}"));
            Ok(())
        }
    }

    pub(crate) fn cancelled(&self, request_id: &RequestId) -> io::Result<()> {
        if self.is_json() {
            print_json(&json!({ "request_id": request_id, "cancellation": "requested" }))
        } else {
            print(&format!(
                "{request_id}  cancellation requested; it goes on if anything was submitted"
            ))
        }
    }

    /// Says on a terminal that nothing was found, and returns whether it did. Programs get an empty
    /// table or list.
    pub(crate) fn says_none(&self, what: &str) -> io::Result<bool> {
        let is_read = !self.is_json() && is_terminal();
        if is_read {
            print(&format_args!("no {what}"))?;
        }
        Ok(is_read)
    }

    pub(crate) fn line(&self, text: &str) -> io::Result<()> {
        if self.is_json() { Ok(()) } else { print(&text) }
    }
}

/// The ticket of a resolution, after a comma.
pub(crate) fn ticket(resolution: &Resolution) -> String {
    let ticket = resolution.ticket.as_ref();
    ticket.map_or(String::new(), |ticket| format!(", ticket {ticket}"))
}

/// The end in one line.
pub(crate) fn outcome_line(outcome: &Outcome) -> String {
    format!(
        "{}  {}, order {}{}",
        outcome.outcome.as_str(),
        outcome.money,
        outcome.order_id,
        particulars(outcome)
    )
}

#[cfg(test)]
mod views;
