//! What operators can search operations by (`docs/contract.md`, "Search attributes"). They are
//! stored in clear text, so they contain no personal data.

use temporalio_common::search_attributes::SearchAttributeKey;

/// The order.
pub const ORDER_ID: SearchAttributeKey<String> = SearchAttributeKey::keyword("SkyOrderId");
/// The merchant account.
pub const MERCHANT: SearchAttributeKey<String> = SearchAttributeKey::keyword("SkyMerchant");
/// The phase.
pub const PHASE: SearchAttributeKey<String> = SearchAttributeKey::keyword("SkyPhase");
/// The outcome, once there is one.
pub const OUTCOME: SearchAttributeKey<String> = SearchAttributeKey::keyword("SkyOutcome");
/// The currency's ISO 4217 code.
pub const CURRENCY: SearchAttributeKey<String> = SearchAttributeKey::keyword("SkyCurrency");
/// The amount in minor units.
pub const AMOUNT_MINOR: SearchAttributeKey<i64> = SearchAttributeKey::int("SkyAmountMinor");

/// All of them with their types, in the form that `temporal operator search-attribute create`
/// takes.
pub fn registrations() -> [(&'static str, &'static str); 6] {
    [
        (ORDER_ID.name(), "Keyword"),
        (MERCHANT.name(), "Keyword"),
        (PHASE.name(), "Keyword"),
        (OUTCOME.name(), "Keyword"),
        (CURRENCY.name(), "Keyword"),
        (AMOUNT_MINOR.name(), "Int"),
    ]
}
