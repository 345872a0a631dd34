//! `sky-payments`: starts, follows and resolves payments from a terminal or a script.
//!
//! Everything that happens is the library's doing; here are only its words on a command line.

mod arguments;
mod equivalent;
mod exit;
mod live;
mod output;
mod verbs;
mod waiting;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::exit::Exit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let exit = match verbs::carry_out(Arguments::parse()).await {
        Ok(exit) => exit,
        Err(error) => {
            eprintln!("error: {error:#}");
            Exit::of_failure(&error)
        }
    };
    exit.into()
}
