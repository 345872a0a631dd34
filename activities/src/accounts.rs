//! Merchant accounts: which partner, which identity, what they take, and how much at once.

mod amounts;
mod gate;
mod operators;
mod pausing;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use temporalio_sdk::activities::ActivityError;
use tokio::sync::SemaphorePermit;
use workflows::contract::kind::Kind;
use workflows::contract::promises::Promises;
use workflows::contract::request::{InvalidRequest, PaymentRequest};
use workflows::operation::activity_input::PartnerCall;
use workflows::operation::denial::Denial;
use workflows::operation::partner_report::{StatusReport, SubmissionReport};
use workflows::operation::schedule::Schedule;
use workflows::operation::terms::AccountIdentity;

use self::gate::{Full, Gate};
use self::pausing::Pausing;
use crate::breaker::{Breaker, not_the_short_way};
use crate::metrics;
use crate::partner::{Partner, Submission, question};

pub use amounts::{Amounts, Limits};
pub use gate::Load;

/// The merchant accounts by their names in the configuration.
pub struct Accounts(BTreeMap<String, MerchantAccount>);

/// One account at a partner.
pub struct MerchantAccount {
    identity: AccountIdentity,
    partner: Box<dyn Partner>,
    amounts: Amounts,
    schedule: Schedule,
    is_served: bool,
    gate: Gate,
    pausing: Pausing,
    short_way: Breaker,
}

/// The parts of a merchant account.
pub struct AccountSettings {
    /// What must not change while an operation is open.
    pub identity: AccountIdentity,
    /// The account at its partner.
    pub partner: Box<dyn Partner>,
    /// Which amounts it takes.
    pub amounts: Amounts,
    /// The timings of its operations.
    pub schedule: Schedule,
    /// How much of it is done at once.
    pub load: Load,
    /// Whether this worker has its keys and polls its task queue.
    pub is_served: bool,
}

/// An account, for one step.
pub(crate) struct OpenAccount<'a> {
    account: &'a MerchantAccount,
    _step: SemaphorePermit<'a>,
}

/// Why a step can't get its account.
pub(crate) enum Closed {
    /// It does not exist, or has another identity now.
    Denied(Denial),
    /// Its steps are at a limit.
    Full(Full),
    /// Other workers serve it.
    Elsewhere,
}

impl Accounts {
    /// The accounts under their names.
    pub fn new(accounts: BTreeMap<String, MerchantAccount>) -> Accounts {
        Accounts(accounts)
    }

    /// The account with this name; the error is for operators.
    pub fn named(&self, name: &str) -> Result<&MerchantAccount, String> {
        self.0
            .get(name)
            .ok_or_else(|| format!("the merchant account {name:?} is not in the configuration"))
    }

    /// The account for one step, if its identity is still the agreed one and it has a free slot.
    pub(crate) fn open(&self, call: &PartnerCall) -> Result<OpenAccount<'_>, Closed> {
        let account = self.agreed(call)?;
        let step = account.gate.enter(Instant::now()).map_err(Closed::Full)?;
        Ok(OpenAccount {
            account,
            _step: step,
        })
    }

    /// Asks for an operation's status.
    pub(crate) async fn status(&self, call: &PartnerCall) -> StatusReport {
        match self.open(call) {
            Ok(account) => account.status(call).await,
            Err(closed) => closed.into(),
        }
    }

    /// The same as a local activity, if it may go the short way now. A step that may not takes no slot of the account.
    pub(crate) async fn status_soon(
        &self,
        call: &PartnerCall,
    ) -> Result<StatusReport, ActivityError> {
        let account = self.agreed(call).map_err(|_| not_the_short_way())?;
        let step = account.short_way.enter()?;
        match self.open(call) {
            Ok(account) => {
                let report = account.status(call).await;
                step.end();
                Ok(report)
            }
            Err(closed) => {
                step.unused();
                Ok(closed.into())
            }
        }
    }

    /// The account, if its identity is still the agreed one and this worker serves it.
    fn agreed(&self, call: &PartnerCall) -> Result<&MerchantAccount, Closed> {
        let account = self.named(&call.merchant).map_err(denied)?;
        if account.identity != call.identity {
            return Err(denied(format!(
                "the merchant account {:?} is now {}, and this operation is with {}: nothing is \
                 sent to another one",
                call.merchant, account.identity, call.identity
            )));
        }
        if !account.is_served {
            return Err(Closed::Elsewhere);
        }
        Ok(account)
    }

    /// The accounts' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The accounts, by their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &MerchantAccount)> {
        let accounts = self.0.iter();
        accounts.map(|(name, account)| (name.as_str(), account))
    }

    /// The accounts that are served here, by their names.
    fn served(&self) -> impl Iterator<Item = (&str, &MerchantAccount)> {
        self.iter().filter(|(_, account)| account.is_served)
    }

    /// How much is done at once of each account that is served here.
    pub fn loads(&self) -> impl Iterator<Item = (&str, Load)> {
        self.served()
            .map(|(name, account)| (name, account.gate.load()))
    }

    /// Starts the metrics of these accounts, before anything is counted.
    pub fn start_metrics(&self) {
        metrics::start();
        for (name, account) in self.served() {
            let partner = &account.partner;
            metrics::start_account(name, partner.calls(), partner.denials());
            for key in partner.keys() {
                key.start_metrics(name);
            }
        }
    }
}

