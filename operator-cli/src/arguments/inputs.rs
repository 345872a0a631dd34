//! The fields of a request, a resolution, an approval, a withdrawal, as typed. Its rules are the library's to
//! check.

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
    /// Give money of an order back, all of it or a part
    Reversal,
}

/// The input of `docs/contract.md`.
#[derive(Args, Serialize)]
pub(crate) struct StartArguments {
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

/// The update `resolve` of `docs/contract.md`.
#[derive(Args, Serialize)]
pub(crate) struct ResolveArguments {
    /// The end that it is to have
    #[arg(long = "as", value_name = "END", value_parser = ["completed", "declined", "abandoned"])]
    #[serde(rename = "as")]
    verdict: String,
    /// Who says so
    #[arg(long, value_name = "NAME")]
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
    /// Billing's document of a payment that it does not record by itself, once somebody has made it
    /// there by hand; as completed alone. The partner must say COMPLETED
    #[arg(long, value_name = "ID")]
    billing_document_id: Option<String>,
}

/// The update `approve_resolution` of `docs/contract.md`, but for the proposal's time.
#[derive(Args)]
pub(crate) struct ApproveArguments {
    /// The end that was proposed, once more
    #[arg(long = "as", value_name = "END", value_parser = verdict())]
    pub(crate) verdict: ResolveAs,
    /// Who approves; another one than who proposed
    #[arg(long, value_name = "NAME")]
    pub(crate) operator: String,
}

/// The update `withdraw_resolution` of `docs/contract.md`.
#[derive(Args, Serialize)]
pub(crate) struct WithdrawArguments {
    /// Who takes it back
    #[arg(long, value_name = "NAME")]
    operator: String,
    /// Why
    #[arg(long)]
    reason: String,
}

impl ResolveArguments {
    /// Held to the contract's rules.
    pub(crate) fn read(&self) -> Result<Resolution, Error> {
        Ok(Resolution::parse(&serde_json::to_vec(self)?)?)
    }
}

impl WithdrawArguments {
    /// Held to the contract's rules.
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
