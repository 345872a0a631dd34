//! `sky-worker try-key`: makes a call that moves nothing with a key, before the key serves.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use terminal_text::{print, shown};
use workflows::contract::kind::Kind;

use crate::Failure;
use crate::configuration::Configuration;

/// Which key.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The configuration file that names the key. It need not be the one that a worker runs with.
    #[arg(long, env = "SKY_WORKER_CONFIG")]
    pub(crate) config: PathBuf,
    /// The merchant account's name.
    #[arg(long)]
    merchant: String,
    /// What the key is for.
    #[arg(long)]
    purpose: Purpose,
    /// The key's id, also of one that is not valid yet. Without it, the key that would serve now.
    #[arg(long)]
    key_id: Option<String>,
}

/// What a key is for.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Purpose {
    Payment,
    Reversal,
}

/// Makes the call and prints what it says of the key.
pub(crate) fn run(arguments: &Arguments, configuration: &Configuration) -> Result<(), Failure> {
    let kind = match arguments.purpose {
        Purpose::Payment => Kind::ExtraPayment,
        Purpose::Reversal => Kind::PaymentReversal,
    };
    let accounts = &configuration.configuration.accounts;
    let account = accounts
        .named(&arguments.merchant)
        .map_err(Failure::Other)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::other)?;
    let key_id = arguments.key_id.as_deref();
    let answer = runtime.block_on(account.try_key(kind, key_id));
    // The partner's words.
    print(&shown(&answer.map_err(Failure::Other)?));
    Ok(())
}
