//! Stripe's JSON, as far as it is read, and the only translation from its terms into ours.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::operation::partner_report::{OperationState, Shown, Status};

use super::currencies;
use crate::http;
use crate::partner::plain_code;

/// The field of metadata that holds our request id.
pub(super) const REQUEST_ID: &str = "request_id";

/// The longest text of an answer that may enter a history, in bytes.
const LONGEST_TEXT: usize = 256;

/// A PaymentIntent.
#[derive(Deserialize)]
pub(super) struct PaymentIntent {
    pub(super) id: String,
    pub(super) status: PaymentStatus,
    amount: i64,
    currency: String,
    pub(super) created: i64,
    canceled_at: Option<i64>,
    pub(super) customer: Option<Reference>,
    pub(super) payment_method: Option<Reference>,
    latest_charge: Option<Reference>,
    last_payment_error: Option<Error>,
    metadata: Option<BTreeMap<String, String>>,
}

/// The status of a PaymentIntent.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PaymentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    Succeeded,
    Canceled,
    /// Any other.
    #[serde(untagged)]
    Unknown(String),
}

/// A Refund.
#[derive(Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    status: Option<String>,
    failure_reason: Option<String>,
    amount: i64,
    currency: String,
    created: i64,
    metadata: Option<BTreeMap<String, String>>,
}

/// A page of a list, the newest first.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    pub(super) has_more: bool,
}

/// What lists are searched for.
pub(super) trait Listed: DeserializeOwned {
    fn id(&self) -> &str;

    /// The request that it was made for.
    fn request_id(&self) -> Option<&str>;
}

/// Another object: its id, or the whole of it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Reference {
    Id(String),
    Object {
        id: String,
        #[serde(default)]
        created: Option<i64>,
        #[serde(default)]
        failure_code: Option<String>,
        #[serde(default)]
        outcome: Option<ChargeOutcome>,
    },
}

/// Why a charge was declined, in more detail than by its `failure_code`.
#[derive(Deserialize)]
pub(super) struct ChargeOutcome {
    reason: Option<String>,
}

/// The `error` of an answer, or the last one of a PaymentIntent. Its message may contain anything,
/// so it is never read.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Error {
    #[serde(default, rename = "type")]
    pub(super) kind: String,
    code: Option<String>,
    decline_code: Option<String>,
}

#[derive(Deserialize)]
struct ErrorAnswer {
    error: Error,
}

/// Whether this can be the id of a PaymentIntent. It becomes part of a path.
pub(super) fn is_payment_intent(id: &str) -> bool {
    is_id(id) && id.starts_with("pi_")
}

fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (4..=LONGEST_TEXT).contains(&id.len()) && id.bytes().all(plain)
}

/// Parses a PaymentIntent, if the body is one.
pub(super) fn payment_intent(body: &[u8]) -> Option<PaymentIntent> {
    http::object(body).filter(|intent: &PaymentIntent| is_payment_intent(&intent.id))
}

/// Parses a Refund, if the body is one.
pub(super) fn refund(body: &[u8]) -> Option<Refund> {
    http::object(body).filter(|refund: &Refund| is_id(&refund.id))
}

/// Parses a page of a list, if the body is one. One that says that more follow has some itself.
pub(super) fn page<T: Listed>(body: &[u8]) -> Option<Page<T>> {
    let page: Page<T> = http::object(body)?;
    let goes_on = !page.has_more || !page.data.is_empty();
    let has_ids = page.data.iter().all(|it| is_id(it.id()));
    (goes_on && has_ids).then_some(page)
}

/// Whether the body is a page of anything.
pub(super) fn is_page(body: &[u8]) -> Option<()> {
    let page: Option<Page<IgnoredAny>> = http::object(body);
    page.map(drop)
}

/// Parses an error, if the body is one.
pub(super) fn error(body: &[u8]) -> Option<Error> {
    http::object(body).map(|answer: ErrorAnswer| answer.error)
}

impl Error {
    /// Why it was declined or refused, in the form that histories allow.
    pub(super) fn code(&self) -> String {
        let code = self.decline_code.as_deref().or(self.code.as_deref());
        plain_code(code.unwrap_or(&self.kind))
    }

