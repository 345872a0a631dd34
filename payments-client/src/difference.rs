//! In what two requests with the same id differ.

use std::fmt;

use serde_json::{Map, Value};
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;

/// A field in which two requests with the same id differ.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The contract's name of the field; `kind` if one is an extra payment and the other a reversal.
    pub field: String,
    /// Its value in the first request, if that has it.
    pub first: Option<String>,
    /// Its value in the new request, if that has it.
    pub now: Option<String>,
}

impl Difference {
    /// Of the kinds, if they differ.
    pub(crate) fn of_kinds(first: Option<Kind>, now: Kind) -> Option<Difference> {
        (first != Some(now)).then(|| Difference {
            field: "kind".to_owned(),
            first: first.map(|it| it.to_string()),
            now: Some(now.to_string()),
        })
    }

    pub(crate) fn sentence(differences: &[Difference]) -> String {
        let words: Vec<String> = differences.iter().map(Difference::to_string).collect();
        words.join("; ")
    }
}

/// Such as "amount was 12.00, and now is 125.50".
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, now] = [&self.first, &self.now].map(|it| it.as_deref().unwrap_or("absent"));
        write!(f, "{} was {first}, and now is {now}", self.field)
    }
}

/// The fields are compared as the workflow parsed them: "125.5" and "125.50" KGS are the same. If
/// the first input broke a rule, it is compared as it was written.
pub(crate) fn differing_fields(
    first: &[u8],
    second: &PaymentRequest,
) -> serde_json::Result<Vec<Difference>> {
    let first = match PaymentRequest::parse(first) {
        Ok(first) => fields(&first)?,
        Err(invalid) => match serde_json::from_slice(first) {
            Ok(Value::Object(first)) => first,
            _ => Map::from_iter([(invalid.field, Value::Null)]),
        },
    };
    let second = fields(second)?;
    let mut names: Vec<&String> = first.keys().chain(second.keys()).collect();
    names.sort();
    names.dedup();
    let differs = names
        .into_iter()
        .filter(|name| first.get(*name) != second.get(*name));
    Ok(differs
        .map(|name| Difference {
            field: name.clone(),
            first: first.get(name).and_then(text),
            now: second.get(name).and_then(text),
        })
        .collect())
}

fn fields(request: &PaymentRequest) -> serde_json::Result<Map<String, Value>> {
    serde_json::from_value(serde_json::to_value(request)?)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_is_the_same_however_its_fields_are_written() {
        let second = PaymentRequest::parse(
            br#"{"request_id":"r-1","order_id":"o-1","amount":"125.50","currency":"KGS"}"#,
        )
        .unwrap();
        for (first, expected) in [
            (
                r#"{"city":null,"currency":"KGS","amount":"125.5","order_id":"o-1","request_id":"r-1"}"#,
                "",
            ),
            (
                r#"{"request_id":"r-1","order_id":"o-2","amount":"125","currency":"KGS","city":"Osh"}"#,
                "amount was 125.00, and now is 125.50; city was Osh, and now is absent; order_id was \
                 o-2, and now is o-1",
            ),
            (
                r#"{"request_id":"r-1","order_id":"o-1","amount":125.5,"currency":"KGS"}"#,
                "amount was 125.5, and now is 125.50",
            ),
        ] {
            let differs = differing_fields(first.as_bytes(), &second).unwrap();
            assert_eq!(Difference::sentence(&differs), expected);
        }
        // Whatever it was, it was not this request.
        assert!(!differing_fields(b"", &second).unwrap().is_empty());
    }
}
