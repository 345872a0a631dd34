//! The calls to each account's partner, as Prometheus has counted them at all workers.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use temporalio_common::telemetry::ensure_default_crypto_provider;

const QUERY: &str = "sum by (merchant, result) (rate(sky_partner_requests_total[5m]))";

/// The partner answered, and said no. A payment that it declines is no refusal.
const REFUSED: [&str; 4] = ["refused", "access_denied", "key_not_known", "rate_limited"];

const UNANSWERED: [&str; 2] = ["not_connected", "unclear"];

/// Operators wait for the whole list.
const PATIENCE: Duration = Duration::from_secs(5);

/// The rates of an account take some 1,000 bytes.
const LARGEST_ANSWER: usize = 4_000_000;

/// The calls to all partners.
#[derive(Debug)]
pub(super) struct Calls(Vec<Rate>);

/// The calls of one account in a second, over the last five minutes.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct CallRates {
    per_second: f64,
    refused_per_second: f64,
    unanswered_per_second: f64,
}

#[derive(Debug)]
struct Rate {
    merchant: String,
    result: String,
    per_second: f64,
}

#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
enum Answer {
    Success { data: Data },
    Error { error: String },
}

#[derive(Deserialize)]
struct Data {
    result: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    metric: Labels,
    /// The time, and the value as text.
    value: (IgnoredAny, String),
}

#[derive(Deserialize)]
struct Labels {
    merchant: String,
    result: String,
}

impl Calls {
    /// Asks Prometheus at this address. The error names the address, without a password in it.
    pub(super) async fn ask(prometheus: &str) -> anyhow::Result<Calls> {
        let prometheus = address(prometheus)?;
        let answered = query(query_url(&prometheus)).await;
        answered.with_context(|| {
            let address = without_secrets(&prometheus);
            format!("the calls are not known: Prometheus at {address} (--prometheus)")
        })
    }

    /// Reads Prometheus' answer.
    pub(super) fn read(status: StatusCode, body: &[u8]) -> anyhow::Result<Calls> {
        match serde_json::from_slice(body) {
            Ok(Answer::Success { data }) => {
                let rates: anyhow::Result<_> = data.result.into_iter().map(rate).collect();
                Ok(Calls(rates?))
            }
            Ok(Answer::Error { error }) => bail!("it answers {status}: {error}"),
            Err(_) => bail!("it answers {status}, and not as Prometheus does; check the address"),
        }
    }

    /// Those of one account; none if nothing is counted under its name.
    pub(super) fn of(&self, account: &str) -> Option<CallRates> {
        let rates = self.0.iter().filter(|rate| rate.merchant == account);
        let rates: Vec<&Rate> = rates.collect();
        let sum = |counts: &dyn Fn(&str) -> bool| {
            let counted = rates.iter().filter(|rate| counts(&rate.result));
            // The sum of nothing is -0.
            counted.map(|rate| rate.per_second).sum::<f64>().abs()
        };
        (!rates.is_empty()).then(|| CallRates {
            per_second: sum(&|_| true),
            refused_per_second: sum(&|result| REFUSED.contains(&result)),
            unanswered_per_second: sum(&|result| UNANSWERED.contains(&result)),
        })
    }
}

impl CallRates {
    pub(super) fn description(&self) -> String {
        format!(
            "{}/s in 5 min, {}/s refused, {}/s unanswered",
            rounded(self.per_second),
            rounded(self.refused_per_second),
            rounded(self.unanswered_per_second)
        )
    }
}

async fn query(url: Url) -> anyhow::Result<Calls> {
    ensure_default_crypto_provider();
    // As everywhere, only the address that was given is called.
    let client = Client::builder()
        .timeout(PATIENCE)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .build()?;
    let answer = client.get(url).send().await;
    let answer = answer.map_err(reqwest::Error::without_url)?;
    let status = answer.status();
    Calls::read(status, &body(answer).await?)
}

