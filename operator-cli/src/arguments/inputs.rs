//! The fields of a request, a resolution, an approval and a withdrawal, as typed. The library
//! checks their rules.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use payments_client::Error;
use serde::Serialize;
use workflows::contract::approval::Withdrawal;
use workflows::contract::kind::Kind;
use workflows::contract::resolution::{Resolution, ResolveAs};

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum KindName {
    /// Charge an order's card once more
    ExtraPayment,
    /// Refund money of an order, in full or in part
    Reversal,
}

/// The input of `docs/contract.md`.
#[derive(Args, Serialize)]
pub(crate) struct StartArguments {
    /// Identifies the operation for good: A-Z a-z 0-9 _ -
    #[arg(long)]
    request_id: String,
    /// The order whose rider is charged or refunded
    #[arg(long)]
    order_id: String,
    /// In main units, like 125.50
    #[arg(long)]
    amount: String,
    /// ISO 4217 code, like KGS
    #[arg(long)]
    currency: String,
    /// The merchant account; by default the routes choose it
    #[arg(long)]
    merchant: Option<String>,
    /// The country of the ride, for the routes
    #[arg(long)]
    country: Option<String>,
    /// The city of the ride, for the routes
    #[arg(long)]
    city: Option<String>,
    /// Overrides the configured address of the callback gateway
    #[arg(long)]
    #[serde(rename = "payment_completed_callback_url")]
    callback_url: Option<String>,
}

/// The update `resolve` of `docs/contract.md`.
#[derive(Args, Serialize)]
pub(crate) struct ResolveArguments {
    /// The end to give the operation
    #[arg(long = "as", value_name = "END", value_parser = ["completed", "declined", "abandoned"])]
    #[serde(rename = "as")]
    verdict: String,
    /// Your name
    #[arg(long, value_name = "NAME")]
    operator: String,
    /// The reason; it stays in the history
    #[arg(long)]
    reason: String,
    /// Where to read more about it, such as an incident's number
    #[arg(long)]
    ticket: Option<String>,
    /// The partner's id of the operation, if only you know it
    #[arg(long)]
    partner_payment_id: Option<String>,
    /// The id of billing's document, for a payment that billing does not accept, once somebody has
    /// recorded it there by hand; only with completed. The partner must say COMPLETED
    #[arg(long, value_name = "ID")]
    billing_document_id: Option<String>,
}

/// The update `approve_resolution` of `docs/contract.md`, without the proposal's time.
#[derive(Args)]
pub(crate) struct ApproveArguments {
    /// The proposed end, once more
    #[arg(long = "as", value_name = "END", value_parser = verdict())]
    pub(crate) verdict: ResolveAs,
    /// Your name; you must not be the operator who proposed it
    #[arg(long, value_name = "NAME")]
    pub(crate) operator: String,
}

/// The update `withdraw_resolution` of `docs/contract.md`.
#[derive(Args, Serialize)]
pub(crate) struct WithdrawArguments {
    /// Your name
    #[arg(long, value_name = "NAME")]
    operator: String,
    /// The reason
    #[arg(long)]
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

fn verdict() -> impl TypedValueParser<Value = ResolveAs> {
    let names = ["completed", "declined", "abandoned"];
    PossibleValuesParser::new(names).try_map(|name| serde_json::from_value(name.into()))
}
