//! Stripe, as others play it: their understanding of Stripe, not ours. Both always answer the truth
//! at once, so what is not lost on the way there or back can't be staged.

use serde_json::Value;

use crate::conformance::back_end::{BackEnd, Staged};
use crate::conformance::trouble::{Loss, Trouble};
use crate::stripe::{Movement, main_units};
use crate::stripe_api::StripeApi;
use crate::{
    Builder, FaultProxy, Injection, LedgerEntry, LocalStripe, Operation, OperationKind, Policy,
    Stack, StripeWorld,
};

/// A running localstripe. It knows no idempotency keys and no `off_session`.
pub struct AtLocalStripe(LocalStripe, Wire);

/// A running Stripe World.
pub struct AtStripeWorld(StripeWorld, Wire);

impl AtLocalStripe {
    /// Starts it; the error says in one line why it can't be had here.
    pub async fn start() -> anyhow::Result<AtLocalStripe> {
        let localstripe = LocalStripe::start().await?;
        let wire = Wire::to(localstripe.api()).await?;
        Ok(AtLocalStripe(localstripe, wire))
    }
}

impl AtStripeWorld {
    /// Starts it; the error says in one line why it can't be had here.
    pub async fn start() -> anyhow::Result<AtStripeWorld> {
        let world = StripeWorld::start().await?;
        let wire = Wire::to(world.api()).await?;
        Ok(AtStripeWorld(world, wire))
    }
}

impl BackEnd for AtLocalStripe {
    const NAME: &'static str = "localstripe";
    const MERCHANT: &'static str = "localstripe";
    const DECLINE_CODE: &'static str = "card_declined";

    fn add_to(&self, builder: Builder) -> Builder {
        let account = account(AtLocalStripe::MERCHANT, self.0.api(), &self.1);
        builder.worker_settings(&format!("{account}off_session = false\n"))
    }

    async fn stage(
        &self,
        _: &Stack,
        operation: Operation,
        paid: &str,
        trouble: Trouble,
    ) -> anyhow::Result<Staged> {
        if trouble == Trouble::MoreThanWasPaid {
            return Ok(Staged::Impossible("it gives back more than was paid"));
        }
        stage(self.0.api(), &self.1, operation, paid, trouble).await
    }

    async fn ledger(&self, _: &Stack, request_id: &str) -> anyhow::Result<Vec<LedgerEntry>> {
        ledger(self.0.api(), request_id).await
    }
}

impl BackEnd for AtStripeWorld {
    const NAME: &'static str = "Stripe World";
    const MERCHANT: &'static str = "stripe-world";
    const DECLINE_CODE: &'static str = "generic_decline";

    fn add_to(&self, builder: Builder) -> Builder {
        builder.worker_settings(&account(AtStripeWorld::MERCHANT, self.0.api(), &self.1))
    }

    async fn stage(
        &self,
        _: &Stack,
        operation: Operation,
        paid: &str,
        trouble: Trouble,
    ) -> anyhow::Result<Staged> {
        stage(self.0.api(), &self.1, operation, paid, trouble).await
    }

    async fn ledger(&self, _: &Stack, request_id: &str) -> anyhow::Result<Vec<LedgerEntry>> {
        ledger(self.0.api(), request_id).await
    }
}

/// The way from the worker to the API, on which requests and answers are lost.
struct Wire {
    proxy: FaultProxy,
    /// The API's address on this way.
    url: String,
}

impl Wire {
    async fn to(api: &StripeApi) -> anyhow::Result<Wire> {
        let (scheme, rest) = api.url().split_once("://").unwrap_or_default();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let proxy = FaultProxy::start(&format!("{scheme}://{host}"), Policy::NONE).await?;
        let url = format!("{}/{path}", proxy.url());
        let url = url.trim_end_matches('/').to_owned();
        Ok(Wire { proxy, url })
    }

