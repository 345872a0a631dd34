//! A row of a day's report, in our terms.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use workflows::contract::ids::RequestId;

use super::entry::Side;

/// One operation in the partner's report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    /// Which operation.
    pub(crate) request_id: RequestId,
    /// What the partner says about it.
    pub(crate) side: Side,
    /// When its state last changed, by the partner's clock.
    pub(crate) updated_at: Timestamp,
    /// Whether another row has its request id, or its partner's payment id under another request id.
    pub(crate) is_doubled: bool,
}

pub(super) fn day_of(moment: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(moment).date()
}

/// Two movements for one request, or one movement for two requests.
pub(super) fn mark_doubles(rows: &mut [Row]) {
    let mut requests: HashMap<RequestId, usize> = HashMap::new();
    let mut payments: HashMap<Option<String>, usize> = HashMap::new();
    for row in rows.iter() {
        *requests.entry(row.request_id.clone()).or_default() += 1;
        let payment_id = row.side.partner_payment_id.clone();
        *payments.entry(payment_id).or_default() += 1;
    }
    for row in rows {
        row.is_doubled =
            requests[&row.request_id] > 1 || payments[&row.side.partner_payment_id] > 1;
    }
}
