//! The labels that operations are counted under. Whatever Temporal's list contains, they are few:
//! accounts that are not configured are "other", and invalid currencies or phases are "unknown".

use std::collections::BTreeSet;

use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionInfo;
use temporalio_common::search_attributes::SearchAttributes;
use workflows::contract::money::Money;
use workflows::contract::search_attributes::{CURRENCY, MERCHANT, PHASE};
use workflows::contract::state::Phase;

/// Also counts a payment without a phase: it is younger than 5 s, or no worker has started it.
pub(super) const UNKNOWN: &str = "unknown";

const OTHER: &str = "other";

/// What an open operation is counted under: its phase, which is never `closed`, or [`UNKNOWN`].
pub(super) fn phases() -> [&'static str; Phase::ALL.len()] {
    Phase::ALL.map(|phase| match phase {
        Phase::Closed => UNKNOWN,
        open => open.as_str(),
    })
}

/// The search attributes of an operation in a listing.
pub(super) fn attributes(row: &WorkflowExecutionInfo) -> SearchAttributes {
    let attributes = row.search_attributes.as_ref();
    let attributes = attributes.map(SearchAttributes::from_proto);
    attributes.unwrap_or_default()
}

/// One of [`phases`].
pub(super) fn phase(attributes: &SearchAttributes) -> &'static str {
    let phase = attributes.get(&PHASE).unwrap_or_default();
    let known = phases().into_iter().find(|known| *known == phase);
    known.unwrap_or(UNKNOWN)
}

/// The account's name, if it is one of those that are configured.
pub(super) fn merchant(attributes: &SearchAttributes, configured: &BTreeSet<String>) -> String {
    match attributes.get(&MERCHANT) {
        None => UNKNOWN.to_owned(),
        Some(name) if configured.contains(&name) => name,
        Some(_) => OTHER.to_owned(),
    }
}

/// The currency's code.
pub(super) fn currency(attributes: &SearchAttributes) -> String {
    let currency = attributes.get(&CURRENCY);
    let currency = currency.filter(|code| Money::parse("1", code).is_ok());
    currency.unwrap_or_else(|| UNKNOWN.to_owned())
}
