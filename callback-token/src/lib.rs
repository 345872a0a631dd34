//! The token in the callback's address: the only thing that distinguishes a callback for this
//! request from a forged one.
//!
//! The worker issues it when it submits, the gateway checks it when the partner calls. It is
//! `<secret id>.<issued at>.<mac>`. The mac is an HMAC-SHA-256 over everything before it and the
//! request id. If the payment is traced, the submission's place in its trace stands before the mac
//! and is covered by it, so that the callback continues that trace. The token does not expire,
//! since a callback may be a month late. Old tokens cause little load because the gateway sends
//! fewer signals the older a token is.

mod trace_parent;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use workflows::contract::ids::RequestId;

pub use trace_parent::TraceParent;

/// The path at which the gateway takes callbacks about payments and reversals.
pub const PAYMENTS_PATH: &str = "/v1/on_payment_completed";

/// The path at which the gateway takes saved cards.
pub const SAVED_CARDS_PATH: &str = "/v1/on_card_saved";

/// The name of the query parameter that carries the token.
pub const QUERY_PARAMETER: &str = "token";

/// The longest possible token, in bytes: a secret's id, a time, a place in a trace, and 32 bytes in
/// base64.
pub const LONGEST_TOKEN: usize =
    LONGEST_SECRET_ID + 1 + LONGEST_TIME + 1 + TraceParent::LENGTH + 1 + 43;

const LONGEST_SECRET_ID: usize = 16;
const LONGEST_TIME: usize = 12;
const SHORTEST_SECRET: usize = 32;

/// A secret with which tokens are issued and checked.
pub struct CallbackSecret {
    id: String,
    secret: Vec<u8>,
}

/// Why a secret can't be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SecretError {
    /// The id can't be used in an address.
    #[error("a callback secret's id must be 1 to 16 of A-Z, a-z, 0-9, _ and -, not {0:?}")]
    Id(String),
    /// The secret can be guessed.
    #[error("callback secret {0:?} must be at least 32 bytes long")]
    TooShort(String),
}

/// A token that was checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IssuedToken {
    /// The second in which the submission with this token was made, by the worker's clock.
    pub issued_at: Timestamp,
    /// The submission's place in its trace, if it was traced.
    pub trace_parent: Option<TraceParent>,
}

impl CallbackSecret {
    /// A secret with its id. `secret` is the content of its file without the line ends at its end.
    pub fn new(id: &str, secret: &[u8]) -> Result<CallbackSecret, SecretError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=LONGEST_SECRET_ID).contains(&id.len()) || !id.bytes().all(allowed) {
            return Err(SecretError::Id(id.to_owned()));
        }
        let secret = secret.trim_ascii_end();
        if secret.len() < SHORTEST_SECRET {
            return Err(SecretError::TooShort(id.to_owned()));
        }
        Ok(CallbackSecret {
            id: id.to_owned(),
            secret: secret.to_vec(),
        })
    }

    /// The secret's id, which its tokens start with.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Issues the token for the address of one submission of `request_id`.
    pub fn issue(&self, request_id: &RequestId, issued_at: Timestamp) -> String {
        self.issue_in_trace(request_id, issued_at, None)
    }

    /// Issues the token for a submission at this place in the payment's trace.
    pub fn issue_in_trace(
        &self,
        request_id: &RequestId,
        issued_at: Timestamp,
        trace_parent: Option<TraceParent>,
    ) -> String {
        let purpose = Purpose::PaymentCompleted(request_id);
        self.issue_for(&purpose, issued_at, trace_parent)
    }

    /// Issues the token for the address of saved cards, which is registered with the partner once
    /// and serves all orders.
    pub fn issue_for_saved_cards(&self, issued_at: Timestamp) -> String {
        self.issue_for(&Purpose::CardSaved, issued_at, None)
    }

    fn issue_for(
        &self,
        purpose: &Purpose<'_>,
        issued_at: Timestamp,
        trace_parent: Option<TraceParent>,
    ) -> String {
        let issued_at = issued_at.as_second().max(0);
        let mac = self.mac(purpose, issued_at, trace_parent);
        let mac = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        match trace_parent {
            Some(trace_parent) => format!("{}.{issued_at}.{trace_parent}.{mac}", self.id),
            None => format!("{}.{issued_at}.{mac}", self.id),
        }
    }

    fn mac(
        &self,
        purpose: &Purpose<'_>,
        issued_at: i64,
        trace_parent: Option<TraceParent>,
    ) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("any length is a key");
        let id = &self.id;
        let signed = match purpose {
            Purpose::PaymentCompleted(request_id) => {
                format!("on_payment_completed\n{id}\n{issued_at}\n{request_id}")
            }
            Purpose::CardSaved => format!("on_card_saved\n{id}\n{issued_at}"),
        };
        mac.update(signed.as_bytes());
        if let Some(trace_parent) = trace_parent {
            mac.update(format!("\n{trace_parent}").as_bytes());
        }
        mac
    }
}

