//! `sky-payments`: starts, follows and resolves payments from a terminal or a script.
//!
//! Everything that happens is the library's doing; here are only its words on a command line.

mod arguments;
mod verbs;

mod choice;
mod explain;
mod list;
mod live;
mod many;
mod order;
mod reconcile;
mod show;
mod waiting;

mod equivalent;
mod exit;
mod output;
mod tables;

use std::io;
use std::process::ExitCode;

use clap::Parser;
use traces::Traces;

use crate::arguments::Arguments;
use crate::exit::Exit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let traces = match Traces::from_environment("sky-payments") {
        Ok(traces) => traces,
        Err(error) => {
            eprintln!("error: {error}");
            return Exit::Usage.into();
        }
    };
    let exit = match verbs::carry_out(arguments).await {
        Ok(exit) => exit,
        // Whoever read the output has seen enough of it.
        Err(error) if is_broken_pipe(&error) => Exit::Fine,
        Err(error) => {
            match error.downcast_ref::<clap::Error>() {
                // It says so itself.
                Some(usage) => eprint!("{usage}"),
                None => eprintln!("error: {error:#}"),
            }
            Exit::of_failure(&error)
        }
    };
    if let Some(traces) = traces {
        traces.shut_down().await;
    }
    exit.into()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
