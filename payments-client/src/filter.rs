//! Which operations to list, and the same in Temporal's query language.

use jiff::Timestamp;
use workflows::contract::ids::OrderId;
use workflows::contract::kind::Kind;
use workflows::contract::outcome::Ending;
use workflows::contract::request::InvalidRequest;
use workflows::contract::search_attributes::{MERCHANT, ORDER_ID, OUTCOME, PHASE};
use workflows::contract::state::Phase;

use crate::description::WorkflowExecutionStatus;
use crate::error::Error;
use crate::workflow_type::workflow_type;

/// Which operations to list; all if nothing is set.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Only those in this phase.
    pub phase: Option<Phase>,
    /// Only those of this order.
    pub order_id: Option<OrderId>,
    /// Only those of this merchant account, by its name in the configuration.
    pub merchant: Option<String>,
    /// Only those with this outcome.
    pub outcome: Option<Ending>,
    /// Only those that began at this time or later.
    pub begun_since: Option<Timestamp>,
    /// Only those that began before this time.
    pub begun_before: Option<Timestamp>,
    /// Only those whose newest run has this status. Running operations with a paused step count as
    /// paused too.
    pub status: Option<WorkflowExecutionStatus>,
    /// Only those that have not ended: they are running or paused.
    pub open: bool,
}

/// Not closed, whatever else Temporal calls it: a paused run is not "running", but it is open.
const OPEN: &str = "CloseTime IS NULL";

/// Paused, or with a paused step.
const STANDS_STILL: &str =
    r#"CloseTime IS NULL AND (ExecutionStatus = "Paused" OR TemporalPauseInfo IS NOT NULL)"#;

impl Filter {
    /// The filter in Temporal's query language, for `temporal workflow list --query`. A value with
    /// a double quote or a backslash is refused: the server compares values together with their
    /// escapes and would find nothing.
    ///
    /// The time is compared with the start of the current run here. An operation that waits for
    /// long continues in new runs; [`crate::PaymentsClient::list`] finds those too.
    pub fn query(&self) -> Result<String, Error> {
        self.query_beside(&[])
    }

    /// `older` are operations that began in time, in an earlier run.
    pub(crate) fn query_beside(&self, older: &[String]) -> Result<String, Error> {
        let mut query = self.of_the_operation()?;
        // A run that another one continues is not the current run of its operation.
        query += r#" AND ExecutionStatus != "ContinuedAsNew""#;
        if let Some(phase) = self.phase {
            query += &format!(r#" AND {} = "{}""#, PHASE.name(), phase.as_str());
        }
        if let Some(outcome) = self.outcome {
            query += &format!(r#" AND {} = "{}""#, OUTCOME.name(), outcome.as_str());
        }
        match self.status {
            None => {}
            Some(WorkflowExecutionStatus::Paused) => query += &format!(" AND {STANDS_STILL}"),
            // Its name in the query language is that of the variant.
            Some(status) => query += &format!(r#" AND ExecutionStatus = "{status:?}""#),
        }
        // An operation that ended without an outcome keeps its last phase.
        let is_on_its_way = self.phase.is_some_and(|phase| phase != Phase::Closed);
        if self.open || (is_on_its_way && self.status.is_none()) {
            query += &format!(" AND {OPEN}");
        }
        if let Some(since) = self.begun_since {
            query += &format!(r#" AND StartTime >= "{since:.3}""#);
        }
        if let Some(before) = self.begun_before {
            let started = format!(r#"StartTime < "{before:.3}""#);
            query += &if older.is_empty() {
                format!(" AND {started}")
            } else {
                let older = older.join(r#"", ""#);
                format!(r#" AND ({started} OR WorkflowId IN ("{older}"))"#)
            };
        }
        Ok(query)
    }

    /// The conditions for every run of an operation.
    pub(crate) fn of_the_operation(&self) -> Result<String, Error> {
        let types = [Kind::ExtraPayment, Kind::PaymentReversal].map(workflow_type);
        let mut query = format!(r#"WorkflowType IN ("{}", "{}")"#, types[0], types[1]);
        let order_id = self.order_id.as_ref().map(OrderId::as_str);
        for (field, name, value) in [
            ("order_id", ORDER_ID.name(), order_id),
            ("merchant", MERCHANT.name(), self.merchant.as_deref()),
        ] {
            if let Some(value) = value {
                query += &format!(r#" AND {name} = "{}""#, searchable(field, value)?);
            }
        }
        Ok(query)
    }
}

/// A value that Temporal can compare in a query; `field` is its name in an error.
pub fn searchable<'a>(field: &str, value: &'a str) -> Result<&'a str, InvalidRequest> {
    if value.contains(['"', '\\']) {
        Err(InvalidRequest::new(
            field,
            "temporal cannot search for a double quote or a backslash",
        ))
    } else {
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_order(text: &str) -> Filter {
        Filter {
            phase: Some(Phase::NeedsAttention),
            order_id: Some(OrderId::parse(text).unwrap()),
            ..Filter::default()
        }
    }

    #[test]
    fn an_order_id_cannot_leave_its_quotes() {
        assert_eq!(
            of_order("o'1").query().unwrap(),
            r#"WorkflowType IN ("process_extra_payment", "process_payment_reversal") "#.to_owned()
                + r#"AND SkyOrderId = "o'1" AND ExecutionStatus != "ContinuedAsNew" "#
                + r#"AND SkyPhase = "needs_attention" AND CloseTime IS NULL"#
        );
        for text in [r#"o"1"#, r"o\1"] {
            assert!(of_order(text).query().is_err());
            let over = Filter {
                merchant: Some(text.to_owned()),
                ..Filter::default()
            };
            assert!(over.query().is_err());
        }
    }

    #[test]
    fn paused_are_those_with_a_paused_step_too() {
        let filter = Filter {
            status: Some(WorkflowExecutionStatus::Paused),
            ..Filter::default()
        };
        let query = filter.query().unwrap();
        assert!(query.contains("TemporalPauseInfo IS NOT NULL"), "{query}");
    }

    #[test]
    fn what_began_in_an_earlier_run_is_asked_for_by_its_id() {
        let filter = Filter {
            begun_before: Some("2026-11-24T08:00:00Z".parse().unwrap()),
            ..Filter::default()
        };
        let alone = filter.query().unwrap();
        assert!(
            alone.ends_with(r#" AND StartTime < "2026-11-24T08:00:00.000Z""#),
            "{alone}"
        );
        let beside = filter.query_beside(&["sky-payment-a".into(), "sky-payment-b".into()]);
        let beside = beside.unwrap();
        let ids = r#" OR WorkflowId IN ("sky-payment-a", "sky-payment-b"))"#;
        assert!(beside.ends_with(ids), "{beside}");
    }
}
