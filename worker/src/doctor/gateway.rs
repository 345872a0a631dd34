//! The gateway, called at its public address as the partner calls it: with a request that it must
//! refuse, and with one that is about no payment.

use activities::reach::{self, Reached};
use callback_token::QUERY_PARAMETER;
use doctor::Finding;
use jiff::Timestamp;
use serde_json::json;
use url::Url;
use workflows::contract::ids::RequestId;

use super::reaching::host;
use crate::configuration::Configuration;

/// No caller chooses this id, so no workflow has it.
const NOBODYS: &str = "sky-doctor-asks-whether-you-are-there";

/// Looks at the address, and at the secret that the worker signs with.
pub(super) async fn look(configuration: &Configuration) -> Vec<Finding> {
    let url = configuration.configuration.callback.for_payments();
    let about = format!("the gateway at {}", host(url));
    let address = address(&about, call(configuration, url).await);
    let is_there = !address.is_wrong();
    let mut findings = vec![address];
    if is_there && let Some(url) = with_token(configuration, url) {
        findings.push(secret(&about, call(configuration, &url).await));
    }
    findings
}

async fn call(configuration: &Configuration, url: &Url) -> Result<Reached, String> {
    let within = configuration.configuration.schedule.request_timeout;
    let body = json!({ "request_id": NOBODYS });
    reach::post(&configuration.clients, url, &body, within).await
}

fn with_token(configuration: &Configuration, url: &Url) -> Option<Url> {
    let request_id = RequestId::parse(NOBODYS).ok()?;
    let token = configuration
        .partner
        .secret()
        .issue(&request_id, Timestamp::now());
    let mut url = url.clone();
    url.query_pairs_mut().append_pair(QUERY_PARAMETER, &token);
    Some(url)
}

pub(super) fn address(about: &str, without_token: Result<Reached, String>) -> Finding {
    match without_token {
        Ok(Reached {
            status: 403,
            has_gateways_id: true,
            ..
        }) => Finding::ok(
            about,
            "is called as the partner calls it, and refuses what has no token",
        ),
        Ok(Reached { status, .. }) => Finding::wrong(
            about,
            format!(
                "a callback without a token is answered {status}, and not with the gateway's 403"
            ),
            "something else answers there: let callback.url lead to gateway.listen, with its path as it is",
        ),
        Err(error) => Finding::wrong(
            about,
            format!("does not answer: {error}"),
            "start `sky-callback-gateway run`, correct callback.url, or open the way to it; the partner \
             calls the same address",
        ),
    }
}

pub(super) fn secret(about: &str, with_token: Result<Reached, String>) -> Finding {
    let about = format!("{about}, callback.secrets");
    match with_token {
        Ok(Reached {
            status: 404 | 200, ..
        }) => Finding::ok(about, "takes this worker's tokens"),
        Ok(Reached { status: 403, .. }) => Finding::wrong(
            about,
            "does not take this worker's tokens",
            "give the gateway the worker's first callback secret, with the same id, and restart it; \
             if it has it, this machine is not in gateway.allowed_networks",
        ),
        Ok(Reached { status: 503, .. }) => Finding::wrong(
            about,
            "takes this worker's tokens, and can't reach Temporal",
            "look at the gateway's /health/ready and at its TEMPORAL_ADDRESS",
        ),
        Ok(Reached { status, .. }) => Finding::warning(
            about,
            format!("a callback about no payment is answered {status}"),
            "look into the gateway's log",
        ),
        Err(error) => Finding::warning(about, format!("does not answer: {error}"), "look again"),
    }
}
