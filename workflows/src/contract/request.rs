//! What procaas requests: the input of both workflows (`docs/contract.md`).

use serde::{Deserialize, Serialize};

use crate::contract::ids::{IdError, OrderId, RequestId};
use crate::contract::money::{Money, MoneyError};
use strict_json::{JsonObject, JsonObjectError};

/// A request for one extra payment or one reversal. Its JSON is in `docs/contract.md`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PaymentRequest {
    /// Identifies the operation for good.
    pub request_id: RequestId,
    /// The order whose rider is charged or refunded.
    pub order_id: OrderId,
    /// The exact amount.
    #[serde(flatten)]
    pub money: Money,
    /// The merchant account by its name in the configuration. If absent, the routes choose one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = LONGEST_NAME)))]
    pub merchant: Option<String>,
    /// The country of the ride, for the routes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = LONGEST_NAME)))]
    pub country: Option<String>,
    /// The city of the ride, for the routes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = LONGEST_NAME)))]
    pub city: Option<String>,
    /// The partner's own id of the order's original payment, for partners that identify payments
    /// and not orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[!-~]{1,128}$")))]
    pub payment_reference: Option<String>,
    /// Overrides the configured address of the callback gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(url, length(max = 512)))]
    pub payment_completed_callback_url: Option<String>,
}

/// An input that breaks a rule: the wrong field and what it must be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[error("invalid request: {field}: {rule}")]
pub struct InvalidRequest {
    /// The contract's name of the field; `input` if the whole input is not a JSON object.
    pub field: String,
    /// The rule, in words.
    #[serde(rename = "message")]
    pub rule: String,
}

/// The longest reference to a payment, in characters.
const LONGEST_REFERENCE: usize = 128;

/// The longest text that is looked up in the configuration, in bytes.
pub const LONGEST_NAME: usize = 200;

impl PaymentRequest {
    /// Parses the JSON of an input, and refuses everything that the contract does not allow.
    pub fn parse(json: &[u8]) -> Result<PaymentRequest, InvalidRequest> {
        let mut object = JsonObject::parse(json)?;
        let request_id = RequestId::parse(&object.required("request_id")?)?;
        let order_id = OrderId::parse(&object.required("order_id")?)?;
        let money = Money::parse(&object.required("amount")?, &object.required("currency")?)?;
        let request = PaymentRequest {
            request_id,
            order_id,
            money,
            merchant: name(&mut object, "merchant")?,
            country: name(&mut object, "country")?,
            city: name(&mut object, "city")?,
            payment_reference: payment_reference(&mut object)?,
            payment_completed_callback_url: object.optional("payment_completed_callback_url")?,
        };
        match object.left_over() {
            None => Ok(request),
            Some(field) => Err(InvalidRequest::new(
                field.chars().take(64).collect::<String>(),
                "is not a field of this input",
            )),
        }
    }
}

impl InvalidRequest {
    /// The failure type that a workflow fails with (`docs/contract.md`).
    pub const FAILURE_TYPE: &'static str = "InvalidRequest";

    /// Names the field and states the rule, which does not begin with the field's name.
    pub fn new(field: impl Into<String>, rule: impl Into<String>) -> InvalidRequest {
        InvalidRequest {
            field: field.into(),
            rule: rule.into(),
        }
    }
}

impl From<JsonObjectError> for InvalidRequest {
    fn from(error: JsonObjectError) -> InvalidRequest {
        match error {
            JsonObjectError::Malformed { .. } => InvalidRequest::new("input", error.to_string()),
            JsonObjectError::Field { field, broken } => {
                InvalidRequest::new(field, broken.to_string())
            }
        }
    }
}

impl From<IdError> for InvalidRequest {
    fn from(error: IdError) -> InvalidRequest {
        InvalidRequest::new(error.field(), error.rule())
    }
}

impl From<MoneyError> for InvalidRequest {
    fn from(error: MoneyError) -> InvalidRequest {
        InvalidRequest::new(error.field(), error.rule())
    }
}

fn name(object: &mut JsonObject, field: &str) -> Result<Option<String>, InvalidRequest> {
    match object.optional(field)? {
        Some(text) if text.is_empty() || text.len() > LONGEST_NAME => Err(InvalidRequest::new(
            field,
            format!("must be 1 to {LONGEST_NAME} bytes, or absent"),
        )),
        name => Ok(name),
    }
}

fn payment_reference(object: &mut JsonObject) -> Result<Option<String>, InvalidRequest> {
    let field = "payment_reference";
    let reference = object.optional(field)?;
    let is_sound = |text: &str| {
        (1..=LONGEST_REFERENCE).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    if reference.as_deref().is_none_or(is_sound) {
        return Ok(reference);
    }
    let rule = format!("must be 1 to {LONGEST_REFERENCE} visible ASCII characters, or absent");
    Err(InvalidRequest::new(field, rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str =
        r#"{"request_id":"r-1","order_id":"o-1","amount":"125.5","currency":"KGS","city":null}"#;

    #[test]
    fn a_sound_input_is_read_and_written_as_the_contract_has_it() {
        let request = PaymentRequest::parse(SOUND.as_bytes()).unwrap();
        assert_eq!(request.money.to_string(), "125.50 KGS");
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"request_id":"r-1","order_id":"o-1","amount":"125.50","currency":"KGS"}"#
        );
    }

    #[test]
    fn the_field_is_named_once() {
        for (from, to, told) in [
            ("\"amount\":\"125.5\",", "", "amount: is missing"),
            ("\"125.5\"", "\"0\"", "amount: must be greater than zero"),
            (
                "\"125.5\"",
                "\"1.234\"",
                "amount: has 3 fraction digits, and KGS has 2",
            ),
            (
                "\"o-1\"",
                "\"\"",
                "order_id: must be 1 to 64 visible ASCII characters",
            ),
        ] {
            let error = PaymentRequest::parse(SOUND.replacen(from, to, 1).as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), format!("invalid request: {told}"));
        }
    }

    #[test]
    fn the_rule_is_the_contracts_message() {
        let json = serde_json::to_string(&InvalidRequest::new("amount", "must not be 0")).unwrap();
        assert_eq!(json, r#"{"field":"amount","message":"must not be 0"}"#);
    }

    #[test]
    fn each_broken_rule_names_its_field() {
        for (from, to, field) in [
            ("\"r-1\"", "\"r 1\"", "request_id"),
            ("\"r-1\"", "7", "request_id"),
            ("\"request_id\":\"r-1\",", "", "request_id"),
            ("\"125.5\"", "125.5", "amount"),
            ("\"KGS\"", "\"XAU\"", "currency"),
            ("null", "\"\"", "city"),
            (
                "\"city\":null",
                "\"payment_reference\":\"\"",
                "payment_reference",
            ),
            (
                "\"city\":null",
                "\"payment_reference\":\"a b\"",
                "payment_reference",
            ),
            ("\"city\":null", "\"merchant\":[]", "merchant"),
            ("\"city\":null", "\"colour\":\"red\"", "colour"),
            ("\"city\":null", "\"amount\":\"1\"", "amount"),
            ("{", "[{", "input"),
        ] {
            let error = PaymentRequest::parse(SOUND.replacen(from, to, 1).as_bytes()).unwrap_err();
            assert_eq!(error.field, field, "{error}");
        }
    }
}
