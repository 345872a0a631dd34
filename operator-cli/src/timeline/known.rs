//! What was known of the operation at each point of its history: the workflows' own state machines,
//! fed with the reports in the history, so that the texts here agree with the workflow's.

use jiff::Timestamp;
use serde::Deserialize;
use workflows::contract::kind::Kind;
use workflows::contract::promises::AskedBy;
use workflows::contract::request::PaymentRequest;
use workflows::operation::billing::Billing;
use workflows::operation::partner_report::{
    BillingReport, Reported, StatusReport, SubmissionReport,
};
use workflows::operation::submission::Submission;
use workflows::operation::terms::Terms;
use workflows::operation::verdict::{Asked, Verdict};

/// An operation on agreed terms.
pub(super) struct Known {
    pub(super) terms: Terms,
    submission: Submission,
    billing: Option<Billing>,
    /// What was reported since the workflow last looked.
    reports: Vec<Report>,
}

/// An operation as a run hands it over to the next one.
#[derive(Deserialize)]
pub(super) struct Carried {
    terms: Terms,
    submission: Submission,
    #[serde(default)]
    billing: Option<Billing>,
}

/// What an activity reported, or that it reported nothing.
pub(super) enum Report {
    Submission(Option<Reported<SubmissionReport>>),
    Status(Reported<StatusReport>, Timestamp),
    Billing(BillingReport),
}

impl Known {
    pub(super) fn new(
        kind: Kind,
        request: &PaymentRequest,
        terms: Terms,
        first_run_id: &str,
        at: Timestamp,
    ) -> Known {
        let asked = Asked {
            kind,
            request_id: request.request_id.clone(),
            money: request.money,
        };
        Known {
            submission: Submission::new(asked, terms.promises.clone(), first_run_id, at)
                .with_fallback(terms.fallback.is_some()),
            terms,
            billing: None,
            reports: Vec::new(),
        }
    }

    pub(super) fn carried(carried: Carried) -> Known {
        Known {
            terms: carried.terms,
            submission: carried.submission,
            billing: carried.billing,
            reports: Vec::new(),
        }
    }

    /// What the partner's answer means, compared with the request.
    pub(super) fn hear(&self, report: &StatusReport) -> Verdict {
        let known = self.submission.partner_payment_id();
        self.submission.asked().verdict_on(report, known)
    }

    /// Whether the partner prepares an operation first, and carries it out by its own id.
    pub(super) fn prepares_first(&self) -> bool {
        self.terms.promises.asked_by == AskedBy::PartnerPaymentId
    }

    /// The partner's id of the operation, once it gave one.
    pub(super) fn partner_payment_id(&self) -> Option<&str> {
        self.submission.partner_payment_id()
    }

    /// The run in which all this is known.
    pub(super) fn run_id(&self) -> &str {
        self.submission.run_id()
    }

    /// Whether the fallback takes over, as a step that is made over this account shows.
    pub(super) fn falls_back_to(&mut self, merchant: &str, at: Timestamp) -> bool {
        let fallback = self.terms.fallback.as_ref();
        let takes_over = fallback.is_some_and(|fallback| fallback.merchant == merchant);
        if takes_over {
            self.terms.fall_back();
            self.submission.start_over(self.terms.promises.clone(), at);
        }
        takes_over
    }

    pub(super) fn begin_submission(&mut self, at: Timestamp) {
        if self.submission.nothing_sent() {
            self.submission.begin(at, &self.terms.schedule);
        }
    }

    pub(super) fn begin_billing(&mut self, at: Timestamp) {
        self.billing.get_or_insert_with(|| Billing::new(at));
    }

    pub(super) fn report(&mut self, report: Report) {
        self.reports.push(report);
    }

    /// The workflow continues at `now`: it learns what was reported since it last did.
    pub(super) fn look(&mut self, now: Timestamp) {
        let schedule = &self.terms.schedule;
        for report in self.reports.drain(..) {
            match report {
                Report::Submission(Some(report)) => {
                    self.submission.submitted(&report, now, schedule);
                }
                Report::Submission(None) => self.submission.lost(now, schedule),
                Report::Status(report, asked_at) => {
                    self.submission.answered(&report, asked_at, now, schedule);
                }
                Report::Billing(report) => {
                    if let Some(billing) = &mut self.billing {
                        billing.answered(&report, now, schedule);
                    }
                }
            }
        }
    }

    /// Why it needs attention.
    pub(super) fn attention(&self, now: Timestamp) -> Option<String> {
        let schedule = &self.terms.schedule;
        let attention = match &self.billing {
            Some(billing) => billing.attention(now, schedule),
            None => self.submission.attention(now, schedule),
        };
        // The lines before say what holds it up.
        attention.map(|attention| attention.last_error(None).words)
    }
}
