//! Lists, the newest first.

use serde_json::{Value, json};

use super::{amounts::whole_number, books::Books, form::Form, origin::Origin, refusal::Refusal};

/// `GET /v1/payment_intents`
pub(super) fn intents(books: &Books, mut form: Form, now: &Origin) -> Result<Value, Refusal> {
    let customer = form.text("customer")?;
    let since = form.text("created[gte]")?;
    let since = since.map(|text| whole_number("created[gte]", &text));
    let since = since.transpose()?;
    let wanted = books
        .intents
        .iter()
        .filter(|it| customer.is_none() || it.customer == customer)
        .filter(|it| since.is_none_or(|since| it.created >= since))
        .map(|it| (it.created, json!(it)));
    page(books, form, "/v1/payment_intents", now, wanted)
}

/// `GET /v1/refunds`
pub(super) fn refunds(books: &Books, mut form: Form, now: &Origin) -> Result<Value, Refusal> {
    let intent = form.text("payment_intent")?;
    let charge = form.text("charge")?;
    let wanted = books
        .refunds
        .iter()
        .filter(|it| intent.as_ref().is_none_or(|id| it.payment_intent == *id))
        .filter(|it| charge.as_ref().is_none_or(|id| it.charge == *id))
        .map(|it| (it.created, json!(it)));
    page(books, form, "/v1/refunds", now, wanted)
}

fn page(
    books: &Books,
    mut form: Form,
    url: &str,
    now: &Origin,
    rows: impl DoubleEndedIterator<Item = (i64, Value)>,
) -> Result<Value, Refusal> {
    let limit = match form.text("limit")? {
        None => 10,
        Some(text) => whole_number("limit", &text)?,
    };
    let limit = match usize::try_from(limit) {
        Ok(limit @ 1..=100) => limit,
        _ => return Err(Refusal::parameter("limit", "Invalid limit: 1 to 100")),
    };
    let after = form.text("starting_after")?;
    form.finish()?;
    // Objects have whole seconds: one that may still be missing is missing.
    let lag = books.settings.list_lag.as_millis().div_ceil(1000);
    let lag = i64::try_from(lag).unwrap_or(i64::MAX);
    let mut rows: Vec<Value> = rows
        .rev()
        .filter(|(created, _)| lag == 0 || now.second() - created > lag)
        .map(|(_, row)| row)
        .collect();
    if let Some(after) = after {
        let at = rows.iter().position(|row| row["id"] == after);
        let at = at.ok_or_else(|| Refusal::no_such("starting_after", &after))?;
        rows.drain(..=at);
    }
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    Ok(json!({ "object": "list", "url": url, "has_more": has_more, "data": rows }))
}