/// What a token is valid for. The token for saved cards is not valid for payments, and vice versa.
enum Purpose<'a> {
    PaymentCompleted(&'a RequestId),
    CardSaved,
}

/// Checks that one of `secrets` issued `token` for `request_id`. The error does not say what is
/// wrong, since that would only help a forger. The time does not reveal it either: whatever the
/// token contains, one mac is computed and compared in constant time.
pub fn verify(
    secrets: &[CallbackSecret],
    token: &str,
    request_id: &RequestId,
) -> Option<IssuedToken> {
    verify_for(&Purpose::PaymentCompleted(request_id), secrets, token)
}

/// Checks that one of `secrets` issued `token` for the address of saved cards, like [`verify`].
pub fn verify_for_saved_cards(secrets: &[CallbackSecret], token: &str) -> Option<IssuedToken> {
    verify_for(&Purpose::CardSaved, secrets, token)
}

fn verify_for(
    purpose: &Purpose<'_>,
    secrets: &[CallbackSecret],
    token: &str,
) -> Option<IssuedToken> {
    let claim = Claim::read(token).unwrap_or_default();
    let Claim {
        id,
        seconds,
        trace_parent,
        ref mac,
    } = claim;
    let named = secrets.iter().find(|secret| secret.id == id);
    let secret = named.or(secrets.first())?;
    let expected = secret.mac(purpose, seconds, trace_parent);
    let proven = expected.verify_slice(mac).is_ok();
    let issued_at = Timestamp::from_second(seconds).ok()?;
    (proven && named.is_some()).then_some(IssuedToken {
        issued_at,
        trace_parent,
    })
}

/// The parts of a token. The default belongs to no valid token: no secret has an empty id.
#[derive(Default)]
struct Claim<'a> {
    id: &'a str,
    seconds: i64,
    trace_parent: Option<TraceParent>,
    mac: Vec<u8>,
}

impl Claim<'_> {
    fn read(token: &str) -> Option<Claim<'_>> {
        let parts: Vec<&str> = token.splitn(5, '.').collect();
        let (id, time, trace_parent, mac) = match *parts.as_slice() {
            [id, time, mac] => (id, time, None, mac),
            [id, time, trace, mac] => (id, time, Some(TraceParent::parse(trace)?), mac),
            _ => return None,
        };
        let seconds: i64 = time.parse().ok()?;
        // A time can be written in one way only, so that there is one token and not many similar
        // ones.
        let plain = seconds >= 0 && seconds.to_string() == time;
        if time.len() > LONGEST_TIME || !plain {
            return None;
        }
        Some(Claim {
            id,
            seconds,
            trace_parent,
            mac: URL_SAFE_NO_PAD.decode(mac).ok()?,
        })
    }
}

impl fmt::Debug for CallbackSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallbackSecret({})", self.id)
    }
}

#[cfg(test)]
mod tests;
