//! Payments of another account, most of which hang: at its partner, or in billing.

use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use payments_client::{Payments, PaymentsClient};
use serde_json::{Value, json};
use tokio::time::timeout;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::outcome::Ending;

use crate::scene::Scene;
use crate::subject::{new_id, request};

const ACCOUNT: &str = "kg-slow";

/// How many of its steps hang at any time.
const AT_ONCE: u32 = 50;

/// How long a step hangs: `request_timeout` of the scene.
const HANGS: Duration = Duration::from_secs(10);

/// What does not hang any more has ended after this time, or needs to be woken again.
const ENDS_WITHIN: Duration = Duration::from_secs(2);

/// What goes wrong.
#[derive(Clone, Copy)]
pub(super) enum Neighbour {
    SlowPartner,
    SilentPartner,
    /// It takes submissions and calls back, so only here a question is tried the short way.
    SilentAboutStatus,
    SilentBilling,
}

/// The payments that were started.
pub(super) struct Hanging<'a> {
    neighbour: Neighbour,
    scene: &'a Scene,
    payments: PaymentsClient,
    started: Mutex<Vec<RequestId>>,
}

impl Neighbour {
    pub(super) const ALL: [Neighbour; 4] = [
        Neighbour::SlowPartner,
        Neighbour::SilentPartner,
        Neighbour::SilentAboutStatus,
        Neighbour::SilentBilling,
    ];

    pub(super) fn label(self) -> &'static str {
        match self {
            Neighbour::SlowPartner => "50 whose partner answers in 2 s",
            Neighbour::SilentPartner => "50 whose partner is silent",
            Neighbour::SilentAboutStatus => "50 whose partner calls back and is silent when asked",
            Neighbour::SilentBilling => "50 payments whose billing is silent",
        }
    }

    pub(super) async fn begin(self, scene: &Scene) -> anyhow::Result<Hanging<'_>> {
        if let Neighbour::SilentBilling = self {
            let silence = json!([{ "kind": "silence", "times": 0 }]);
            scene.stack.billing().set_faults(silence).await?;
        }
        Ok(Hanging {
            neighbour: self,
            scene,
            payments: scene.client(),
            started: Mutex::default(),
        })
    }

    /// What its partner does with each payment.
    fn scenario(self) -> Value {
        let faults = |kind: Value| {
            let calls = ["init_session", "submit", "status"];
            calls.map(|on| json!({ "on": on, "kind": kind, "times": 0 }))
        };
        match self {
            Neighbour::SlowPartner => json!({ "faults": faults(json!({ "slow": "2s" })) }),
            Neighbour::SilentPartner => json!({ "faults": faults(json!("silence")) }),
            // The first question is the one before the submission.
            Neighbour::SilentAboutStatus => {
                let silence = json!({ "on": "status", "kind": "silence", "skip": 1, "times": 0 });
                json!({ "faults": [silence] })
            }
            Neighbour::SilentBilling => json!({}),
        }
    }
}

impl Hanging<'_> {
    /// Starts one payment after the other in each of 50 places, which begin evenly spread: 50 payments
    /// in the same moment would be measured as a load of the machine. Those of which a step hung stay
    /// open, and grow more, as in a long outage. Ends only with an error.
    pub(super) async fn keep_up(&self) -> anyhow::Error {
        let places = (0..AT_ONCE).map(async |place| {
            tokio::time::sleep(HANGS / AT_ONCE * place).await;
            loop {
                self.hang_one().await?;
            }
        });
        let ended: anyhow::Result<Vec<()>> = futures::future::try_join_all(places).await;
        ended
            .err()
            .unwrap_or_else(|| anyhow::anyhow!("the neighbour ended"))
    }

    async fn hang_one(&self) -> anyhow::Result<()> {
        let id = new_id();
        let partner = self.scene.stack.partner();
        let scenario = self.neighbour.scenario();
        partner
            .set_order_scenario(&format!("o-{id}"), scenario)
            .await?;
        let request = request(&id, Some(ACCOUNT))?;
        let started = self.payments.start(Kind::ExtraPayment, &request).await?;
        let id = started.request_id;
        self.started
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(id.clone());
        match self.neighbour {
            Neighbour::SlowPartner => {
                self.payments.result(&id).await?;
            }
            Neighbour::SilentPartner | Neighbour::SilentAboutStatus | Neighbour::SilentBilling => {
                tokio::time::sleep(HANGS).await;
            }
        }
        Ok(())
    }

    /// Ends all that was started.
    pub(super) async fn end(self) -> anyhow::Result<()> {
        if let Neighbour::SilentBilling = self.neighbour {
            self.scene.stack.billing().set_faults(json!([])).await?;
        }
        let ids = self
            .started
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let ended = ids.iter().map(async |id| self.end_one(id).await);
        let ended = stream::iter(ended).buffer_unordered(AT_ONCE as usize);
        ended.try_collect().await
    }

    async fn end_one(&self, id: &RequestId) -> anyhow::Result<()> {
        if let Neighbour::SilentPartner | Neighbour::SilentAboutStatus = self.neighbour {
            let partner = self.scene.stack.partner();
            let order = format!("o-{id}");
            partner.set_order_scenario(&order, json!({})).await?;
        }
        let operation = self.payments.operation(id);
        loop {
            // It may have ended. If a step hangs still, this only waits for that step.
            let _ = operation.check_now().await;
            if let Ok(end) = timeout(ENDS_WITHIN, operation.result()).await {
                ensure!(end?.outcome == Ending::Completed, "{id} is not completed");
                return Ok(());
            }
        }
    }
}

/// Restarts the worker with a second account like the first, with keys of its own.
pub(super) async fn add_account(scene: &mut Scene) -> anyhow::Result<()> {
    let path = scene.stack.folder().join("worker.toml");
    let text = fs::read_to_string(&path)?;
    let (_, account) = text
        .split_once("[accounts.kg-main]")
        .context("no account")?;
    let mut account = account.split("\n[").next().unwrap_or_default().to_owned();
    for (purpose, key, other) in [
        ("payment", "pay-1", "pay-2"),
        ("reversal", "rev-1", "rev-2"),
    ] {
        scene.stack.new_key(purpose, other).await?;
        account = account.replace(key, other);
    }
    fs::write(&path, format!("{text}\n[accounts.{ACCOUNT}]{account}\n"))?;
    scene.stack.stop_worker().await?;
    scene.stack.start_worker().await
}
