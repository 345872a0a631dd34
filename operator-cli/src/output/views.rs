//! One operation, as an operator sees it: started, followed, ended.

use payments_client::fake::{FakePayments, Plan};
use payments_client::{NoOutcome, Payments, Place, WorkflowExecutionStatus};
use workflows::contract::outcome::Ending;
use workflows::contract::request::{InvalidRequest, PaymentRequest};

use super::*;
use crate::example::{
    closed, needs_attention, now, operation, outcome, paused, proposed, request_id, waiting,
};
use crate::explain::standing_sentences;
use crate::terminal::captured::assert_view;

fn output() -> Output {
    Output {
        format: Format::Text,
        typed: " --namespace pay".to_owned(),
        now: now(),
    }
}

fn no_outcome(end: NoOutcome) -> Error {
    let request_id = request_id("ride-7-extra-1");
    Error::NoOutcome { request_id, end }
}

fn place() -> Place {
    Place {
        request_id: Some(request_id("ride-7-extra-1")),
        namespace: "pay".to_owned(),
        address: Some("http://127.0.0.1:7233/".to_owned()),
    }
}

/// As the fake answers, which answers as the real client does.
#[tokio::test]
async fn a_start_and_its_repeats() {
    let payments = FakePayments::new();
    let request = |order: &str| {
        let json = json!({
            "request_id": "ride-7-extra-1", "order_id": order, "amount": "125.5", "currency": "KGS",
        });
        PaymentRequest::parse(json.to_string().as_bytes()).unwrap()
    };
    let id = request_id("ride-7-extra-1");
    payments.plan(&id, Plan::StaysOpen);
    let ui = Some("https://ui.example/namespaces/pay");
    let asked = request("ride-7");
    let first = payments.start_extra_payment(&asked).await.unwrap();
    assert_view("start", || output().started(&first, ui));
    let open = payments.start_extra_payment(&asked).await.unwrap();
    assert_view("start-repeated-open", || output().started(&open, None));
    payments.plan(&id, Plan::Declines("insufficient_funds".to_owned()));
    let ended = payments.start_extra_payment(&asked).await.unwrap();
    assert_view("start-repeated-ended", || output().started(&ended, None));
    let other = payments.start_payment_reversal(&request("ride-8")).await;
    let other = other.unwrap_err();
    assert_view("start-other-request", || output().other_request(&other));
}

#[test]
fn the_state_of_an_operation() {
    let it = operation("ride-7-extra-1");
    assert_view("status", || {
        output().description(&it)?;
        output().state(Some(&needs_attention()), &it)
    });
    assert_view("status-proposed", || output().state(Some(&proposed()), &it));
    assert_view("status-waiting", || output().state(Some(&waiting()), &it));
    let paused = paused("ride-7-extra-1");
    assert_view("status-paused", || {
        output().description(&paused)?;
        let sentences = standing_sentences(&paused, None);
        sentences.iter().try_for_each(|line| output().line(line))
    });
    let done = closed(
        "ride-7",
        WorkflowExecutionStatus::Completed,
        Some("completed"),
    );
    assert_view("status-closed", || output().description(&done));
    let untold = |it: Description| Description {
        money: None,
        order_id: None,
        merchant: None,
        ..it
    };
    let refused = closed("ride-7", WorkflowExecutionStatus::Failed, None);
    assert_view("status-untold", || {
        output().description(&untold(operation("ride-8")))?;
        output().description(&untold(refused.clone()))
    });
}

#[test]
fn the_end_of_an_operation() {
    assert_view("result", || output().outcome(&outcome(Ending::Completed)));
    let invalid = InvalidRequest::new("merchant", "no route fits country ZZ and no city");
    for (name, end) in [
        ("result-refused", NoOutcome::InvalidRequest(invalid)),
        ("result-terminated", NoOutcome::Terminated),
    ] {
        let error = no_outcome(end);
        assert_view(name, || {
            output().no_outcome(&request_id("ride-7-extra-1"), &error)
        });
    }
    assert_view("cancel", || {
        output().cancelled(&request_id("ride-7-extra-1"))
    });
}

#[test]
fn what_could_not_be_done() {
    let invalid = InvalidRequest::new("merchant", "no route fits country ZZ and no city");
    for (name, error) in [
        (
            "start-refused-before",
            no_outcome(NoOutcome::InvalidRequest(invalid)),
        ),
        ("start-terminated-before", no_outcome(NoOutcome::Terminated)),
        ("not-found", Error::NotFound(place())),
        ("no-namespace", Error::NoNamespace(place())),
        (
            "unavailable",
            Error::Unavailable {
                place: place(),
                reason: "it does not answer".to_owned(),
            },
        ),
        ("closed", Error::Closed(request_id("ride-7-extra-1"))),
        ("paused", Error::Paused),
        ("no-worker", Error::NoWorker("Timeout expired".to_owned())),
        ("no-account", Error::NoAccount("kg-other".to_owned())),
        (
            "refused",
            Error::Refused("it needs no attention: it is awaiting_completion".to_owned()),
        ),
        (
            "misconfigured",
            Error::Misconfigured {
                place: place(),
                reason: "Request unauthorized.".to_owned(),
            },
        ),
    ] {
        let failure = anyhow::Error::new(error);
        assert_view(name, || {
            output().failure(&failure);
            Ok(())
        });
    }
}

/// The commands to type next are for the Temporal that was named.
#[test]
fn commands_are_spelled_with_what_was_typed() {
    let output = output();
    for (command, spelled) in [
        (
            "sky-payments show ride-7",
            "sky-payments --namespace pay show ride-7",
        ),
        (
            "temporal workflow show -w x --reason 'temporal x'",
            "temporal --namespace pay workflow show -w x --reason 'temporal x'",
        ),
        (
            "for ID in a b; do temporal workflow show -w $ID; done",
            "for ID in a b; do temporal --namespace pay workflow show -w $ID; done",
        ),
        ("# docs/x.md", "# docs/x.md"),
    ] {
        assert_eq!(output.spelled(command), spelled);
    }
}

#[test]
fn that_nothing_is_found_is_said_on_a_terminal() {
    for (view, what) in [
        ("list-of-none", "operations"),
        ("accounts-of-none", "accounts"),
    ] {
        assert_view(view, || {
            assert!(output().says_none(what)?);
            Ok(())
        });
    }
}
