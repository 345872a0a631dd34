//! Finding operations by their search attributes.

use futures::TryStreamExt;
use temporalio_client::{Client, WorkflowExecution, WorkflowListOptions};
use workflows::ids::OrderId;
use workflows::partner_word::Kind;
use workflows::request::InvalidRequest;
use workflows::search_attributes::{ORDER_ID, PHASE};
use workflows::state::Phase;

use crate::description::Description;
use crate::error::Error;
use crate::workflow_type::workflow_type;

/// Which operations to list; all of them where nothing is set.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Only those in this phase.
    pub phase: Option<Phase>,
    /// Only those of this order.
    pub order_id: Option<OrderId>,
}

impl Filter {
    /// The filter in Temporal's query language, as `temporal workflow list --query` takes it. An
    /// order whose id holds a double quote or a backslash is refused: the server compares them
    /// together with their escapes and would find nothing.
    pub fn query(&self) -> Result<String, Error> {
        let types = [Kind::ExtraPayment, Kind::PaymentReversal].map(workflow_type);
        let mut query = format!(r#"WorkflowType IN ("{}", "{}")"#, types[0], types[1]);
        // Of an operation that waited long, the newest run alone.
        query += r#" AND ExecutionStatus != "ContinuedAsNew""#;
        if let Some(phase) = self.phase {
            query += &format!(r#" AND {} = "{}""#, PHASE.name(), phase.as_str());
            // An operation that ended without an outcome keeps the phase that it had.
            if phase != Phase::Closed {
                query += r#" AND ExecutionStatus = "Running""#;
            }
        }
        if let Some(order_id) = &self.order_id {
            if order_id.as_str().contains(['"', '\\']) {
                return Err(Error::InvalidRequest(InvalidRequest::new(
                    "order_id",
                    "temporal cannot search for an id with a double quote or a backslash",
                )));
            }
            query += &format!(r#" AND {} = "{order_id}""#, ORDER_ID.name());
        }
        Ok(query)
    }
}

pub(crate) async fn list(
    client: &Client,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Description>, Error> {
    let options = WorkflowListOptions::builder().limit(limit).build();
    let rows = client.list_workflows(filter.query()?, options);
    let rows: Vec<WorkflowExecution> = rows.try_collect().await?;
    Ok(rows
        .iter()
        .filter_map(|row| Description::read(row.raw()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_order(text: &str) -> Filter {
        Filter {
            phase: Some(Phase::NeedsAttention),
            order_id: Some(OrderId::parse(text).unwrap()),
        }
    }

    #[test]
    fn an_order_id_cannot_leave_its_quotes() {
        assert_eq!(
            of_order("o'1").query().unwrap(),
            r#"WorkflowType IN ("process_extra_payment", "process_payment_reversal") "#.to_owned()
                + r#"AND ExecutionStatus != "ContinuedAsNew" "#
                + r#"AND SkyPhase = "needs_attention" AND ExecutionStatus = "Running" "#
                + r#"AND SkyOrderId = "o'1""#
        );
        for text in [r#"o"1"#, r"o\1"] {
            assert!(of_order(text).query().is_err());
        }
    }
}
