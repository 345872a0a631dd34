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
    /// json: one object a line, with the contract's field names
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    /// The workers' task queue
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
    /// Start an operation; the same request again is answered with the first operation
    Start {
        /// What is to be done
        kind: KindName,
        #[command(flatten)]
        request: StartArguments,
        /// Wait for its end
        #[arg(long)]
        wait: bool,
    },
    /// Where an operation is
    Status(Operation),
    /// What happened to an operation, in order and in words
    Show(Operation),
    /// What is safe to do about an operation, what is not, and why; or about many
    Explain(TargetArguments),
    /// How an operation ended; waits for its end
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
    /// Ask for a cancellation; it takes effect only while nothing was submitted
    Cancel(Operation),
    /// Close operations that need attention, by your word; the partner's goes before it
    ///
    /// Where the worker's configuration asks for two operators this only proposes, and another
    /// operator approves it.
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
    /// Take back what was proposed
    Withdraw {
        #[command(flatten)]
        target: TargetArguments,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        withdrawal: WithdrawArguments,
    },
    /// Try at once whatever operations wait to try again
    CheckNow {
        #[command(flatten)]
        target: TargetArguments,
        #[command(flatten)]
        consent: Consent,
    },
    /// List operations, newest first; what happened moments ago may not show yet
    List {
        #[command(flatten)]
        selection: Selection,
        /// How many to show at most; the sums are of all
        #[arg(long, default_value_t = 20)]
        limit: usize,
        /// Only the sums
        #[arg(long)]
        sums: bool,
    },
    /// Hold our outcomes against a partner's report of one day
    ///
    /// The report is CSV with a header and the fields of the partner's OperationState:
    /// requestId,kind,status,declineCode,amount,currency,partnerPaymentId,updatedAt. Each operation
    /// of it is looked up by its id; those that it does not list are found by Temporal's list, so
    /// reconcile a day once it is over.
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

/// For commands to many: without it they are only counted, and asked about on a terminal.
#[derive(Args)]
pub(crate) struct Consent {
    /// For many: the phrase that the dry run shows, which holds their number; no question then
    #[arg(long, value_name = "PHRASE", conflicts_with = "request_id")]
    pub(crate) confirm: Option<String>,
}

/// For commands that an operation may advise against.
#[derive(Args, Clone, Copy, Default)]
pub(crate) struct Insistence {
    /// For one: do it though the operation advises against it, which is recorded; no question then
    #[arg(long, requires = "request_id")]
    pub(crate) against_advice: bool,
}

#[derive(Args)]
pub(crate) struct Report {
    /// The partner's report, a CSV file
    #[arg(long = "report", value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Its day in UTC, like 2026-11-24; without it, the one day of all its rows
    #[arg(long)]
    pub(crate) date: Option<Date>,
    /// The merchant account that it is of, by its name in the configuration
    #[arg(long, value_name = "NAME")]
    pub(crate) merchant: Option<String>,
}
