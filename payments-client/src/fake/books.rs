//! What the fake has of each operation.

use std::collections::BTreeMap;

use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::outcome::{Ending, Outcome};
use workflows::contract::request::PaymentRequest;

use crate::difference::{Difference, differing_fields};
use crate::error::Error;
use crate::no_outcome::NoOutcome;
use crate::place::Place;
use crate::repeat::Repeat;
use crate::start::Started;

/// What becomes of an operation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Plan {
    /// The money moves.
    #[default]
    Completes,
    /// The partner declines, with this code.
    Declines(String),
    /// It ends without an outcome.
    Ends(NoOutcome),
    /// It stays open until there is another plan, and its result is waited for.
    StaysOpen,
}

#[derive(Default)]
pub(super) struct Books {
    pub(super) plans: BTreeMap<RequestId, Plan>,
    /// In the order of their starts; the last of an id counts.
    pub(super) started: Vec<Run>,
    pub(super) unavailable: u32,
}

#[derive(Clone)]
pub(super) struct Run {
    id: String,
    pub(super) kind: Kind,
    pub(super) request: PaymentRequest,
    /// Set once it has ended: a later plan changes nothing.
    pub(super) end: Option<Plan>,
}

impl Books {
    pub(super) fn start(&mut self, kind: Kind, request: &PaymentRequest) -> Result<Started, Error> {
        let Ok(run) = self.latest(&request.request_id) else {
            return Ok(self.begin(kind, request));
        };
        let fields = differing_fields(&serde_json::to_vec(&run.request)?, request)?;
        let kinds = Difference::of_kinds(Some(run.kind), kind);
        let differs: Vec<Difference> = kinds.into_iter().chain(fields).collect();
        let run_id = run.id.clone();
        let request_id = request.request_id.clone();
        if !differs.is_empty() {
            return Err(Error::OtherRequest {
                request_id,
                run_id,
                differs,
            });
        }
        Ok(Started {
            request_id,
            run_id,
            repeat: Some(Repeat {
                outcome: run.outcome()?,
            }),
        })
    }

    /// A correction of what was refused differs from it.
    pub(super) fn start_again(
        &mut self,
        kind: Kind,
        request: &PaymentRequest,
    ) -> Result<Started, Error> {
        match self.latest(&request.request_id).map(Run::outcome) {
            Ok(Err(Error::NoOutcome { end, .. })) if end.sent_nothing() => {
                Ok(self.begin(kind, request))
            }
            _ => self.start(kind, request),
        }
    }

    pub(super) fn begin(&mut self, kind: Kind, request: &PaymentRequest) -> Started {
        let run_id = format!("fake-run-{}", self.started.len() + 1);
        self.started.push(Run {
            id: run_id.clone(),
            kind,
            request: request.clone(),
            end: None,
        });
        self.settle(&request.request_id);
        Started {
            request_id: request.request_id.clone(),
            run_id,
            repeat: None,
        }
    }

    pub(super) fn settle(&mut self, request_id: &RequestId) {
        let plan = self.plans.get(request_id).cloned().unwrap_or_default();
        let mut runs = self.started.iter_mut().rev();
        let run = runs.find(|run| run.request.request_id == *request_id);
        if let Some(run) = run.filter(|run| run.end.is_none() && plan != Plan::StaysOpen) {
            run.end = Some(plan);
        }
    }

    pub(super) fn latest(&self, request_id: &RequestId) -> Result<&Run, Error> {
        let mut runs = self.started.iter().rev();
        let run = runs.find(|run| run.request.request_id == *request_id);
        run.ok_or_else(|| Error::NotFound(place(request_id)))
    }
}

impl Run {
    /// None while it is open.
    pub(super) fn outcome(&self) -> Result<Option<Outcome>, Error> {
        let request = &self.request;
        let (outcome, decline_code) = match &self.end {
            None | Some(Plan::StaysOpen) => return Ok(None),
            Some(Plan::Completes) => (Ending::Completed, None),
            Some(Plan::Declines(code)) => (Ending::Declined, Some(code.clone())),
            Some(Plan::Ends(end)) => {
                return Err(Error::NoOutcome {
                    request_id: request.request_id.clone(),
                    end: end.clone(),
                });
            }
        };
        let bills = outcome == Ending::Completed && self.kind == Kind::ExtraPayment;
        Ok(Some(Outcome {
            outcome,
            request_id: request.request_id.clone(),
            order_id: request.order_id.clone(),
            money: request.money,
            merchant: request
                .merchant
                .clone()
                .unwrap_or_else(|| "fake".to_owned()),
            partner_payment_id: Some(format!("pp-{}", request.request_id)),
            decline_code,
            billing_document_id: bills.then(|| format!("bill-{}", request.request_id)),
            by_hand: None,
            completed_at: jiff::Timestamp::UNIX_EPOCH,
        }))
    }
}

pub(super) fn place(request_id: &RequestId) -> Place {
    Place {
        request_id: Some(request_id.clone()),
        namespace: "fake".to_owned(),
        address: None,
    }
}
