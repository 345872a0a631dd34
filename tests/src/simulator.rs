//! What all simulators have in common over HTTP, under `/sim`.

use anyhow::{Context, ensure};
use reqwest::{Client, Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) struct Simulator {
    url: String,
    http: Client,
}

impl Simulator {
    pub(crate) fn new(url: String) -> anyhow::Result<Simulator> {
        // reqwest needs a TLS provider even if nothing is encrypted. Installing a second one fails,
        // and then nothing more is needed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().build()?;
        Ok(Simulator { url, http })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn http(&self) -> &Client {
        &self.http
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let answer = self.text(path).await?;
        serde_json::from_str(&answer).with_context(|| format!("{path} answered {answer}"))
    }

    pub(crate) async fn text(&self, path: &str) -> anyhow::Result<String> {
        self.send(self.http.get(self.at(path)), path).await
    }

    pub(crate) async fn tell(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<()> {
        let request = self.http.request(method, self.at(path)).json(body);
        self.send(request, path).await.map(|_| ())
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let request = self.http.request(method, self.at(path)).json(body);
        let answer = self.send(request, path).await?;
        serde_json::from_str(&answer).with_context(|| format!("{path} answered {answer}"))
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn send(&self, request: RequestBuilder, path: &str) -> anyhow::Result<String> {
        let response = request.send().await?;
        let status = response.status();
        let body = response.text().await?;
        ensure!(status.is_success(), "{path} answered {status}: {body}");
        Ok(body)
    }
}
