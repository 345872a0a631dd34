//! Merchant accounts, as an operator sees them.

use payments_client::Description;
use reqwest::StatusCode;
use serde_json::Value;
use workflows::contract::kind::Kind;

use super::*;
use crate::example::{context, operation};
use crate::terminal::captured::assert_view;

fn record(json: Value) -> AccountRecord {
    serde_json::from_value(json).unwrap()
}

fn sky() -> AccountRecord {
    let promises = json!({ "accepts_within": "15s", "shows_within": "30s" });
    record(json!({ "facts": {
        "partner": "sky", "partner_url": "https://api.sky.example/acquiring/v2/",
        "merchant_id": "m-1001", "routes": ["KG", "KZ/Almaty", "UZ"],
        "extra_payment": promises, "payment_reversal": promises,
        "keys": [
            {
                "kind": "extra_payment", "key_id": "pay-2",
                "not_before": "2026-11-24", "not_after": "2027-11-24",
            },
            { "kind": "extra_payment", "key_id": "pay-1", "not_after": "2026-12-01" },
            { "kind": "payment_reversal", "key_id": "rev-1" },
        ],
    } }))
}

fn stripe() -> AccountRecord {
    let promises = json!({ "drops_repeats_for": "23h", "may_flip_for": "720h" });
    record(json!({
        "facts": {
            "partner": "stripe", "partner_url": "https://api.stripe.com/", "merchant_id": "",
            "routes": ["KZ/Almaty (fallback)"], "extra_payment": {}, "payment_reversal": promises,
            "keys": [],
        },
        "paused": pause(),
    }))
}

fn pause() -> Value {
    json!({
        "operator": "aida", "since": "2026-11-24T09:00:00Z",
        "reason": "incident 7: the partner charges twice, its people look into it",
    })
}

fn calls() -> Calls {
    let sample = |result: &str, value: &str| {
        json!({
            "metric": { "merchant": "kg-main", "result": result }, "value": [1_790_000_000, value],
        })
    };
    let samples = [sample("answered", "1.2"), sample("refused", "0.0133")];
    let answer = json!({ "status": "success", "data": { "result": samples } });
    Calls::read(StatusCode::OK, answer.to_string().as_bytes()).unwrap()
}

#[test]
fn accounts_fit_the_terminal() {
    let (sky, stripe, unknown) = (sky(), stripe(), AccountRecord::default());
    let reversal = Description {
        kind: Kind::PaymentReversal,
        money: None,
        ..operation("ride-8-refund")
    };
    let open = Total::of(&[operation("ride-7"), operation("ride-8"), reversal]);
    let calls = calls();
    let accounts = [
        ("kg-main", &sky, &open[..]),
        ("eu-main", &stripe, &open[..0]),
        ("uz-main", &unknown, &open[..0]),
    ];
    for (view, calls) in [("accounts", None), ("accounts-with-calls", Some(&calls))] {
        assert_view(view, || {
            accounts.iter().try_for_each(|(name, record, open)| {
                let account = ListedAccount {
                    name,
                    record,
                    open,
                    calls,
                };
                account.print()
            })
        });
    }
}

#[test]
fn why_no_calls_are_shown_is_told() {
    let refused = anyhow::anyhow!(
        "the calls are not known: Prometheus at http://127.0.0.1:9090/ (--prometheus): error \
         sending request: client error (Connect): tcp connect error: Connection refused"
    );
    for (view, calls, exit) in [
        ("accounts-no-prometheus", None, Exit::Fine),
        ("accounts-prometheus-away", Some(Err(refused)), Exit::Failed),
    ] {
        assert_view(view, || {
            assert_eq!(told_of_calls(&context().output, calls.as_ref())?, exit);
            Ok(())
        });
    }
}

#[test]
fn a_pause_and_its_end() {
    let paused = record(json!({ "paused": pause() }));
    for (view, record) in [
        ("account-paused", paused),
        ("account-resumed", AccountRecord::default()),
    ] {
        assert_view(view, || print_change(&context().output, "kg-main", &record));
    }
}
