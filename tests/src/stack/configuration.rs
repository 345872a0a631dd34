//! The configuration files of one stack.

use crate::stripe::Stripe;

/// The worker's file.
pub(super) const WORKER: &str = "worker.toml";
/// The gateway's file.
pub(super) const GATEWAY: &str = "gateway.toml";
/// The secret of the callback tokens.
pub(super) const CALLBACK_SECRET: &str = "callback-secret";
/// Billing's bearer token.
pub(super) const BILLING_TOKEN: &str = "billing-token";
/// procaas' bearer token.
pub(super) const PROCAAS_TOKEN: &str = "procaas-token";
/// The folder of the signing keys.
pub(super) const KEYS: &str = "keys";
/// The partner's id of the merchant.
pub(super) const MERCHANT_ID: &str = "m-1001";
/// The key that signs payments.
pub(super) const PAYMENT_KEY: &str = "pay-1";
/// The key that signs reversals.
pub(super) const REVERSAL_KEY: &str = "rev-1";

/// How long to wait for what, in the format of the worker's configuration; seconds instead of the
/// minutes and hours of real payments.
#[derive(Clone, Copy, Debug)]
pub struct Timings {
    /// How long one HTTP request may take.
    pub request_timeout: &'static str,
    /// How long after a submission the partner is first asked if no callback has come.
    pub first_check: &'static str,
    /// The factor by which each pause is longer than the one before it.
    pub growth: u32,
    /// The longest that a pause may become.
    pub longest_pause: &'static str,
    /// How long after the second in which the partner may accept a submission it may not show it.
    pub shows_within: &'static str,
    /// How long an operation may stay open before it needs attention.
    pub needs_attention_after: &'static str,
    /// How often the partner is asked while an operation needs attention.
    pub attention_check: &'static str,
    /// How long after its end the partner is asked once more about a completed operation, if it is.
    pub look_again_after: Option<&'static str>,
}

impl Default for Timings {
    fn default() -> Timings {
        Timings {
            request_timeout: "2s",
            first_check: "2s",
            growth: 2,
            longest_pause: "10s",
            shows_within: "2s",
            needs_attention_after: "2m",
            attention_check: "10s",
            look_again_after: None,
        }
    }
}

/// The addresses that the worker calls or gives to others.
pub(super) struct Addresses<'a> {
    pub(super) gateway: &'a str,
    pub(super) partner: &'a str,
    pub(super) billing: &'a str,
}

/// The content of the worker's file.
pub(super) fn worker(addresses: &Addresses<'_>, timings: &Timings) -> String {
    let Addresses {
        gateway,
        partner,
        billing,
    } = addresses;
    let Timings {
        request_timeout,
        first_check,
        growth,
        longest_pause,
        shows_within,
        needs_attention_after,
        attention_check,
        look_again_after,
    } = timings;
    let look_again = look_again_after.is_some();
    let look_again_after = look_again_after.unwrap_or("24h");
    format!(
        r#"[worker]
task_queue = "sky-technologies-integration"
private_listen = "127.0.0.1:0"
open_operations_interval = "2s"
shutdown_grace = "5s"

[callback]
url = "{gateway}/v1/on_payment_completed"
allowed_origins = []
secrets = [{{ id = "demo", file = "{CALLBACK_SECRET}" }}]

[schedule]
request_timeout = "{request_timeout}"
first_check = "{first_check}"
growth = {growth}
longest_pause = "{longest_pause}"
needs_attention_after = "{needs_attention_after}"
attention_check = "{attention_check}"
look_again = {look_again}
look_again_after = "{look_again_after}"

[accounts.kg-main]
partner = "sky"
accepts_within = "1s"
shows_within = "{shows_within}"
partner_url = "{partner}"
merchant_id = "{MERCHANT_ID}"
payment_key = {{ id = "{PAYMENT_KEY}", file = "{KEYS}/{PAYMENT_KEY}.pem", not_after = "2126-11-24" }}
reversal_key = {{ id = "{REVERSAL_KEY}", file = "{KEYS}/{REVERSAL_KEY}.pem" }}

[[routes]]
country = "KG"
account = "kg-main"

[billing]
url = "{billing}"
token_file = "{BILLING_TOKEN}"
"#
    )
}

/// The additional settings of the worker if saved cards are enabled.
pub(super) fn saved_cards(procaas: &str) -> String {
    format!(
        r#"
[saved_cards]
url = "{procaas}/v1/saved-cards"
token_file = "{PROCAAS_TOKEN}"
"#
    )
}

/// The account at Stripe, which is called at this address, and the cities that it serves.
pub(super) fn stripe(stripe: &Stripe, url: &str) -> String {
    let payment_key = stripe.payment_key_file().display().to_string();
    let reversal_key = stripe.reversal_key_file().display().to_string();
    format!(
        r#"
[accounts.stripe-main]
partner = "stripe"
partner_url = "{url}"
payment_key = {{ file = "{payment_key}" }}
reversal_key = {{ file = "{reversal_key}" }}

[[routes]]
country = "KG"
city = "Osh"
account = "stripe-main"

[[routes]]
country = "KZ"
city = "Almaty"
account = "stripe-main"
"#
    )
}

/// Where the gateway takes Stripe's events.
pub(super) const WEBHOOKS: &str = "/v1/webhooks/stripe/stripe-main";

/// The tables of the gateway for Stripe's events.
pub(super) fn webhooks(stripe: &Stripe) -> String {
    let secret = stripe.webhook_secret_file().display().to_string();
    format!("\n[webhooks.stripe.stripe-main]\nsecrets = [{{ file = \"{secret}\" }}]\n")
}

/// The content of the gateway's file.
pub(super) fn gateway(
    listen: &str,
    private_listen: &str,
    settings: &str,
    saved_cards: bool,
) -> String {
    format!(
        r#"[gateway]
listen = "{listen}"
private_listen = "{private_listen}"
{settings}

[saved_cards]
enabled = {saved_cards}

[[callback.secrets]]
id = "demo"
file = "{CALLBACK_SECRET}"
"#
    )
}
