//! A call of the partner, beside one by a bare client with the same signature.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use activities::Clients;
use activities::key_ring::{Key, KeyRing, Validity};
use activities::partner::Partner;
use activities::partner::sky::key_pair::{Payment, SigningKey};
use activities::partner::sky::signature::{sign, string_to_sign};
use activities::partner::sky::{Guarantees, Settings, Sky};
use anyhow::{anyhow, ensure};
use workflows::contract::kind::Kind;

use crate::Arguments;
use crate::report::Figure;
use crate::scene::Scene;
use crate::signatures::nanos;

/// How often in a round.
const TIMES: u32 = 200;

const MERCHANT_ID: &str = "m-1001";
const PATH: &str = "/v1/initSession";
const BODY: &[u8] = br#"{"orderId":"sky-key-check","operation":"PAYMENT"}"#;
const PATIENCE: Duration = Duration::from_secs(10);

/// A call that moves nothing, which the simulated partner answers at once.
pub(crate) async fn calls(scene: &Scene, arguments: &Arguments) -> anyhow::Result<Vec<Figure>> {
    let (key_id, key) = new_key(scene).await?;
    let (mut owns, mut bares) = (Vec::new(), Vec::new());
    let sky = sky(scene, &key_id, read(&key)?)?;
    let bare = reqwest::Client::builder().no_proxy().build()?;
    let key = read(&key)?;
    for round in 0..=arguments.rounds {
        let begun = Instant::now();
        for _ in 0..TIMES {
            sky.try_key(Kind::ExtraPayment, None, PATIENCE)
                .await
                .map_err(|problem| anyhow!(problem))?;
        }
        let own = each(begun);
        let begun = Instant::now();
        for _ in 0..TIMES {
            bare_call(&bare, scene.stack.partner().url(), &key_id, &key).await?;
        }
        // The first round warms the connections.
        if round > 0 {
            owns.push(own);
            bares.push(each(begun));
        }
    }
    let what = "call of the partner, beside bare reqwest";
    Ok(vec![Figure::new(what, "µs", owns, bares)])
}

/// A key that the partner knows, and the path of its private half.
async fn new_key(scene: &Scene) -> anyhow::Result<(String, PathBuf)> {
    let id = "bench";
    scene.stack.new_key("payment", id).await?;
    let path = scene.stack.folder().join("keys").join(format!("{id}.pem"));
    Ok((id.to_owned(), path))
}

fn read(path: &Path) -> anyhow::Result<SigningKey<Payment>> {
    SigningKey::read(path).map_err(|problem| anyhow!(problem))
}

fn sky(scene: &Scene, key_id: &str, key: SigningKey<Payment>) -> anyhow::Result<Sky> {
    let clients = Clients::new(None, PATIENCE).map_err(|problem| anyhow!(problem))?;
    let keys = vec![Key::new(key_id.to_owned(), Validity::default(), key)];
    let settings = Settings {
        account: "bench".to_owned(),
        url: scene.stack.partner().url().parse()?,
        merchant_id: MERCHANT_ID.to_owned(),
        payment_keys: Arc::new(KeyRing::new("bench", Kind::ExtraPayment, keys)),
        reversal_keys: Arc::new(KeyRing::new("bench", Kind::PaymentReversal, vec![])),
        guarantees: Guarantees::default(),
    };
    Sky::new(settings, &Arc::new(clients)).map_err(|problem| anyhow!(problem))
}

async fn bare_call(
    client: &reqwest::Client,
    partner: &str,
    key_id: &str,
    key: &SigningKey<Payment>,
) -> anyhow::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let signature = sign(key, &string_to_sign(PATH, MERCHANT_ID, key_id, now, BODY));
    let request = client
        .post(format!("{}{PATH}", partner.trim_end_matches('/')))
        .header("Content-Type", "application/json")
        .header("X-Merchant-Id", MERCHANT_ID)
        .header("X-Key-Id", key_id)
        .header("X-Timestamp", now)
        .header("X-Signature", signature)
        .body(BODY);
    let answer = request.send().await?;
    let status = answer.status();
    answer.bytes().await?;
    ensure!(status.as_u16() < 500, "the partner answers {status}");
    Ok(())
}

fn each(begun: Instant) -> u64 {
    nanos(begun.elapsed() / TIMES)
}
