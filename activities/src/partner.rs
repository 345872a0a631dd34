//! The partners, a folder for each. What crosses this boundary is in our terms: kinds, statuses,
//! money, reports. Outside its folder nothing knows a partner's words, fields or paths.

pub mod sky;
pub mod stripe;

pub(crate) mod question;

mod unanswered;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use workflows::contract::kind::Kind;
use workflows::contract::promises::Promises;
use workflows::contract::request::{InvalidRequest, PaymentRequest};
use workflows::contract::units::Units;
use workflows::operation::activity_input::{PartnerCall, SubmissionInput};
use workflows::operation::partner_report::{StatusReport, SubmissionReport};
use workflows::operation::submission_permit::HandedOut;

use crate::key_ring::facts::KeyFacts;

/// A partner that moves money, as one merchant account sees it.
#[async_trait]
pub trait Partner: Send + Sync {
    /// What it promises about the operation that is requested. The error names the field of the
    /// request that this partner needs or can't carry out.
    fn promises(&self, kind: Kind, request: &PaymentRequest) -> Result<Promises, InvalidRequest>;

    /// The same whatever the request is, as far as that can be said.
    fn promised(&self, kind: Kind) -> Promises;

    /// The units of its amounts in a currency, also where they are those of ISO 4217; none where it does
    /// not take the currency.
    fn units(&self, currency: &str) -> Option<Units>;

    /// Makes the partner carry out an operation, unless it finds out first that the partner has it.
    /// It may report that the operation is only prepared; then it is called again with the id.
    async fn submit(&self, submission: &Submission<'_>) -> SubmissionReport;

    /// Asks how an operation stands. If a submission may have been made, this also makes the partner
    /// give up what it has not carried out, where it can be told to.
    async fn status(&self, call: &PartnerCall) -> StatusReport;

    /// The calls that it counts, by the partner's names of them.
    fn calls(&self) -> &'static [&'static str];

    /// The partner's reasons for denying access that are counted by name.
    fn denials(&self) -> &'static [&'static str];

    /// Its keys, without their secrets.
    fn keys(&self) -> Vec<KeyFacts>;

    /// Makes a call that moves nothing with the key that serves operations of this kind, or with the
    /// one of this name. Says what came back; the error says why the key can't be used.
    async fn try_key(
        &self,
        kind: Kind,
        key_id: Option<&str>,
        timeout: Duration,
    ) -> Result<String, String>;
}

/// A submission that a step may make, and until when.
pub struct Submission<'a> {
    /// Which operation, and how it is submitted.
    pub input: &'a SubmissionInput,
    /// The address that the partner has to call, with its token.
    pub callback_url: String,
    /// What Temporal says about the step.
    pub step: &'a HandedOut,
}

impl Submission<'_> {
    /// Which operation.
    pub fn call(&self) -> &PartnerCall {
        &self.input.call
    }

    /// The last time at which bytes may be given to the kernel.
    pub fn last_moment(&self) -> Timestamp {
        self.input.permit.last_moment(self.step)
    }

    /// The report of a step that has no time left for a submission and its answer.
    pub fn is_too_late(&self) -> Option<SubmissionReport> {
        let timeout = self.call().request_timeout;
        let permit = &self.input.permit;
        permit.is_too_late(self.step, Timestamp::now(), timeout)
    }
}

/// A partner's code in the form that histories and results allow (`docs/contract.md`, "Result"), or
/// `unspecified`.
fn plain_code(code: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _-.:/".contains(&byte);
    if (1..=64).contains(&code.len()) && code.bytes().all(plain) {
        code.to_owned()
    } else {
        "unspecified".to_owned()
    }
}
