//! The schemas in `docs/api/schemas` are those of the Rust types, and real messages are valid by
//! them.
//!
//! `cargo xtask schemas` writes them anew; without `SKY_RECORD` the test only compares.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};
use workflows::contract::schema::schemas;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api/schemas");
const CONTRACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/contract.md");
const HISTORIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/histories");

#[test]
fn the_schemas_in_the_docs_are_those_of_the_types() {
    let record = std::env::var_os("SKY_RECORD").is_some();
    let mut files = Vec::new();
    for (name, schema) in schemas() {
        let file = format!("{name}.json");
        let path = Path::new(FOLDER).join(&file);
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if record {
            fs::write(&path, &text).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == text,
            "{file} is out of date: run `cargo xtask schemas`"
        );
        files.push(file);
    }
    for entry in fs::read_dir(FOLDER).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        assert!(files.contains(&file), "{file} is the schema of no type");
    }
}

#[test]
fn what_the_recorded_histories_hold_is_as_the_schemas_say() {
    let validators = Validators::new();
    let mut held: BTreeSet<String> = BTreeSet::new();
    for entry in fs::read_dir(HISTORIES).unwrap() {
        let path = entry.unwrap().path();
        let history: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for (name, value) in messages(&history) {
            let sound = validators.check(name, &value);
            assert_eq!(sound, Ok(()), "{}: {name}: {value}", path.display());
            held.insert(name.to_owned());
        }
    }
    for (name, _) in schemas() {
        assert!(held.contains(name), "no history holds a {name}");
    }
}

#[test]
fn the_examples_in_the_contract_are_as_the_schemas_say() {
    let validators = Validators::new();
    let contract = fs::read_to_string(CONTRACT).unwrap();
    let examples = contract.split("```json\n").skip(1);
    let examples = examples.map(|text| text.split("```").next().unwrap());
    let names = [
        "payment_request",
        "invalid_request",
        "result",
        "state",
        "resolve",
        "approve_resolution",
    ];
    assert_eq!(examples.clone().count(), names.len());
    for (name, example) in names.into_iter().zip(examples) {
        let sound = validators.check(name, &serde_json::from_str(example).unwrap());
        assert_eq!(sound, Ok(()), "{name}: {example}");
    }
}

#[test]
fn what_the_workflows_refuse_by_its_shape_the_schemas_refuse_too() {
    let validators = Validators::new();
    let request = json!({
        "request_id": "r-1", "order_id": "o-1", "amount": "125.5", "currency": "KGS", "city": null,
    });
    assert_eq!(validators.check("payment_request", &request), Ok(()));
    for (field, value) in [
        ("request_id", json!("r 1")),
        ("order_id", json!("")),
        ("amount", json!(125.5)),
        ("amount", json!("01")),
        ("amount", json!("1.23456")),
        ("currency", json!("kgs")),
        ("city", json!("")),
        ("payment_reference", json!("a b")),
        ("colour", json!("red")),
    ] {
        let mut request = request.clone();
        request[field] = value;
        let refused = validators.check("payment_request", &request).is_err();
        assert!(refused, "{request}");
        let json = serde_json::to_vec(&request).unwrap();
        assert!(workflows::contract::request::PaymentRequest::parse(&json).is_err());
    }
    for argument in [
        json!({ "as": "rejected", "operator": "ann", "reason": "x" }),
        json!({ "as": "declined", "operator": " ", "reason": "x" }),
        json!({ "as": "declined", "operator": "ann" }),
        json!({ "as": "declined", "operator": "ann", "reason": "x", "colour": "red" }),
    ] {
        assert!(
            validators.check("resolve", &argument).is_err(),
            "{argument}"
        );
        let json = serde_json::to_vec(&argument).unwrap();
        assert!(workflows::contract::resolution::Resolution::parse(&json).is_err());
    }
}

/// All schemas, compiled.
pub(crate) struct Validators {
    schemas: Schemas,
    by_name: BTreeMap<&'static str, SchemaIndex>,
}

impl Validators {
    pub(crate) fn new() -> Validators {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        let by_name = workflows::contract::schema::schemas().map(|(name, schema)| {
            let url = format!("https://schemas.example/{name}.json");
            compiler.add_resource(&url, schema.into()).unwrap();
            (name, compiler.compile(&url, &mut schemas).unwrap())
        });
        Validators {
            schemas,
            by_name: by_name.into(),
        }
    }

    pub(crate) fn check(&self, name: &str, value: &Value) -> Result<(), String> {
        let checked = self.schemas.validate(value, self.by_name[name]);
        checked.map_err(|error| error.to_string())
    }
}

/// Where the histories hold something of which there is a schema: the event, the place in it, the
/// schema.
const PLACES: [(&str, &str, &str); 4] = [
    ("Started", "/input", "payment_request"),
    ("Completed", "/result", "result"),
    (
        "Failed",
        "/failure/applicationFailureInfo/details",
        "invalid_request",
    ),
    ("UpdateCompleted", "/outcome/value/Success", "state"),
];

/// What a history holds of the contract, each with the name of its schema.
fn messages(history: &Value) -> Vec<(&str, Value)> {
    let events = history["events"].as_array().unwrap();
    let attributes = |event: &str| -> Vec<&Value> {
        let name = format!("WorkflowExecution{event}EventAttributes");
        let found = events.iter().map(|it| &it["attributes"][name.as_str()]);
        found.filter(|it| !it.is_null()).collect()
    };
    let is_refused = !attributes("Failed").is_empty();
    let started = attributes("Started");
    match started[0]["workflow_type"]["name"].as_str().unwrap() {
        "record_saved_card" if is_refused => return Vec::new(),
        "record_saved_card" => return vec![("saved_card", first(&started[0]["input"]))],
        "process_extra_payment" | "process_payment_reversal" => {}
        _ => return Vec::new(),
    }
    let mut messages = Vec::new();
    for (event, place, schema) in PLACES {
        // What a refused run begins with breaks the rules.
        if is_refused && schema == "payment_request" {
            continue;
        }
        for attributes in attributes(event) {
            messages.extend(attributes.pointer(place).map(|it| (schema, first(it))));
        }
    }
    for accepted in attributes("UpdateAccepted") {
        let update = &accepted["accepted_request"]["input"];
        let name = update["name"].as_str().unwrap();
        if name != "check_now" {
            messages.push((name, first(&update["args"])));
        }
    }
    messages
}

fn first(payloads: &Value) -> Value {
    let data = payloads["payloads"][0]["data"].as_str();
    let data = data.unwrap_or_else(|| panic!("no payload: {payloads}"));
    serde_json::from_slice(&STANDARD.decode(data).unwrap()).unwrap()
}
