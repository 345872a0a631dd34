//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::civil::Date;
use serde::Serialize;
use workflows::ids::{OrderId, RequestId, TASK_QUEUE};
use workflows::partner_word::Kind;
use workflows::resolution::Verdict;
use workflows::state::Phase;

use crate::exit;

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
        request: Request,
        /// Wait for its end
        #[arg(long)]
        wait: bool,
    },
    /// Where an operation is
    Status(Operation),
    /// How an operation ended; waits for its end
    Result(Operation),
    /// Follow operations to their ends
    Wait {
        /// Which operations
        #[arg(required = true, value_parser = RequestId::parse)]
        request_ids: Vec<RequestId>,
        /// How long, like 30s or 5m; without it, as long as it takes
        #[arg(long, value_parser = duration)]
        timeout: Option<Duration>,
    },
    /// Ask for a cancellation; it takes effect only while nothing was submitted
    Cancel(Operation),
    /// Close an operation that needs attention, by your word; the partner's goes before it
    ///
    /// Where the worker's configuration asks for two operators this only proposes, and another
    /// operator approves it.
    Resolve {
        #[command(flatten)]
        operation: Operation,
        #[command(flatten)]
        resolution: Word,
    },
    /// Close an operation as another operator has proposed
    Approve {
        #[command(flatten)]
        operation: Operation,
        #[command(flatten)]
        approval: Agreement,
    },
    /// Take back what was proposed
    Withdraw {
        #[command(flatten)]
        operation: Operation,
        #[command(flatten)]
        withdrawal: Taking,
    },
    /// Try at once whatever the operation waits to try again
    CheckNow(Operation),
    /// List operations, newest first; what happened moments ago may not show yet
    List {
        /// Only those in this phase
        #[arg(long, value_parser = phase())]
        phase: Option<Phase>,
        /// Only those of this order
        #[arg(long, value_parser = OrderId::parse)]
        order: Option<OrderId>,
        /// How many at most
        #[arg(long, default_value_t = 20)]
        limit: usize,
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

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum KindName {
    /// Charge an order's card once more
    ExtraPayment,
    /// Give money of an order back, all of it or a part
    Reversal,
}

/// The contract's input, as typed: its rules are the library's to check.
#[derive(Args, Serialize)]
pub(crate) struct Request {
    /// Names the operation for good: A-Z a-z 0-9 _ -
    #[arg(long)]
    request_id: String,
    /// The order that is charged or given money back
    #[arg(long)]
    order_id: String,
    /// In main units, like 125.50
    #[arg(long)]
    amount: String,
    /// ISO 4217 code, like KGS
    #[arg(long)]
    currency: String,
    /// The merchant account; without it the routes choose
    #[arg(long)]
    merchant: Option<String>,
    /// Where the ride was, for the routes
    #[arg(long)]
    country: Option<String>,
    /// Where the ride was, for the routes
    #[arg(long)]
    city: Option<String>,
    /// Overrides the configured address of the callback gateway
    #[arg(long)]
    #[serde(rename = "payment_completed_callback_url")]
    callback_url: Option<String>,
}

/// The contract's `resolve`, as typed.
#[derive(Args, Serialize)]
pub(crate) struct Word {
    /// The end that it is to have
    #[arg(long = "as", value_parser = ["completed", "declined", "abandoned"])]
    #[serde(rename = "as")]
    verdict: String,
    /// Who says so
    #[arg(long)]
    operator: String,
    /// Why; it stays in the history
    #[arg(long)]
    reason: String,
    /// Where more is written about it, such as an incident's number
    #[arg(long)]
    ticket: Option<String>,
    /// The partner's name of the operation, where only you know it
    #[arg(long)]
    partner_payment_id: Option<String>,
}

/// The contract's `approve_resolution`, but for the proposal's time.
#[derive(Args)]
pub(crate) struct Agreement {
    /// The end that was proposed, once more
    #[arg(long = "as", value_parser = verdict())]
    pub(crate) verdict: Verdict,
    /// Who approves; another one than who proposed
    #[arg(long)]
    pub(crate) operator: String,
}

/// The contract's `withdraw_resolution`, as typed.
#[derive(Args, Serialize)]
pub(crate) struct Taking {
    /// Who takes it back
    #[arg(long)]
    operator: String,
    /// Why
    #[arg(long)]
    reason: String,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Kind {
        match name {
            KindName::ExtraPayment => Kind::ExtraPayment,
            KindName::Reversal => Kind::PaymentReversal,
        }
    }
}

const PHASES: [&str; 6] = [
    "submitting",
    "awaiting_completion",
    "verifying",
    "finalizing",
    "needs_attention",
    "closed",
];

fn verdict() -> impl TypedValueParser<Value = Verdict> {
    let words = ["completed", "declined", "abandoned"];
    PossibleValuesParser::new(words).try_map(|word| serde_json::from_value(word.into()))
}

fn phase() -> impl TypedValueParser<Value = Phase> {
    PossibleValuesParser::new(PHASES).try_map(|word| serde_json::from_value(word.into()))
}

fn duration(text: &str) -> Result<Duration, jiff::Error> {
    text.parse::<jiff::SignedDuration>()
        .and_then(Duration::try_from)
}
