//! Stripe's API as others serve it: the calls that pay orders, and its lists.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use reqwest::RequestBuilder;
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Process;
use crate::secret_file;
use crate::simulator::Simulator;
use crate::stripe::PaidOrder;

/// The API of one account, with a key for payments and one for reversals. Dropping it kills the
/// process that serves it.
pub struct StripeApi {
    // Dropped before its folder.
    _process: Process,
    simulator: Simulator,
    folder: TempDir,
}

impl StripeApi {
    /// Has a script serve it on a free port, with the Python packages of a folder and new keys. The
    /// account is at `path` there.
    pub(crate) async fn serve(
        name: &str,
        python: &str,
        script: &str,
        packages: &Path,
        path: &str,
    ) -> anyhow::Result<StripeApi> {
        let folder = TempDir::with_prefix(format!("sky-{name}-"))?;
        let logs = folder.path().join("logs");
        fs::create_dir(&logs)?;
        for key in [PAYMENT_KEY, REVERSAL_KEY] {
            secret_file::create_with_prefix("sk_test_", &folder.path().join(key))?;
        }
        let mut command = Command::new(python);
        command
            .arg(script)
            .env("PYTHONPATH", packages)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let process = Process::start(name, &command, &logs).await?;
        Ok(StripeApi {
            simulator: Simulator::new(process.announced("listening")? + path)?,
            _process: process,
            folder,
        })
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> &str {
        self.simulator.url()
    }

    pub(crate) fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// The files of the keys for payments and for reversals. Any key that begins with `sk_` is
    /// taken.
    pub fn key_files(&self) -> [PathBuf; 2] {
        let folder: &Path = self.folder.path();
        [folder.join(PAYMENT_KEY), folder.join(REVERSAL_KEY)]
    }

    /// Pays an order with a card that is saved. The amount is in Stripe's units, the currency in
    /// small letters.
    pub async fn pay_order(
        &self,
        order_id: &str,
        amount: i64,
        currency: &str,
    ) -> anyhow::Result<PaidOrder> {
        let order = self.order(order_id, amount, currency, "4242424242424242", true);
        order.await
    }

    /// Creates an order with a saved card that is declined when it is charged, and so was not paid.
    pub async fn unpaid_order(
        &self,
        order_id: &str,
        amount: i64,
        currency: &str,
    ) -> anyhow::Result<PaidOrder> {
        let order = self.order(order_id, amount, currency, "4000000000000341", false);
        order.await
    }

    async fn order(
        &self,
        order_id: &str,
        amount: i64,
        currency: &str,
        card: &str,
        is_paid: bool,
    ) -> anyhow::Result<PaidOrder> {
        let customer = id(&self.call("/v1/customers", "description=a+rider").await?)?;
        let card = format!(
            "type=card&card[number]={card}&card[exp_month]=12&card[exp_year]=2099&card[cvc]=123"
        );
        let payment_method = id(&self.call("/v1/payment_methods", &card).await?)?;
        let path = format!("/v1/payment_methods/{payment_method}/attach");
        self.call(&path, &format!("customer={customer}")).await?;
        let payment = format!(
            "amount={amount}&currency={currency}&customer={customer}\
             &payment_method={payment_method}&metadata[order_id]={order_id}&confirm={is_paid}"
        );
        let payment = self.call("/v1/payment_intents", &payment).await?;
        let was_paid = payment["status"] == "succeeded";
        ensure!(was_paid == is_paid, "the order is in another state");
        Ok(PaidOrder {
            customer,
            payment_method,
            payment_intent: id(&payment)?,
        })
    }

    /// Makes a call of Stripe's API, with its parameters as a form.
    pub async fn call(&self, path: &str, form: &str) -> anyhow::Result<Value> {
        let http = self.simulator.http();
        let request = http
            .post(format!("{}{path}", self.url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        self.send(request, path).await
    }

    /// Reads the first hundred objects of a list.
    pub async fn list(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let url = format!("{}{path}?limit=100", self.url());
        let list = self.send(self.simulator.http().get(url), path).await?;
        list["data"].as_array().cloned().context("it is no list")
    }

    async fn send(&self, request: RequestBuilder, path: &str) -> anyhow::Result<Value> {
        let [key, _] = self.key_files();
        let response = request.bearer_auth(fs::read_to_string(key)?).send().await?;
        let status = response.status();
        let body = response.text().await?;
        ensure!(status.is_success(), "{path} answered {status}: {body}");
        Ok(serde_json::from_str(&body)?)
    }
}

fn id(object: &Value) -> anyhow::Result<String> {
    let id = object["id"].as_str();
    id.map(str::to_owned).context("the answer has no id")
}

const PAYMENT_KEY: &str = "stripe-key";
const REVERSAL_KEY: &str = "stripe-reversal-key";
