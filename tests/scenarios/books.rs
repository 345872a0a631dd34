//! Requests operations, and compares the books at their end.

use std::process::Output;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt, stream};
use harness::{
    End, Expected, FaultProxy, Injection, Operation, OperationKind, Stack, Timings, workflow_id,
};
use payments_client::{Payments, PaymentsClient};
use serde_json::{Value, json};
use temporalio_client::{
    Client, ClientOptions, Connection, ConnectionOptions, RetryOptions, UntypedSignal,
    UntypedWorkflow, Url, WorkflowSignalOptions,
};
use temporalio_common::data_converters::RawValue;
use workflows::contract::ids::TASK_QUEUE;
use workflows::contract::request::PaymentRequest;

/// Timings for tests: seconds, and an operation that needs attention after a quarter of a minute.
pub(crate) const QUICK: Timings = Timings {
    request_timeout: "1s",
    first_check: "1s",
    growth: 1,
    longest_pause: "2s",
    shows_within: "1s",
    needs_attention_after: "20s",
    attention_check: "2s",
    look_again_after: None,
};

/// Only what is asked for is done.
pub(crate) const STILL: Timings = Timings {
    needs_attention_after: "1h",
    attention_check: "1h",
    first_check: "1h",
    longest_pause: "1h",
    ..QUICK
};

/// A stack with a partner that charges again for each submission that it accepts.
pub(crate) async fn stack() -> Stack {
    builder().start().await.unwrap()
}

pub(crate) fn builder() -> harness::Builder {
    let unforgiving = json!({ "completes_after": "100ms", "second_submission": "charges_again" });
    Stack::builder()
        .timings(QUICK)
        .default_scenario(unforgiving)
}

/// An extra payment of 125.50 KGS under this request id.
pub(crate) async fn charge(stack: &Stack, id: &str) -> Value {
    start(stack, Operation::new(OperationKind::ExtraPayment, id)).await
}

/// A reversal of 125.50 KGS under this request id.
pub(crate) async fn give_back(stack: &Stack, id: &str) -> Value {
    start(stack, Operation::new(OperationKind::Reversal, id)).await
}

/// Sets by a preset's name what the partner does with a request.
pub(crate) async fn set_scenario(stack: &Stack, id: &str, name: &str) {
    stack.partner().set_scenario(id, name).await.unwrap();
}

/// Sets what the partner does with all requests about this request's order, sessions too.
pub(crate) async fn set_order_scenario(stack: &Stack, id: &str, scenario: Value) {
    let (partner, order) = (stack.partner(), format!("o-{id}"));
    partner.set_order_scenario(&order, scenario).await.unwrap();
}

/// Sets field by field what the partner does with a request.
pub(crate) async fn set_custom_scenario(stack: &Stack, id: &str, scenario: Value) {
    let partner = stack.partner();
    partner.set_custom_scenario(id, scenario).await.unwrap();
}

/// Replaces the oldest worker by one that reads the configuration and the keys as they are now.
pub(crate) async fn restart_worker(stack: &mut Stack) {
    stack.stop_worker().await.unwrap();
    stack.start_worker().await.unwrap();
}

/// An extra payment that waits until the test has the partner finish it, and is then called back, or
/// `never`.
pub(crate) async fn pending(stack: &Stack, id: &str, called_back: &str) {
    let pending = json!({ "never_completes": true, "callback": { "when": called_back } });
    set_custom_scenario(stack, id, pending).await;
    charge(stack, id).await;
    reaches(stack, id, "awaiting_completion").await;
}

pub(crate) async fn start(stack: &Stack, operation: Operation) -> Value {
    stack.start(&operation).await.unwrap()
}

/// Starts many operations as procaas does, which takes less time than [`start`] does.
pub(crate) async fn start_all(payments: &PaymentsClient, operations: &[Operation]) {
    let started = operations.iter().map(async |operation| {
        let input = operation.input().to_string();
        let request = PaymentRequest::parse(input.as_bytes()).unwrap();
        match operation.kind {
            OperationKind::ExtraPayment => payments.start_extra_payment(&request).await.unwrap(),
            OperationKind::Reversal => payments.start_payment_reversal(&request).await.unwrap(),
        }
    });
    stream::iter(started)
        .buffer_unordered(20)
        .for_each(async |_| ())
        .await;
}

