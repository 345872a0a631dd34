//! What is printed: text for people, or JSON with the names of `docs/contract.md` for programs.

use std::io;

use crate::timeline::particulars;
use clap::builder::styling::Style;
use payments_client::{Description, Started, WorkflowExecutionStatus};
use serde::Serialize;
use serde_json::json;
use workflows::contract::advice::Advice;
use workflows::contract::approval::Proposal;
use workflows::contract::ids::RequestId;
use workflows::contract::outcome::Outcome;
use workflows::contract::state::State;

use crate::arguments::Format;
use crate::labels::{self, age, kind, standing, until};
use crate::selected_operations::SelectedOperation;
use crate::terminal::{complain_styled, print, print_json, print_styled};

/// Prints in the requested format.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    format: Format,
}

impl Output {
    pub(crate) fn new(format: Format) -> Output {
        Output { format }
    }

    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// The plain `temporal` command for the same, on stderr.
    pub(crate) fn equivalent(self, command: &str) {
        if self.is_json() {
            return;
        }
        complain_styled(Style::new().dimmed(), &command);
    }

    pub(crate) fn started(self, started: &Started) -> io::Result<()> {
        let request_id = started.handle.request_id();
        if self.is_json() {
            let repeat = started.repeat.as_ref();
            return print_json(&json!({
                "request_id": request_id,
                "workflow_id": request_id.workflow_id(),
                "run_id": started.run_id,
                "repeat": repeat.map(|repeat| json!({ "differs": repeat.differs })),
            }));
        }
        print(&match &started.repeat {
            None => format!("{request_id}  started"),
            Some(repeat) if repeat.differs.is_empty() => {
                format!("{request_id}  started before, by the same request")
            }
            Some(repeat) => format!(
                "{request_id}  started before, by a request with another {}",
                repeat.differs.join(", ")
            ),
        })
    }

    pub(crate) fn description(self, description: &Description) -> io::Result<()> {
        let it = description;
        let known = |text: Option<String>| text.unwrap_or_else(|| "not known yet".to_owned());
        let age = age(it).map_or(String::new(), |age| match it.closed_at {
            None => format!(", {age} ago"),
            Some(_) => format!(", took {age}"),
        });
        let what = format_args!(
            "  {} {}, order {}, merchant {}: {}; begun {}{age}, {} events",
            kind(it.kind),
            known(it.money.map(|money| money.to_string())),
            known(it.order_id.clone()),
            known(it.merchant.clone()),
            standing(it),
            known(it.begun_at.map(|at| format!("{at:.0}"))),
            it.history_length,
        );
        print_styled(&[(Style::new().bold(), &it.request_id), (Style::new(), &what)])
    }

    /// As the query returns it, with Temporal's status, which distinguishes an operation that was
    /// cut off from a running one.
    pub(crate) fn state(self, state: &State, status: WorkflowExecutionStatus) -> io::Result<()> {
        if self.is_json() {
            let status = labels::status(status);
            return print_json(&Standing { state, status });
        }
        print(&format!("phase          {}", state.phase.as_str()))?;
        print(&format!("submitted      {}", state.submitted))?;
        print(&format!("status checks  {}", state.status_checks))?;
        print(&format!("callbacks      {}", state.callbacks_received))?;
        if let Some(at) = state.next_check_at {
            print(&format!("next check     {at:.0} (in {})", until(at)))?;
        }
        if let Some(error) = &state.last_error {
            print(&format!("cause          {}", error.cause.as_str()))?;
            print(&format!("last error     {error}"))?;
        }
        if let Some(stake) = state.at_stake {
            print(&format!("at stake       {}", stake.words()))?;
        }
        if let Some(proposal) = &state.proposal {
            self.proposal(proposal)?;
        }
        for Advice {
            action,
            safe,
            because,
            ..
        } in &state.actions
        {
            let verdict = if *safe { "safe" } else { "not safe" };
            print(&format!("  {:<21} {verdict}: {because}", action.words()))?;
        }
        Ok(())
    }

    /// If there is nothing but Temporal's status.
    pub(crate) fn status(self, status: WorkflowExecutionStatus) -> io::Result<()> {
        if self.is_json() {
            print_json(&json!({ "status": labels::status(status) }))
        } else {
            Ok(())
        }
    }

    pub(crate) fn proposal(self, proposal: &Proposal) -> io::Result<()> {
        let Proposal {
            resolution,
            proposed_at,
        } = proposal;
        self.line(&format!(
            "proposed       {}, at {proposed_at:.0}: {}",
            resolution.words(),
            resolution.reason,
        ))
    }

    pub(crate) fn outcome(self, outcome: &Outcome) -> io::Result<()> {
        if self.is_json() {
            print_json(outcome)
        } else {
            print(&format!(
                "{}  {}",
                outcome.request_id,
                outcome_line(outcome)
            ))
        }
    }

    pub(crate) fn cancelled(self, request_id: &RequestId) -> io::Result<()> {
        if self.is_json() {
            print_json(&json!({ "request_id": request_id, "cancellation": "requested" }))
        } else {
            print(&format!(
                "{request_id}  cancellation requested; it goes on if anything was submitted"
            ))
        }
    }

    pub(crate) fn line(self, text: &str) -> io::Result<()> {
        if self.is_json() { Ok(()) } else { print(&text) }
    }
}

#[derive(Serialize)]
struct Standing<'a> {
    #[serde(flatten)]
    state: &'a State,
    status: String,
}

/// The end in one line.
pub(crate) fn outcome_line(outcome: &Outcome) -> String {
    format!(
        "{}  {}, order {}{}",
        outcome.outcome.as_str(),
        outcome.money,
        outcome.order_id,
        particulars(outcome)
    )
}

/// For programs.
pub(crate) fn listed(one: &SelectedOperation) -> serde_json::Value {
    let SelectedOperation { description, state } = one;
    let it = description;
    let mut listed = json!({
        "request_id": it.request_id,
        "workflow_id": it.request_id.workflow_id(),
        "run_id": it.run_id,
        "kind": it.kind,
        "status": labels::status(it.status),
        "paused_step": it.paused_step.as_ref().map(|step| &step.activity_type),
        "phase": it.phase,
        "outcome": it.outcome,
        "order_id": it.order_id,
        "merchant": it.merchant,
        "amount": it.money.map(|money| money.amount()),
        "currency": it.money.map(|money| money.currency()),
        "begun_at": it.begun_at,
        "started_at": it.started_at,
        "closed_at": it.closed_at,
    });
    match state {
        None => {}
        Some(Ok(state)) => {
            listed["at_stake"] = json!(state.at_stake);
            listed["cause"] = json!(state.cause());
        }
        Some(Err(error)) => listed["error"] = json!(error.to_string()),
    }
    listed
}