    /// Whether it has this code.
    pub(super) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

impl Reference {
    pub(super) fn id(&self) -> &str {
        match self {
            Reference::Id(id) | Reference::Object { id, .. } => id,
        }
    }
}

impl PaymentIntent {
    /// Whether it is in this currency of ISO 4217.
    pub(super) fn is_in(&self, currency: &str) -> bool {
        self.currency.eq_ignore_ascii_case(currency)
    }

    /// Why the last attempt to pay was declined, if one was. The next change of the PaymentIntent
    /// clears it; the charge keeps it.
    pub(super) fn decline_code(&self) -> Option<String> {
        let of_charge = match &self.latest_charge {
            Some(Reference::Object {
                failure_code: Some(code),
                outcome,
                ..
            }) => {
                let reason = outcome.as_ref().and_then(|it| it.reason.as_ref());
                Some(reason.unwrap_or(code).as_str())
            }
            _ => None,
        };
        let last = self.last_payment_error.as_ref().map(Error::code);
        last.or(of_charge.map(plain_code))
    }

    /// The operation in our terms. A payment that was given up has this decline code.
    pub(super) fn state(&self, declined: Option<String>) -> Option<OperationState> {
        let charged_at = match &self.latest_charge {
            Some(Reference::Object { created, .. }) => *created,
            _ => None,
        };
        let (status, changed_at) = match &self.status {
            PaymentStatus::Succeeded => (Status::Completed, charged_at),
            PaymentStatus::Canceled => {
                let code = declined.or(self.decline_code());
                let code = code.unwrap_or_else(|| "canceled".to_owned());
                (Status::Declined { code }, self.canceled_at)
            }
            PaymentStatus::Unknown(text) => (Status::Unknown(bounded(text)), None),
            _ => (Status::Pending, None),
        };
        Some(OperationState {
            request_id: bounded(self.request_id().unwrap_or_default()),
            kind: Shown::Ours(Kind::ExtraPayment),
            status,
            money: money(self.amount, &self.currency),
            partner_payment_id: self.id.clone(),
            updated_at: Timestamp::from_second(changed_at.unwrap_or(self.created)).ok()?,
        })
    }
}

impl Listed for PaymentIntent {
    fn id(&self) -> &str {
        &self.id
    }

    fn request_id(&self) -> Option<&str> {
        request_id(self.metadata.as_ref())
    }
}

impl Listed for Refund {
    fn id(&self) -> &str {
        &self.id
    }

    fn request_id(&self) -> Option<&str> {
        request_id(self.metadata.as_ref())
    }
}

impl Refund {
    /// The operation in our terms.
    pub(super) fn state(&self) -> Option<OperationState> {
        let status = match self.status.as_deref() {
            Some("succeeded") => Status::Completed,
            Some("failed") => Status::Declined {
                code: plain_code(self.failure_reason.as_deref().unwrap_or_default()),
            },
            Some("canceled") => Status::Declined {
                code: "canceled".to_owned(),
            },
            Some("pending" | "requires_action") => Status::Pending,
            other => Status::Unknown(bounded(other.unwrap_or_default())),
        };
        Some(OperationState {
            request_id: bounded(self.request_id().unwrap_or_default()),
            kind: Shown::Ours(Kind::PaymentReversal),
            status,
            money: money(self.amount, &self.currency),
            partner_payment_id: self.id.clone(),
            updated_at: Timestamp::from_second(self.created).ok()?,
        })
    }
}

fn request_id(metadata: Option<&BTreeMap<String, String>>) -> Option<&str> {
    metadata?.get(REQUEST_ID).map(String::as_str)
}

fn money(amount: i64, currency: &str) -> Shown<Money> {
    let code = currency.to_ascii_uppercase();
    let money = currencies::units(&code).and_then(|units| units.money(amount, &code));
    money.map_or_else(
        || Shown::Unknown {
            text: bounded(&format!("{amount} {currency}")),
        },
        Shown::Ours,
    )
}

/// A text that is only compared and shown, no longer than a history may hold.
fn bounded(text: &str) -> String {
    text.chars().take(LONGEST_TEXT / 4).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_list_says_that_there_is_no_refund() {
        assert!(page::<Refund>(br#"{"data":[],"has_more":false}"#).is_some());
        assert!(page::<Refund>(br#"{"data":[],"has_more":true}"#).is_none());
        assert!(page::<Refund>(br#"{"data":[]}"#).is_none());
    }
}