/// The input of a valid request, as any Temporal client sends it, with one digit after the point.
pub(crate) fn input(id: &str) -> String {
    let sound = Operation::new(OperationKind::ExtraPayment, id).of("125.5", "KGS");
    sound.input().to_string()
}

/// Starts a workflow without the client's checks and policies, as any Temporal client can.
pub(crate) async fn start_raw(stack: &Stack, kind: &str, id: &str, input: &str) {
    let workflow = workflow_id(id);
    let start = format!("workflow start --task-queue {TASK_QUEUE} --type {kind} -w {workflow}");
    let start = [&split(&start)[..], &["--input", input]].concat();
    stack.temporal().cli(&start).await.unwrap();
}

/// Waits for the end, and compares the partner's ledger, billing and the outcome with the request.
pub(crate) async fn ends(stack: &Stack, id: &str, outcome: &str) -> Value {
    ends_of(stack, &stack.operation(id), outcome).await
}

/// The same for an operation that was not started by [`Stack::start`].
pub(crate) async fn ends_of(stack: &Stack, operation: &Operation, outcome: &str) -> Value {
    let id = operation.request_id.as_str();
    let expected = match outcome {
        "completed" => Expected::Completed,
        "declined" => Expected::Declined(None),
        "rejected" => Expected::Rejected,
        "abandoned" => Expected::Abandoned,
        other => panic!("{other} is no outcome"),
    };
    let books = stack.books(id, "180s").await.unwrap();
    let wrong = books.differences(operation, &expected);
    assert!(wrong.is_empty(), "{id}: {wrong:#?}");
    let End::Outcome(result) = books.end else {
        unreachable!("{id} has ended as {outcome}")
    };
    result
}

/// A client of the stack's Temporal that takes every answer as it comes.
pub(crate) async fn client(stack: &Stack) -> Client {
    client_with(stack, RetryOptions::no_retries()).await
}

/// A client that repeats what Temporal can't take just then, such as an update of a run that goes on as a
/// new one.
pub(crate) async fn client_that_retries(stack: &Stack) -> Client {
    client_with(stack, RetryOptions::default()).await
}

async fn client_with(stack: &Stack, retries: RetryOptions) -> Client {
    let url = Url::parse(&format!("http://{}", stack.temporal().address())).unwrap();
    let options = ConnectionOptions::new(url).retry_options(retries);
    let connection = Connection::connect(options.build()).await.unwrap();
    Client::new(connection, ClientOptions::new("default").build()).unwrap()
}

/// The state, by the query. One that no worker answers, as when it is blocked, busy or only starting,
/// is asked again.
pub(crate) async fn state(stack: &Stack, id: &str) -> Value {
    until(&format!("{id} tells its state"), async || {
        stack.payments(&["status", id]).await.ok()
    })
    .await
}

/// Waits until the operation is in this phase.
pub(crate) async fn reaches(stack: &Stack, id: &str, phase: &str) -> Value {
    until(&format!("{id} reaches {phase}"), async || {
        let state = stack.payments(&["status", id]).await.ok()?;
        (state["phase"] == phase).then_some(state)
    })
    .await
}

/// Waits until it needs attention because of this, which `last_error` says. On a busy machine its time
/// may be over before that is known, and then it needs attention for another reason first.
pub(crate) async fn needs_attention(stack: &Stack, id: &str, why: &str) -> Value {
    until(&format!("{id} needs attention: {why}"), async || {
        let state = stack.payments(&["status", id]).await.ok()?;
        let is_why = state["last_error"].as_str()?.contains(why);
        (state["phase"] == "needs_attention" && is_why).then_some(state)
    })
    .await
}

/// Asks again until there is an answer; two minutes at most, which only what hangs takes.
pub(crate) async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(120);
    while Instant::now() < deadline {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    panic!("waited in vain: {what}");
}

/// Signals a workflow that its payment is completed. Repeats what Temporal could not store, as the
/// partner does: Temporal does not store it while a run ends and the next one starts.
pub(crate) async fn signal(client: &Client, workflow: &str) {
    until("the signal is stored", async || {
        let handle = client.get_workflow_handle::<UntypedWorkflow>(workflow);
        let signal = UntypedSignal::new("payment_completed");
        let options = WorkflowSignalOptions::default();
        let stored = handle.signal(signal, RawValue::default(), options).await;
        stored.ok()
    })
    .await;
}

