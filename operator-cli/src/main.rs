//! `sky-payments`: starts, follows and resolves payments from a terminal or a script.
//!
//! The library `payments-client` does what happens to payments. This program adds the command line
//! and what only people need: [`timeline`] shows one operation's life, [`reconciliation`] compares
//! a day's outcomes with the partner's report, [`totals`] adds up.

mod arguments;
mod verbs;

mod command;
mod context;
mod contrary_advice;
mod explain;
mod list;
mod live;
mod reconcile;
mod selected_operations;
mod show;
mod update_many;
mod update_one;
mod waiting;

mod reconciliation;
mod timeline;
mod totals;

mod equivalent;
mod exit;
mod labels;
mod output;
mod tables;
mod terminal;

use std::io;
use std::process::ExitCode;

use clap::Parser;
use traces::Traces;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::terminal::{complain, complain_of_usage};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => return print_usage(&usage),
    };
    let traces = match Traces::from_environment("sky-payments") {
        Ok(traces) => traces,
        Err(error) => {
            complain(&format_args!("error: {error}"));
            return Exit::Usage.into();
        }
    };
    let exit = match verbs::carry_out(arguments).await {
        Ok(exit) => exit,
        // The reader of the output has closed the pipe.
        Err(error) if is_broken_pipe(&error) => Exit::Fine,
        Err(error) => {
            match error.downcast_ref::<clap::Error>() {
                Some(usage) => complain_of_usage(usage),
                None => complain(&format_args!("error: {error:#}")),
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
fn print_usage(usage: &clap::Error) -> ExitCode {
    if usage.use_stderr() {
        complain_of_usage(usage);
        return Exit::Usage.into();
    }
    match terminal::print_script(usage.render().ansi().to_string().as_bytes()) {
        Ok(()) => Exit::Fine.into(),
        Err(_) => Exit::Failed.into(),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
