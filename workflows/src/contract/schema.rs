//! JSON Schemas (draft 2020-12) of what other systems write to the workflows and read from them,
//! generated from the types themselves. `cargo xtask schemas` writes them to `docs/api/schemas`.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::contract::approval::{Approval, Withdrawal};
use crate::contract::outcome::Outcome;
use crate::contract::request::{InvalidRequest, PaymentRequest};
use crate::contract::resolution::Resolution;
use crate::contract::saved_card::SavedCard;
use crate::contract::state::State;

/// All schemas, each with its file name without `.json`.
pub fn schemas() -> [(&'static str, Schema); 8] {
    [
        ("payment_request", of_input::<PaymentRequest>()),
        ("saved_card", of_input::<SavedCard>()),
        ("resolve", of_input::<Resolution>()),
        ("approve_resolution", of_input::<Approval>()),
        ("withdraw_resolution", of_input::<Withdrawal>()),
        ("result", of_output::<Outcome>()),
        ("state", of_output::<State>()),
        ("invalid_request", of_output::<InvalidRequest>()),
    ]
}

/// For what we read: only these fields are allowed, and null is the same as absent.
fn of_input<T: JsonSchema>() -> Schema {
    let mut schema = SchemaSettings::draft2020_12()
        .for_deserialize()
        .with_transform(WithoutLineEnds)
        .into_generator()
        .into_root_schema_for::<T>();
    schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    schema
}

/// For what we write: a field can be absent but is never null. Readers must ignore fields that they
/// don't know.
fn of_output<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(WithoutLineEnds)
        .with_transform(WithoutNull)
        .into_generator()
        .into_root_schema_for::<T>()
}

/// Doc comments have line breaks only because the code does, so a description joins the lines.
#[derive(Clone, Debug)]
struct WithoutLineEnds;

impl Transform for WithoutLineEnds {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::String(text)) = schema.get_mut("description") {
            let paragraphs: Vec<String> = text
                .split("\n\n")
                .map(|paragraph| paragraph.replace('\n', " "))
                .collect();
            *text = paragraphs.join("\n\n");
        }
        transform_subschemas(self, schema);
    }
}

#[derive(Clone, Debug)]
struct WithoutNull;

impl Transform for WithoutNull {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                schema.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
            choices.retain(|choice| choice["type"] != "null");
            if let [only] = choices.as_slice() {
                let reference = only["$ref"].clone();
                schema.remove("anyOf");
                schema.insert("$ref".to_owned(), reference);
            }
        }
        transform_subschemas(self, schema);
    }
}
