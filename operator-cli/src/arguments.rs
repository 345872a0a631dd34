//! The command line.

mod accounts;
mod inputs;
mod selection;
mod temporal;
mod when;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::civil::Date;
use workflows::contract::ids::{RequestId, TASK_QUEUE};

use crate::exit;

pub(crate) use accounts::{AccountVerb, AccountsArguments};
pub(crate) use inputs::{
    ApproveArguments, KindName, ResolveArguments, StartArguments, WithdrawArguments,
};
pub(crate) use selection::{Selection, Target, TargetArguments};
pub(crate) use temporal::TemporalArguments;

use words::request_id;

/// Starts, follows and resolves payments.
#[derive(Parser)]
#[command(name = "sky-payments", version = program_version::VERSION.as_str(), after_help = exit::HELP)]
// What every verb takes stands below the verb's own options, and above --help.
#[command(next_display_order = 500)]
pub(crate) struct Arguments {
    /// json: one object per line, with the contract's field names
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    /// The task queue of the workers
    #[arg(long, global = true, env = "SKY_TASK_QUEUE", hide_env_values = true, default_value = TASK_QUEUE)]
    pub(crate) task_queue: String,
    #[command(flatten)]
    pub(crate) temporal: TemporalArguments,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Start an operation; the same request again leads to the first operation
    Start(Start),
    /// Show the state of an operation
    Status(Operation),
    /// Show what happened to an operation, in order
    Show(Operation),
    /// Explain what is safe to do about an operation, what is not, and why; or about many
    Explain(TargetArguments),
    /// Wait for the end of an operation and show it
    Result(Operation),
    /// Follow operations to their ends
    Wait {
        /// Which operations
        #[arg(required = true, value_parser = request_id)]
        request_ids: Vec<RequestId>,
        /// How long, like 30s or 5m; without it, as long as it takes
        #[arg(long, value_parser = when::duration)]
        timeout: Option<Duration>,
    },
    /// Request a cancellation; it takes effect only while nothing was submitted
    Cancel(Operation),
    /// Close operations that need attention, on your statement; the partner's answer takes
    /// precedence
    ///
    /// If the worker's configuration asks for two operators, this only proposes, and another
    /// operator has to approve it.
    Resolve {
        #[command(flatten)]
        target: TargetArguments,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        insistence: Insistence,
        #[command(flatten)]
        resolution: ResolveArguments,
    },
    /// Close operations as another operator has proposed
    Approve {
        #[command(flatten)]
        target: TargetArguments,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        insistence: Insistence,
        #[command(flatten)]
        approval: ApproveArguments,
    },
    /// Withdraw a proposal
    Withdraw {
        #[command(flatten)]
        target: TargetArguments,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        withdrawal: WithdrawArguments,
    },
    /// Try at once what operations wait to try again
    CheckNow {
        #[command(flatten)]
        target: TargetArguments,
        #[command(flatten)]
        consent: Consent,
    },
    /// List operations, newest first; the last moments may be missing
    ///
    /// AGE is the time since an operation began, whether it has ended or not. A dash means that
    /// Temporal's list does not have it; show prints the operation's request.
    List {
        #[command(flatten)]
        selection: Selection,
        /// The maximum number to show; the sums are of all
        #[arg(long, default_value_t = 20)]
        limit: usize,
        /// Only the sums
        #[arg(long)]
        sums: bool,
    },
    /// Compare our outcomes with a partner's report of one day
    ///
    /// The report is CSV with a header and the fields of the partner's OperationState:
    /// requestId,kind,status,declineCode,amount,currency,partnerPaymentId,updatedAt. Each operation
    /// in it is looked up by its id. Operations that are missing in it are found with Temporal's
    /// list, which lags slightly, so reconcile a day once it is over.
    Reconcile(Report),
    /// List merchant accounts with their keys and what is open; pause one, or resume it
    Accounts(AccountsArguments),
    /// Say what is wrong with Temporal and with who polls its task queues, each with the fix
    ///
    /// The keys, the partners, billing and the gateway are looked at by sky-worker doctor, where the
    /// worker runs.
    Doctor,
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
}

#[derive(Args)]
pub(crate) struct Start {
    /// What to start
    pub(crate) kind: KindName,
    #[command(flatten)]
    pub(crate) request: StartArguments,
    /// Start the id again, if all it has so far was refused as
    /// InvalidRequest, or cancelled before anything was sent
    #[arg(long)]
    pub(crate) again: bool,
    /// Start it although no route that workers have published fits its
    /// country and city
    #[arg(long)]
    pub(crate) without_route: bool,
    /// Wait for the end
    #[arg(long)]
    pub(crate) wait: bool,
    /// Temporal's UI, for the link; known for Temporal Cloud and for the dev
    /// server on this machine
    #[arg(
        long,
        value_name = "URL",
        env = "SKY_TEMPORAL_UI",
        hide_env_values = true
    )]
    pub(crate) ui: Option<String>,
}

#[derive(Args)]
pub(crate) struct Operation {
    /// Which operation: its request id, or its workflow id
    #[arg(value_parser = request_id)]
    pub(crate) request_id: RequestId,
}

/// For commands to many operations: without it they are counted, and confirmed on a terminal.
#[derive(Args)]
pub(crate) struct Consent {
    /// For many: the phrase from the dry run, which contains their number; skips the question
    #[arg(long, value_name = "PHRASE", conflicts_with = "request_id")]
    pub(crate) confirm: Option<String>,
}

/// For commands that an operation may advise against.
#[derive(Args)]
pub(crate) struct Insistence {
    /// For one: do it although the operation advises against it, which is recorded; skips the
    /// question
    #[arg(long, requires = "request_id")]
    pub(crate) against_advice: bool,
}

#[derive(Args)]
pub(crate) struct Report {
    /// The partner's report, a CSV file; - for standard input
    #[arg(long = "report", value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Its day in UTC, like 2026-11-24; by default the day of all its rows
    #[arg(long)]
    pub(crate) date: Option<Date>,
    /// The merchant account of the report, by its name in the configuration
    #[arg(long, value_name = "NAME")]
    pub(crate) merchant: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::*;
    use crate::terminal::captured::{self, assert_view};
    use crate::terminal::print_help;

    #[test]
    fn every_help_page_fits_the_terminal() {
        let mut pages = Vec::new();
        find_pages(&Arguments::command(), "sky-payments", &mut pages);
        for typed in pages {
            let name = typed.replacen("sky-payments", "help", 1).replace(' ', "-");
            assert_view(&name, || {
                let command = Arguments::command().term_width(captured::width().unwrap());
                let typed = typed.split(' ').chain(["--help"]);
                print_help(&command.try_get_matches_from(typed).unwrap_err())
            });
        }
    }

    /// What to type before `--help` for each of them.
    fn find_pages(command: &Command, typed: &str, pages: &mut Vec<String>) {
        pages.push(typed.to_owned());
        for verb in command.get_subcommands() {
            find_pages(verb, &format!("{typed} {}", verb.get_name()), pages);
        }
    }

    #[test]
    fn a_workflow_id_is_taken_for_its_request_id() {
        for text in ["ride-7", "sky-payment-ride-7"] {
            assert_eq!(request_id(text).unwrap().as_str(), "ride-7");
        }
        assert!(request_id("ride/7").is_err());
    }
}
