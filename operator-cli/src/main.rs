//! `sky-payments`: starts, follows and resolves payments from a terminal or a script.
//!
//! The library `payments-client` does what happens to payments. This program adds the command line
//! and what only people need: [`timeline`] shows one operation's life, [`reconciliation`] compares
//! a day's outcomes with the partner's report, [`totals`] adds up.

mod arguments;
mod verbs;

mod accounts;
mod command;
mod context;
mod contrary_advice;
mod doctor;
mod explain;
mod list;
mod live;
mod reconcile;
mod selected_operations;
mod show;
mod start;
mod update_many;
mod update_one;
mod waiting;

mod reconciliation;
mod timeline;
mod totals;

mod equivalent;
mod exit;
mod failure;
mod labels;
mod output;
mod tables;
mod terminal;

#[cfg(test)]
mod example;

use std::io;
use std::process::ExitCode;

use clap::Parser;
use traces::Traces;

use crate::arguments::Arguments;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::terminal::{complain_json, complain_of_usage};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => return print_usage(usage),
    };
    let Arguments {
        output,
        task_queue,
        temporal,
        verb,
    } = arguments;
    let context = CommandContext::new(output, task_queue, temporal);
    let traces = match Traces::from_environment("sky-payments") {
        Ok(traces) => traces,
        Err(error) => {
            let text = format_args!("error: {error}");
            context.output.complaint("usage", Exit::Usage, &text);
            return Exit::Usage.into();
        }
    };
    let exit = match verbs::carry_out(&context, verb).await {
        Ok(exit) => exit,
        // The reader of the output has closed the pipe.
        Err(error) if is_broken_pipe(&error) => Exit::Fine,
        Err(error) => {
            match error.downcast_ref::<clap::Error>() {
                Some(usage) if !context.output.is_json() => complain_of_usage(usage),
                _ => context.output.failure(&error),
            }
            Exit::of_failure(&error)
        }
    };
    if let Some(traces) = traces {
        traces.shut_down().await;
    }
    exit.into()
}

/// What clap prints instead of arguments: an error, the help, the version.
fn print_usage(usage: clap::Error) -> ExitCode {
    if usage.use_stderr() {
        if wants_json() {
            complain_json(&failure::json(&usage.into()));
        } else {
            complain_of_usage(&usage);
        }
        return Exit::Usage.into();
    }
    match terminal::print_help(&usage) {
        Ok(()) => Exit::Fine.into(),
        Err(_) => Exit::Failed.into(),
    }
}

/// What was typed cannot be read as a whole, but this much of it can.
fn wants_json() -> bool {
    let words: Vec<_> = std::env::args_os().collect();
    let mut pairs = words.windows(2);
    pairs.any(|pair| pair[0] == "--output" && pair[1] == "json")
        || words.iter().any(|word| word == "--output=json")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