    /// Loses the call that moves the money of this operation, or its answer; false if it can't be
    /// lost in this way. The call is known by its idempotency key.
    fn lose(&self, operation: &Operation, trouble: Trouble) -> bool {
        let injection = match trouble {
            Trouble::AnswerLost(Loss::Reset) => Injection::ResetAfter,
            Trouble::AnswerLost(Loss::Silence) => Injection::AnswerLost,
            Trouble::AnswerLost(Loss::Garbage) => Injection::HalfAnswer,
            Trouble::SubmissionLost(Loss::Reset) => Injection::ResetBefore,
            _ => return false,
        };
        let call = match operation.kind {
            OperationKind::ExtraPayment => "confirm",
            OperationKind::Reversal => "refund",
        };
        let key = format!("{}/{call}", operation.workflow_id());
        self.proxy.strike(&key, injection);
        true
    }
}

fn account(merchant: &str, api: &StripeApi, wire: &Wire) -> String {
    let [payment_key, reversal_key] = api.key_files().map(|file| file.display().to_string());
    let url = &wire.url;
    format!(
        r#"
[accounts.{merchant}]
partner = "stripe"
partner_url = "{url}"
payment_key = {{ file = "{payment_key}" }}
reversal_key = {{ file = "{reversal_key}" }}
"#
    )
}

async fn stage(
    api: &StripeApi,
    wire: &Wire,
    operation: Operation,
    paid: &str,
    trouble: Trouble,
) -> anyhow::Result<Staged> {
    let is_payment = operation.kind == OperationKind::ExtraPayment;
    let (order_id, currency) = (&operation.order_id, operation.currency.to_lowercase());
    let paid = main_units::amount(paid, &operation.currency);
    let order = match trouble {
        Trouble::None | Trouble::MoreThanWasPaid | Trouble::AmountWithoutForm => {
            api.pay_order(order_id, paid, &currency).await?
        }
        Trouble::Declines if is_payment => api.unpaid_order(order_id, paid, &currency).await?,
        // Nothing can have been paid in such a currency.
        Trouble::CurrencyNotTaken => return Ok(Staged::For(operation.paid_by("pi_none"))),
        Trouble::NoReference => return Ok(Staged::For(operation)),
        Trouble::NoCallback | Trouble::CallbackFirst | Trouble::CallbackRepeated => {
            return Ok(Staged::Impossible(
                "it sends no events, or only when all is over",
            ));
        }
        Trouble::Declines | Trouble::FailsAfterwards => {
            return Ok(Staged::Impossible("its refunds always succeed at once"));
        }
        lost if wire.lose(&operation, lost) => api.pay_order(order_id, paid, &currency).await?,
        _ => return Ok(Staged::Impossible("it always answers the truth at once")),
    };
    Ok(Staged::For(operation.paid_by(&order.payment_intent)))
}

/// What succeeded, by its objects: there is no ledger.
async fn ledger(api: &StripeApi, request_id: &str) -> anyhow::Result<Vec<LedgerEntry>> {
    let mut moved = Vec::new();
    for (path, kind) in [("/v1/payment_intents", "charge"), ("/v1/refunds", "refund")] {
        for object in api.list(path).await? {
            let is_ours = object["metadata"]["request_id"] == request_id;
            if is_ours && object["status"] == "succeeded" {
                moved.extend(movement(kind, &object).entry());
            }
        }
    }
    Ok(moved)
}

fn movement(kind: &str, object: &Value) -> Movement {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let id = text(&object["id"]).unwrap_or_default();
    let payment_intent = text(&object["payment_intent"]);
    Movement {
        kind: kind.to_owned(),
        payment_intent: payment_intent.unwrap_or_else(|| id.clone()),
        id,
        amount: object["amount"].as_i64().unwrap_or_default(),
        currency: text(&object["currency"]).unwrap_or_default(),
        request_id: text(&object["metadata"]["request_id"]),
        order_id: text(&object["metadata"]["order_id"]),
        idempotency_key: None,
        status: text(&object["status"]).unwrap_or_default(),
    }
}
