//! Does one piece of work so many times, for a program that counts its instructions
//! (`tests/scenarios/cost.rs`): `instructions signed-request 10`.

use std::env;
use std::hint::black_box;
use std::path::Path;

use activities::partner::sky::key_pair::{Payment, SigningKey};
use activities::partner::sky::signature::{sign, string_to_sign};
use anyhow::{Context, anyhow, bail};
use axum::http::Uri;
use callback_gateway::callback::head::only_token;
use callback_gateway::callback::payment_completed::PaymentCompleted;
use callback_token::{CallbackSecret, verify};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [work, times, key] = arguments.as_slice() else {
        bail!("usage: instructions signed-request|refusal TIMES KEY-FILE");
    };
    let times: u32 = times.parse().context("TIMES must be a number")?;
    // Both read the key, so that the start of the program costs the same.
    let key = SigningKey::read(Path::new(key)).map_err(|problem| anyhow!(problem))?;
    let secret = CallbackSecret::new("main", &[7; 32])?;
    for _ in 0..times {
        match work.as_str() {
            "signed-request" => black_box(signed_request(&key)),
            "refusal" => black_box(refusal(&secret)?),
            _ => bail!("{work:?} is no work"),
        };
    }
    Ok(())
}

/// What is computed for a call of the partner, besides HTTP.
fn signed_request(key: &SigningKey<Payment>) -> usize {
    let body = br#"{"sessionId":"0123456789abcdef","requestId":"ride-7-extra-1"}"#;
    let lines = string_to_sign("/v1/paymentStatus", "m-1001", "pay-1", 1_790_000_000, body);
    sign(key, &lines).len()
}

/// What is computed for a forged callback, besides HTTP.
fn refusal(secret: &CallbackSecret) -> anyhow::Result<usize> {
    let forged = "/v1/on_payment_completed?token=main.1790000000.\
                  x9Yq0m1cVbC0rS2Qkz2mH0s6cV5xk9m2h1J8b3W4n6E";
    let uri: Uri = forged.parse()?;
    let token = only_token(&uri).context("no token")?;
    let callback = PaymentCompleted::parse(br#"{"request_id":"ride-7-extra-1"}"#)
        .map_err(|_| anyhow!("no callback"))?;
    let verified = verify(std::slice::from_ref(secret), token, &callback.request_id);
    verified
        .is_none()
        .then_some(token.len())
        .context("a forged token was taken")
}