/// Waits until the proxy has disturbed one connection in this way. A slow one counts only when it
/// is over.
pub(crate) async fn has_struck(proxy: &FaultProxy, injection: Injection) {
    until("the proxy has struck", async || {
        (proxy.injected().get(&injection) == Some(&1)).then_some(())
    })
    .await;
}

/// Sets a fault of the partner for one request.
pub(crate) async fn fault(stack: &Stack, id: &str, fault: Value) {
    set_custom_scenario(stack, id, json!({ "faults": [fault] })).await;
}

/// Waits until the partner has moved the money.
pub(crate) async fn has_moved(stack: &Stack, id: &str) {
    until("the money moved", async || {
        (!stack.partner().ledger(id).await.unwrap().is_empty()).then_some(())
    })
    .await;
}

/// How many events the operation's history has.
pub(crate) async fn history_length(stack: &Stack, id: &str) -> u64 {
    let described = describe(stack, &workflow_id(id)).await.unwrap();
    let length = &described["workflowExecutionInfo"]["historyLength"];
    length
        .as_str()
        .and_then(|length| length.parse().ok())
        .or(length.as_u64())
        .unwrap()
}

/// The operation's history with its payloads decoded, as one text.
pub(crate) async fn history(stack: &Stack, id: &str) -> String {
    events(stack, &workflow_id(id)).await.unwrap().to_string()
}

/// The same, once it contains this.
pub(crate) async fn history_with(stack: &Stack, id: &str, part: &str) -> String {
    until(part, async || {
        let history = history(stack, id).await;
        history.contains(part).then_some(history)
    })
    .await
}

/// A workflow's events with their payloads decoded.
pub(crate) async fn events(stack: &Stack, workflow: &str) -> Option<Value> {
    let mut shown = stack
        .temporal()
        .cli(&["workflow", "show", "-w", workflow, "-o", "json"])
        .await
        .ok()?;
    decode_payloads(&mut shown);
    Some(shown["events"].clone())
}

/// The CLI shows the content of payloads in base64, where a text could not be found.
fn decode_payloads(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value.as_str()) {
                    ("data", Some(text)) => {
                        let bytes = STANDARD.decode(text).unwrap();
                        let json = serde_json::from_slice(&bytes);
                        *value = json.unwrap_or_else(|_| {
                            Value::String(String::from_utf8_lossy(&bytes).into_owned())
                        });
                    }
                    _ => decode_payloads(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(decode_payloads),
        _ => {}
    }
}

/// The id of the operation's newest run.
pub(crate) async fn run_id(stack: &Stack, id: &str) -> String {
    let described = describe(stack, &workflow_id(id)).await.unwrap();
    let run_id = &described["workflowExecutionInfo"]["execution"]["runId"];
    run_id.as_str().unwrap().to_owned()
}

/// What Temporal says of a workflow's newest run.
pub(crate) async fn describe(stack: &Stack, workflow: &str) -> anyhow::Result<Value> {
    let describe = ["workflow", "describe", "-w", workflow];
    stack.temporal().cli(&describe).await
}

/// The workflows that Temporal lists by a query.
pub(crate) async fn listed(stack: &Stack, query: &str) -> Vec<Value> {
    let list = ["workflow", "list", "--query", query];
    let listed = stack.temporal().cli(&list).await.unwrap();
    listed.as_array().cloned().unwrap_or_default()
}

/// Runs a command of Temporal's tool in which no word has a space, and returns what it prints.
pub(crate) async fn cli(stack: &Stack, command: &str) -> String {
    try_cli(stack, command).await.unwrap()
}

/// The same for a command that may fail.
pub(crate) async fn try_cli(stack: &Stack, command: &str) -> anyhow::Result<String> {
    stack.temporal().cli_text(&split(command)).await
}

/// All that a program has printed.
pub(crate) fn words(output: &Output) -> String {
    let both = [&output.stdout, &output.stderr];
    both.map(|it| String::from_utf8_lossy(it).into_owned())
        .concat()
}

/// The words of a command.
pub(crate) fn split(command: &str) -> Vec<&str> {
    command.split_whitespace().collect()
}