fn denied(reason: String) -> Closed {
    Closed::Denied(Denial::by_configuration(reason))
}

/// Nothing was sent.
impl From<Closed> for SubmissionReport {
    fn from(closed: Closed) -> SubmissionReport {
        question::not_submitted(closed.into())
    }
}

impl From<Closed> for StatusReport {
    fn from(closed: Closed) -> StatusReport {
        match closed {
            Closed::Denied(denial) => StatusReport::AccessDenied(denial),
            Closed::Full(Full {
                reason,
                retry_after,
            }) => StatusReport::not_asked(reason, retry_after),
            Closed::Elsewhere => {
                StatusReport::not_asked("this worker does not serve the account", None)
            }
        }
    }
}

impl OpenAccount<'_> {
    pub(crate) async fn submit(&self, submission: &Submission<'_>) -> SubmissionReport {
        if let Some(reason) = self.account.pausing.reason() {
            return self.submitted_before(submission.call(), reason).await;
        }
        let report = self.account.partner.submit(submission).await;
        if let SubmissionReport::NotSent { retry_after, .. } = &report {
            self.obey(*retry_after);
        }
        report
    }

    /// Where the same submission again is the question, a paused account still learns what an earlier
    /// one did. Elsewhere a question could make the partner give up what is only waiting.
    async fn submitted_before(&self, call: &PartnerCall, paused: String) -> SubmissionReport {
        let promised = self.account.partner.promised(call.kind);
        if call.may_have_been_sent
            && promised.drops_repeats_for.is_some()
            && let StatusReport::Shown(state) = self.status(call).await
        {
            return SubmissionReport::Found(state);
        }
        SubmissionReport::not_sent(paused)
    }

    pub(crate) async fn status(&self, call: &PartnerCall) -> StatusReport {
        let report = self.account.partner.status(call).await;
        if let StatusReport::NoAnswer { retry_after, .. } = &report {
            self.obey(*retry_after);
        }
        report
    }

    fn obey(&self, retry_after: Option<Duration>) {
        if let Some(retry_after) = retry_after {
            self.account.gate.pause(retry_after, Instant::now());
        }
    }
}

impl MerchantAccount {
    /// The account of these parts.
    pub fn new(settings: AccountSettings) -> MerchantAccount {
        let AccountSettings {
            identity,
            partner,
            amounts,
            schedule,
            load,
            is_served,
        } = settings;
        MerchantAccount {
            identity,
            partner,
            amounts,
            schedule,
            is_served,
            gate: Gate::new(load),
            pausing: Pausing::default(),
            short_way: Breaker::default(),
        }
    }

    /// The account's identity.
    pub fn identity(&self) -> &AccountIdentity {
        &self.identity
    }

    /// Makes a call that moves nothing with the key that serves operations of this kind, or with the
    /// one of this name. Says what came back; the error says why the key can't be used.
    pub async fn try_key(&self, kind: Kind, key_id: Option<&str>) -> Result<String, String> {
        let timeout = self.schedule.request_timeout;
        self.partner.try_key(kind, key_id, timeout).await
    }

    /// The timings of its operations.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Whether its partner can carry out the request, which may be more than the account takes now. The
    /// error names the field that the partner does not take.
    pub(crate) fn can(&self, kind: Kind, request: &PaymentRequest) -> Result<(), InvalidRequest> {
        self.partner.promises(kind, request).map(|_| ())
    }

    /// What its partner promises about the operation that is requested. The error names the field
    /// that the account or its partner does not take.
    pub fn promises(
        &self,
        kind: Kind,
        request: &PaymentRequest,
    ) -> Result<Promises, InvalidRequest> {
        self.amounts.check(request.money)?;
        self.partner.promises(kind, request)
    }
}