async fn body(mut answer: Response) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            bail!("it answers more than {LARGEST_ANSWER} bytes; check the address");
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// In `localhost:9090`, "localhost" would be the scheme. The error does not repeat the text, which may
/// hold a password.
fn address(text: &str) -> anyhow::Result<Url> {
    match Url::parse(text) {
        Ok(url) if ["http", "https"].contains(&url.scheme()) => Ok(url),
        _ => bail!("--prometheus (SKY_PROMETHEUS_URL) must be like http://localhost:9090"),
    }
}

/// Prometheus may be behind a path of its own.
fn query_url(prometheus: &Url) -> Url {
    let mut url = prometheus.clone();
    let folder = prometheus.path().trim_end_matches('/');
    url.set_path(&format!("{folder}/api/v1/query"));
    url.query_pairs_mut().append_pair("query", QUERY);
    url
}

fn without_secrets(url: &Url) -> Url {
    let mut url = url.clone();
    // They fail only where an address has no host; it can have no password either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url
}

fn rate(sample: Sample) -> anyhow::Result<Rate> {
    let (_, value) = sample.value;
    let per_second = value.parse::<f64>();
    Ok(Rate {
        merchant: sample.metric.merchant,
        result: sample.metric.result,
        per_second: per_second.with_context(|| format!("it answers {value:?} for a number"))?,
    })
}

/// One call in five minutes is 0.003/s.
fn rounded(rate: f64) -> String {
    if rate < 0.0005 {
        "0".to_owned()
    } else if rate < 0.1 {
        format!("{rate:.3}")
    } else {
        format!("{rate:.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_added_up_by_what_became_of_them() {
        let calls = read(
            r#"{"status":"success","data":{"resultType":"vector","result":[
                {"metric":{"merchant":"kg-main","result":"answered"},"value":[1790000000.1,"1.25"]},
                {"metric":{"merchant":"kg-main","result":"rate_limited"},"value":[1790000000,"0.5"]},
                {"metric":{"merchant":"kg-main","result":"refused"},"value":[1790000000,"0.25"]},
                {"metric":{"merchant":"other","result":"unclear"},"value":[1790000000,"0.00333"]}
            ]}}"#,
        );
        let calls = calls.unwrap();
        let words = |account| calls.of(account).map(|rates| rates.description());
        let main = "2.0/s in 5 min, 0.8/s refused, 0/s unanswered";
        assert_eq!(words("kg-main").as_deref(), Some(main));
        let other = "0.003/s in 5 min, 0/s refused, 0.003/s unanswered";
        assert_eq!(words("other").as_deref(), Some(other));
        assert_eq!(words("gone"), None);
    }

    #[test]
    fn what_is_not_understood_is_told() {
        for (body, told) in [
            (
                r#"{"status":"error","errorType":"execution","error":"too busy"}"#,
                "it answers 200 OK: too busy",
            ),
            (
                "<html>Log in</html>",
                "it answers 200 OK, and not as Prometheus does; check the address",
            ),
        ] {
            assert_eq!(read(body).unwrap_err().to_string(), told);
        }
    }

    #[test]
    fn an_address_without_its_scheme_is_refused() {
        assert!(address("https://metrics.example/prometheus").is_ok());
        for text in ["localhost:9090", "metrics.example", "ftp://metrics.example"] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_is_kept_and_a_password_is_not_shown() {
        let given = Url::parse("https://ann:secret@metrics.example/prometheus/?key=k").unwrap();
        let asked = query_url(&given);
        assert_eq!(asked.path(), "/prometheus/api/v1/query");
        let first = asked.query_pairs().next().unwrap();
        assert_eq!(first, ("key".into(), "k".into()));
        let shown = without_secrets(&given);
        assert_eq!(shown.as_str(), "https://metrics.example/prometheus/");
    }

    fn read(body: &str) -> anyhow::Result<Calls> {
        Calls::read(StatusCode::OK, body.as_bytes())
    }
}
