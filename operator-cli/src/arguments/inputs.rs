//! The fields of a request, a resolution, an approval and a withdrawal, as typed. The library
//! checks their rules.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use payments_client::Error;
use serde::Serialize;
use workflows::contract::approval::Withdrawal;
use workflows::contract::kind::Kind;
use workflows::contract::resolution::{Resolution, ResolveAs};

use super::words::{filled_in, one_of};

const ENDS: [&str; 3] = ["completed", "declined", "abandoned"];

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum KindName {
    /// Charge an order's card once more
    ExtraPayment,
    /// Refund money of an order, in full or in part
    Reversal,
}

/// The input of `docs/contract.md`: by its fields, or as JSON.
#[derive(Args, Serialize)]
pub(crate) struct StartArguments {
    /// The whole request as the contract's JSON, in a file; - for standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "request_id", "order_id", "amount", "currency", "merchant", "country", "city",
            "payment_reference", "callback_url",
        ],
    )]
    #[serde(skip)]
    pub(crate) input: Option<PathBuf>,
    /// Identifies the operation for good: A-Z a-z 0-9 _ -
    #[arg(long, required_unless_present = "input")]
    request_id: Option<String>,
    /// The order whose rider is charged or refunded
    #[arg(long, required_unless_present = "input")]
    order_id: Option<String>,
    /// In main units, like 125.50
    #[arg(long, required_unless_present = "input", allow_hyphen_values = true)]
    amount: Option<String>,
    /// ISO 4217 code, like KGS
    #[arg(long, required_unless_present = "input")]
    currency: Option<String>,
    /// The merchant account; by default the routes choose it
    #[arg(long)]
    merchant: Option<String>,
    /// The country of the ride, for the routes
    #[arg(long)]
    country: Option<String>,
    /// The city of the ride, for the routes
    #[arg(long)]
    city: Option<String>,
    /// The partner's own id of the order's original payment
    #[arg(long)]
    payment_reference: Option<String>,
    /// Overrides the configured address of the callback gateway
    #[arg(long)]
    #[serde(rename = "payment_completed_callback_url")]
    callback_url: Option<String>,
}

/// The update `resolve` of `docs/contract.md`.
#[derive(Args, Serialize)]
pub(crate) struct ResolveArguments {
    /// The end to give the operation
    #[arg(long = "as", value_name = "END", value_parser = ENDS)]
    #[serde(rename = "as")]
    verdict: String,
    /// Your name
    #[arg(long, value_name = "NAME", value_parser = filled_in)]
    operator: String,
    /// The reason; it stays in the history
    #[arg(long, value_parser = filled_in)]
    reason: String,
    /// Where to read more about it, such as an incident's number
    #[arg(long)]
    ticket: Option<String>,
    /// The partner's id of the operation, if only you know it
    #[arg(long, value_parser = filled_in)]
    partner_payment_id: Option<String>,
    /// The id of billing's document, for a payment that billing does not accept, once somebody has
    /// recorded it there by hand; only with completed. The partner must confirm it
    #[arg(long, value_name = "ID", value_parser = filled_in)]
    billing_document_id: Option<String>,
}

/// The update `approve_resolution` of `docs/contract.md`, without the proposal's time.
#[derive(Args)]
pub(crate) struct ApproveArguments {
    /// The proposed end, once more
    #[arg(long = "as", value_name = "END", value_parser = one_of::<ResolveAs>(ENDS))]
    pub(crate) verdict: ResolveAs,
    /// Your name; you must not be the operator who proposed it
    #[arg(long, value_name = "NAME", value_parser = filled_in)]
    pub(crate) operator: String,
}

/// The update `withdraw_resolution` of `docs/contract.md`.
#[derive(Args, Serialize)]
pub(crate) struct WithdrawArguments {
    /// Your name
    #[arg(long, value_name = "NAME", value_parser = filled_in)]
    operator: String,
    /// The reason
    #[arg(long, value_parser = filled_in)]
    reason: String,
}

impl ResolveArguments {
    /// Checked against the contract's rules.
    pub(crate) fn read(&self) -> Result<Resolution, Error> {
        Ok(Resolution::parse(&serde_json::to_vec(self)?)?)
    }
}

impl WithdrawArguments {
    /// Checked against the contract's rules.
    pub(crate) fn read(&self) -> Result<Withdrawal, Error> {
        Ok(Withdrawal::parse(&serde_json::to_vec(self)?)?)
    }
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Kind {
        match name {
            KindName::ExtraPayment => Kind::ExtraPayment,
            KindName::Reversal => Kind::PaymentReversal,
        }
    }
}
