//! What the doctor says, as an operator reads it.

use activities::reach::Reached;
use jiff::{SignedDuration, Timestamp};
use workflows::contract::account::AccountKey;

use super::*;
use crate::views::assert_view;

#[test]
fn findings_fit_the_terminal() {
    let reached = |status| Reached {
        status,
        ahead: Some(SignedDuration::from_secs(95)),
        has_gateways_id: true,
    };
    let key: AccountKey = serde_json::from_value(serde_json::json!({
        "kind": "extra_payment", "key_id": "pay-1", "not_after": "2026-12-01",
    }))
    .unwrap();
    let now: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
    let partner = "the partner of kg-main at https://api.sky.example";
    let gateway = "the gateway at https://callbacks.example.com";
    let refused = "error sending request: client error (Connect): tcp connect error: Connection \
                   refused (os error 111)";
    let findings = [
        Finding::ok("/etc/sky-worker/worker.toml", GOOD),
        accounts::clock(partner, &reached(200)),
        accounts::expiry("kg-main", &key, now).unwrap(),
        reaching::unreachable(
            "billing at https://billing.example.com".to_owned(),
            refused.to_owned(),
            "billing.url",
        ),
        gateway::address(gateway, Ok(reached(403))),
        gateway::address(gateway, Ok(reached(404))),
        gateway::secret(gateway, Ok(reached(403))),
    ];
    assert_view("doctor", &findings.map(|it| it.to_string()).join("\n"));
}
