//! The command line.

mod inputs;
mod selection;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::civil::Date;
use workflows::contract::ids::{RequestId, TASK_QUEUE};

use crate::exit;

pub(crate) use inputs::{
    ApproveArguments, KindName, ResolveArguments, StartArguments, WithdrawArguments,
};
pub(crate) use selection::{Selection, Target, TargetArguments};

/// Starts, follows and resolves payments.
#[derive(Parser)]
#[command(name = "sky-payments", version, after_help = exit::HELP)]
pub(crate) struct Arguments {
    /// json: one object per line, with the contract's field names
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    /// The task queue of the workers
    #[arg(long, global = true, env = "SKY_TASK_QUEUE", default_value = TASK_QUEUE)]
    pub(crate) task_queue: String,
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
    Start {
        /// What to start
        kind: KindName,
        #[command(flatten)]
        request: StartArguments,
        /// Wait for the end
        #[arg(long)]
        wait: bool,
    },
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
        #[arg(required = true, value_parser = RequestId::parse)]
        request_ids: Vec<RequestId>,
        /// How long, like 30s or 5m; without it, as long as it takes
        #[arg(long, value_parser = selection::duration)]
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
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
}

#[derive(Args)]
pub(crate) struct Operation {
    /// Which operation
    #[arg(value_parser = RequestId::parse)]
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
#[derive(Args, Clone, Copy, Default)]
pub(crate) struct Insistence {
    /// For one: do it although the operation advises against it, which is recorded; skips the
    /// question
    #[arg(long, requires = "request_id")]
    pub(crate) against_advice: bool,
}

#[derive(Args)]
pub(crate) struct Report {
    /// The partner's report, a CSV file
    #[arg(long = "report", value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Its day in UTC, like 2026-11-24; by default the day of all its rows
    #[arg(long)]
    pub(crate) date: Option<Date>,
    /// The merchant account of the report, by its name in the configuration
    #[arg(long, value_name = "NAME")]
    pub(crate) merchant: Option<String>,
}
