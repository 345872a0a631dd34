//! The verb `accounts` and its own verbs, as typed.

use clap::{Args, Subcommand};
use payments_client::Error;
use serde::Serialize;
use workflows::contract::account::AccountCommand;

use super::words::filled_in;

#[derive(Args)]
pub(crate) struct AccountsArguments {
    /// Prometheus, such as http://localhost:9090: shows the calls to each partner, per second over
    /// the last 5 minutes
    ///
    /// Refused are calls that the partner answered with a refusal: access denied, a key that it does
    /// not know, too many calls, any other 4xx. Unanswered are those without a connection, or without
    /// an answer that can be understood.
    // Read only by the list: a mistake in the variable must not keep an account from being paused.
    #[arg(
        long,
        value_name = "URL",
        env = "SKY_PROMETHEUS_URL",
        hide_env_values = true
    )]
    pub(crate) prometheus: Option<String>,
    #[command(subcommand)]
    pub(crate) verb: Option<AccountVerb>,
}

#[derive(Subcommand)]
pub(crate) enum AccountVerb {
    /// Submit nothing new to an account's partner; questions go on
    Pause {
        /// The account's name in the configuration
        name: String,
        #[command(flatten)]
        command: CommandArguments,
    },
    /// Submit again
    Resume {
        /// The account's name in the configuration
        name: String,
        #[command(flatten)]
        command: CommandArguments,
    },
}

/// The updates `pause` and `resume` of an account's workflow.
#[derive(Args, Serialize)]
pub(crate) struct CommandArguments {
    /// Your name
    #[arg(long, value_name = "NAME", value_parser = filled_in)]
    operator: String,
    /// The reason; it stays in the history
    #[arg(long, value_parser = filled_in)]
    reason: String,
}

impl CommandArguments {
    /// Checked against the contract's rules.
    pub(crate) fn read(&self) -> Result<AccountCommand, Error> {
        Ok(AccountCommand::parse(&serde_json::to_vec(self)?)?)
    }
}
