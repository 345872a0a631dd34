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
    /// The filter in Temporal's query language, as `temporal workflow list --query` takes it.
    pub fn query(&self) -> String {
        let types = [Kind::ExtraPayment, Kind::PaymentReversal].map(workflow_type);
        let mut query = format!("WorkflowType IN ('{}', '{}')", types[0], types[1]);
        if let Some(phase) = self.phase {
            query += &format!(" AND {} = '{}'", PHASE.name(), phase.as_str());
            // An operation that ended without an outcome keeps the phase that it had.
            if phase != Phase::Closed {
                query += " AND ExecutionStatus = 'Running'";
            }
        }
        if let Some(order_id) = &self.order_id {
            query += &format!(" AND {} = {}", ORDER_ID.name(), quoted(order_id.as_str()));
        }
        query
    }
}

pub(crate) async fn list(
    client: &Client,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Description>, Error> {
    if let Some(order_id) = &filter.order_id
        && order_id.as_str().contains(['"', '\\'])
    {
        // Better refused than nothing found: the server compares them with their escapes.
        return Err(Error::InvalidRequest(InvalidRequest::new(
            "order_id",
            "temporal's search cannot look for an id with a double quote or a backslash",
        )));
    }
    let options = WorkflowListOptions::builder().limit(limit).build();
    let rows = client.list_workflows(filter.query(), options);
    let rows: Vec<WorkflowExecution> = rows.try_collect().await?;
    Ok(rows
        .iter()
        .filter_map(|row| Description::read(row.raw()))
        .collect())
}

/// An order's id may hold quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_id_cannot_leave_its_quotes() {
        let filter = Filter {
            phase: Some(Phase::NeedsAttention),
            order_id: Some(OrderId::parse("o'1").unwrap()),
        };
        assert_eq!(
            filter.query(),
            "WorkflowType IN ('process_extra_payment', 'process_payment_reversal') \
             AND SkyPhase = 'needs_attention' AND ExecutionStatus = 'Running' \
             AND SkyOrderId = 'o''1'"
        );
    }
}
