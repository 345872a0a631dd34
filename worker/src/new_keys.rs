//! `sky-worker new-keys`: creates a key pair for one purpose, with the public key ready for the
//! partner.

use std::path::PathBuf;

use activities::partner::sky::key_pair;
use clap::{Args, ValueEnum};

use crate::Failure;

/// What to create.
#[derive(Args)]
pub(crate) struct Arguments {
    /// What the key signs. The partner accepts a key for one purpose only.
    #[arg(long)]
    purpose: Purpose,
    /// The name under which the partner gets the public key; also the name of the files.
    #[arg(long)]
    key_id: String,
    /// The folder for both files. Nothing in it is overwritten.
    #[arg(long, default_value = "keys")]
    dir: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Purpose {
    Payment,
    Reversal,
}

/// Creates the pair and prints the part for the partner.
pub(crate) fn make(arguments: &Arguments) -> Result<(), Failure> {
    let made = key_pair::make(&arguments.dir, &arguments.key_id)
        .map_err(|error| Failure::Other(error.to_string()))?;
    let purpose = match arguments.purpose {
        Purpose::Payment => "PAYMENT",
        Purpose::Reversal => "REVERSAL",
    };
    println!(
        "private key (mode 0600, stays here): {}",
        made.private_key.display()
    );
    println!(
        "public key, to hand to the partner:  {}",
        made.public_key.display()
    );
    println!("key id:      {}", arguments.key_id);
    println!("purpose:     {purpose}");
    println!("fingerprint: {}", made.fingerprint);
    println!();
    print!("{}", made.public_key_pem);
    Ok(())
}
