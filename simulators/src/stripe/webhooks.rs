//! Webhooks: events, signed and delivered to the endpoints of the account.

use std::{sync::Arc, time::Duration};

use aws_lc_rs::hmac;
use jiff::Timestamp;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use url::Url;

use super::{
    delivery_rules::DeliveryRule,
    endpoints::{Attempt, Endpoint},
    events::Event,
    shared::Stripe,
};

/// Begins the delivery of an event to every endpoint that wants it. Returns the deliveries that the
/// answer has to wait for.
pub(super) fn dispatch(
    stripe: &Arc<Stripe>,
    endpoints: &[Endpoint],
    rules: &[DeliveryRule],
    event: &Event,
) -> Vec<JoinHandle<()>> {
    let rule = rules.iter().find(|rule| rule.is_about(event));
    let rule = rule.cloned().unwrap_or_default();
    let twin = rule.twin.then(|| event.twin());
    let mut awaited = Vec::new();
    for event in [Some(event.clone()), twin].into_iter().flatten() {
        let wants = |it: &&Endpoint| it.events.is_empty() || it.events.contains(&event.kind);
        for endpoint in endpoints.iter().filter(wants) {
            let (stripe, url) = (Arc::clone(stripe), endpoint.url.clone());
            let (pause, times, event) = (rule.pause(), rule.times, event.clone());
            let delivery = tokio::spawn(async move {
                sleep(pause).await;
                for _ in 0..times {
                    until_taken(&stripe, &url, &event).await;
                }
            });
            if rule.before_answer {
                awaited.push(delivery);
            }
        }
    }
    awaited
}

/// Retries with growing pauses for three days, after any answer but 2xx, while the endpoint exists.
async fn until_taken(stripe: &Stripe, url: &Url, event: &Event) {
    let gives_up_at = Instant::now() + Duration::from_secs(3 * 24 * 60 * 60);
    let mut pause = Duration::from_secs(1);
    while stripe.books().secrets_of(url).is_some() {
        match attempt(stripe, url, event).await {
            Some(200..=299) => return,
            _ if Instant::now() + pause > gives_up_at => return,
            _ => sleep(pause).await,
        }
        pause *= 2;
    }
}

/// Delivers an event once, signed now with the endpoint's secrets of now, and returns the answer.
pub(super) async fn attempt(stripe: &Stripe, url: &Url, event: &Event) -> Option<u16> {
    let secrets = stripe.books().secrets_of(url)?;
    let at = Timestamp::now();
    let body = serde_json::to_string_pretty(event).ok()?;
    let request = stripe.http.post(url.clone()).timeout(PATIENCE);
    let sent = request
        .header("content-type", "application/json; charset=utf-8")
        .header(
            "stripe-signature",
            signature(at.as_second(), &body, &secrets),
        )
        .body(body)
        .send()
        .await;
    let status = sent.ok().map(|response| response.status().as_u16());
    tracing::info!(event = event.id, kind = event.kind, %url, ?status, "event sent");
    stripe.books().deliveries.add(Attempt {
        at,
        url: url.to_string(),
        event: event.id.clone(),
        kind: event.kind.clone(),
        object: event.data.object["id"].as_str().map(str::to_owned),
        request_id: event.request_id().map(str::to_owned),
        status,
    });
    status
}

/// `t=<seconds>,v1=<HMAC of "t.body" in hexadecimal>`, with a `v1` for each secret.
fn signature(second: i64, body: &str, secrets: &[String]) -> String {
    let mut header = format!("t={second}");
    for secret in secrets {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, format!("{second}.{body}").as_bytes());
        header += ",v1=";
        for byte in tag.as_ref() {
            header += &format!("{byte:02x}");
        }
    }
    header
}

/// The longest that one attempt can take.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_signs_time_and_body() {
        let secrets = ["whsec_a".to_owned(), "whsec_b".to_owned()];
        // By Python's hmac.
        let expected = "t=12,\
            v1=125c363802160fbda1189a95bd8f15fd6ea165c87ab137429f3fc4c464f40d89,\
            v1=e7e54fc8d9cc0a13096afe109d256b0447f6b43fad859eed65fb695a5fc23056";
        assert_eq!(signature(12, "{}", &secrets), expected);
    }
}
