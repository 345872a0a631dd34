//! `sky-worker new-keys`: creates a key pair for one purpose, with the public key ready for the
//! partner.

use std::path::PathBuf;

use activities::partner::sky::key_pair::{self, NewKeyPair, Payment, Purpose as _, Reversal};
use clap::Args;
use terminal_text::print;

use crate::Failure;
use crate::try_key::Purpose;

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

/// Creates the pair and prints the part for the partner.
pub(crate) fn make(arguments: &Arguments) -> Result<(), Failure> {
    let made = key_pair::make(&arguments.dir, &arguments.key_id).map_err(Failure::other)?;
    let purpose = match arguments.purpose {
        Purpose::Payment => Payment::WORD,
        Purpose::Reversal => Reversal::WORD,
    };
    print(&told(&made, &arguments.key_id, purpose));
    print!("{}", made.public_key_pem);
    Ok(())
}

/// All but the public key itself.
fn told(made: &NewKeyPair, key_id: &str, purpose: &str) -> String {
    format!(
        "private key (mode 0600, stays here): {}\n\
         public key, to hand to the partner:  {}\n\
         key id:      {key_id}\n\
         purpose:     {purpose}\n\
         fingerprint: {}\n",
        made.private_key.display(),
        made.public_key.display(),
        made.fingerprint
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::assert_view;

    #[test]
    fn what_is_said_of_new_keys_fits_the_terminal() {
        let made = NewKeyPair {
            private_key: "/etc/sky/keys/payments-of-the-account-kg-main-2026.pem".into(),
            public_key: "/etc/sky/keys/payments-of-the-account-kg-main-2026.pub.pem".into(),
            public_key_pem: String::new(),
            fingerprint: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned(),
        };
        let key_id = "payments-of-the-account-kg-main-2026";
        assert_view("new-keys", &told(&made, key_id, Payment::WORD));
    }
}
