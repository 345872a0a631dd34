//! The reverse proxy in front of the gateway, as configured in `deploy/nginx`: the real nginx, real
//! TLS, the real gateway behind it. If nginx is not installed, the tests say so and end.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use callback_token::CallbackSecret;
use harness::{Process, Stack, free_port, installed, not_tested, stripe_signature};
use jiff::Timestamp;
use reqwest::{Certificate, Client, RequestBuilder};
use serde_json::{Value, json};
use workflows::contract::ids::RequestId;

use crate::books::{builder, history, input, start_raw, until};

const PAYMENTS: &str = "/v1/on_payment_completed";

/// nginx trusts callers with this address as a load balancer in front of it.
const LOAD_BALANCER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9));

#[tokio::test]
async fn nginx_lets_callbacks_through_and_nothing_else() {
    let Some((stack, nginx)) = behind_nginx(|text| text).await else {
        return;
    };
    let (callback, body) = callback(&stack, "n-1").await;
    assert_eq!(nginx.post(&callback, &body).await.status, 200);
    let taken = history(&stack, "n-1").await;
    assert!(taken.contains("payment_completed"), "{taken}");

    // The gateway's own answers come through.
    let other = json!({ "request_id": "n-2" });
    assert_eq!(nginx.post(&callback, &other).await.status, 403);
    assert_eq!(nginx.get(PAYMENTS).await.status, 405);
    assert_eq!(nginx.post("/v1/on_card_saved", &body).await.status, 400);

    for path in [
        "/",
        "/health/live",
        "/metrics",
        "/openapi.json",
        "/v1/on_payment_completed/",
        "/v1/on_payment_completed%2F",
        "/V1/on_payment_completed",
        "/v1/..%2fmetrics",
    ] {
        assert_eq!(nginx.get(path).await.status, 404, "{path}");
    }

    let long = json!({ "request_id": "n-1", "more": "x".repeat(9_000) });
    assert_eq!(nginx.post(&callback, &long).await.status, 413);
    let long = format!("{callback}&more={}", "x".repeat(5_000));
    assert_eq!(nginx.post(&long, &body).await.status, 414);
    let long = nginx.request(&callback, &body);
    let long = long.header("x-long", "x".repeat(5_000));
    assert_eq!(Answer::to(long).await.status, 400);
    nginx.has_kept_to_itself(&stack, &callback).await;
}

#[tokio::test]
async fn nginx_lets_stripes_events_through_which_may_be_long() {
    let Some((mut stack, nginx)) = behind_nginx(|text| text).await else {
        return;
    };
    let secret = fs::read(stack.folder().join("callback-secret")).unwrap();
    let status = async |account: &str, length: usize| {
        let event = json!({ "id": "evt_1", "type": "other", "more": "x".repeat(length) });
        let now = Timestamp::now().as_second();
        let body = serde_json::to_vec(&event).unwrap();
        let signature = stripe_signature(&[secret.trim_ascii_end()], now, &body);
        let request = nginx.request(&format!("/v1/webhooks/stripe/{account}"), &event);
        Answer::to(request.header("stripe-signature", signature))
            .await
            .status
    };
    assert_eq!(status("main", 10).await, 200);
    assert_eq!(status("main", 60_000).await, 200);
    assert_eq!(status("main", 66_000).await, 413);
    assert_eq!(status("other", 10).await, 404);
    assert_eq!(status("", 10).await, 404);
    assert_eq!(status("main/x", 10).await, 404);
    stack.kill_gateway();
    assert_eq!(status("main", 60_000).await, 503);
}

#[tokio::test]
async fn behind_nginx_asks_whom_the_socket_or_a_trusted_range_names() {
    let Some((stack, nginx)) = behind_nginx(|text| text).await else {
        return;
    };
    let (callback, body) = callback(&stack, "n-1").await;
    let forged = nginx.request(&callback, &body);
    let forged = forged.header("x-forwarded-for", "6.6.6.6");
    assert_eq!(Answer::to(forged).await.status, 200);
    let balanced = nginx.post_for("6.6.6.6, 198.51.100.7", &callback, &body);
    assert_eq!(balanced.await.status, 200);
    let logs = until("the gateway has told both", async || {
        let logs = stack.logs().unwrap();
        let peers = ["198.51.100.7", "\"peer\":\"127.0.0.1\""];
        let told = peers.iter().all(|peer| logs.contains(peer));
        told.then_some(logs)
    })
    .await;
    assert!(!logs.contains("6.6.6.6"), "{logs}");
}

#[tokio::test]
async fn nginx_refuses_a_flood_and_tells_of_an_outage_with_the_time_to_come_back() {
    let few = |text: String| {
        let few = text.replace("rate=250r/s", "rate=1r/s");
        few.replace("burst=2500", "burst=20")
    };
    let Some((mut stack, nginx)) = behind_nginx(few).await else {
        return;
    };
    let (callback, body) = callback(&stack, "n-1").await;
    assert_eq!(nginx.post(&callback, &body).await.status, 200);
    // A flood that a slow Temporal does not slow down: the gateway itself refuses the rest.
    let other = json!({ "request_id": "n-2" });
    let mut refused = None;
    for _ in 0..60 {
        let answer = nginx.post(&callback, &other).await;
        refused = refused.or((answer.status != 403).then_some(answer));
    }
    let refused = refused.expect("a request is refused");
    assert_eq!(
        (refused.status, refused.retry_after.as_deref()),
        (429, Some("1"))
    );

    stack.temporal_mut().kill();
    let away = nginx.post_for("198.51.100.9", &callback, &body).await;
    assert_eq!((away.status, away.retry_after.as_deref()), (503, Some("5")));

    stack.kill_gateway();
    let away = nginx.post_for("198.51.100.8", &callback, &body).await;
    assert_eq!((away.status, away.retry_after.as_deref()), (503, Some("5")));
    nginx.has_kept_to_itself(&stack, &callback).await;
}

/// A stack without a worker, and nginx before its gateway, with its configuration changed so; nothing
/// where nginx is not installed.
async fn behind_nginx(change: impl Fn(String) -> String) -> Option<(Stack, Nginx)> {
    let Some(nginx) = nginx() else {
        not_tested("nginx", "it is missing (Debian: nginx-light)");
        return None;
    };
    let stack = builder()
        .workers(0)
        .saved_cards()
        .gateway_settings(
            "trusted_proxies = [\"127.0.0.1/32\"]\n\
             [webhooks.stripe.main]\nsecrets = [{ file = \"callback-secret\" }]",
        )
        .start()
        .await
        .unwrap();
    let nginx = Nginx::start(&nginx, &stack, change).await;
    Some((stack, nginx))
}

/// Debian has it in a folder that only root's `PATH` names.
fn nginx() -> Option<PathBuf> {
    let debians = Path::new("/usr/sbin/nginx");
    installed("nginx").or_else(|| debians.is_file().then(|| debians.to_owned()))
}

/// The target and the body of a valid callback for an existing workflow.
async fn callback(stack: &Stack, id: &str) -> (String, Value) {
    start_raw(stack, "process_extra_payment", id, &input(id)).await;
    let secret = fs::read(stack.folder().join("callback-secret")).unwrap();
    let secret = CallbackSecret::new("demo", &secret).unwrap();
    let token = secret.issue(&RequestId::parse(id).unwrap(), Timestamp::now());
    let target = format!("{PAYMENTS}?token={token}");
    (target, json!({ "request_id": id }))
}

fn client(certificate: &[u8], from: Option<IpAddr>) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .tls_certs_only([Certificate::from_pem(certificate).unwrap()])
        .local_address(from)
        .build()
        .unwrap()
}

/// The configuration that is deployed.
fn deployed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/nginx/nginx.conf")
}

fn make_certificate(folder: &Path) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    fs::write(folder.join("certificate.pem"), made.cert.pem()).unwrap();
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
}

/// A running nginx before a stack's gateway.
struct Nginx {
    url: String,
    certificate: Vec<u8>,
    client: Client,
    _process: Process,
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    retry_after: Option<String>,
}

impl Nginx {
    async fn start(nginx: &Path, stack: &Stack, change: impl Fn(String) -> String) -> Nginx {
        let folder = stack.folder().join("nginx");
        let site = folder.join("site");
        fs::create_dir_all(&site).unwrap();
        let text = change(fs::read_to_string(deployed()).unwrap());
        fs::write(folder.join("nginx.conf"), text).unwrap();
        make_certificate(&folder);
        let gateway = stack.gateway_url().trim_start_matches("http://");
        let http = format!(
            "upstream gateway {{ server {gateway}; keepalive 8; }}\n\
             set_real_ip_from {LOAD_BALANCER};\n"
        );
        fs::write(site.join("http.conf"), http).unwrap();
        let port = free_port().unwrap();
        let server = format!(
            "listen 127.0.0.1:{port} ssl;\nserver_name localhost;\n\
             ssl_certificate {0}/certificate.pem;\nssl_certificate_key {0}/key.pem;\n",
            folder.display()
        );
        fs::write(site.join("server.conf"), server).unwrap();

        let mut command = Command::new(nginx);
        command
            .current_dir(&folder)
            .args("-p . -c nginx.conf -e stderr".split(' '));
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            // Its workers would run as a user who may not enter the folder.
            command.args(["-g", "user root;"]);
        }
        let process = Process::spawn("nginx", &command, &stack.folder().join("logs")).unwrap();
        let certificate = fs::read(folder.join("certificate.pem")).unwrap();
        let nginx = Nginx {
            url: format!("https://127.0.0.1:{port}"),
            client: client(&certificate, None),
            certificate,
            _process: process,
        };
        until("nginx serves", async || {
            nginx.client.get(&nginx.url).send().await.ok()
        })
        .await;
        nginx
    }

    fn request(&self, target: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}{target}", self.url)).json(body)
    }

    async fn post(&self, target: &str, body: &Value) -> Answer {
        Answer::to(self.request(target, body)).await
    }

    /// The same from the load balancer, for whom it names.
    async fn post_for(&self, peer: &str, target: &str, body: &Value) -> Answer {
        let balancer = client(&self.certificate, Some(LOAD_BALANCER));
        let request = balancer.post(format!("{}{target}", self.url)).json(body);
        Answer::to(request.header("x-forwarded-for", peer)).await
    }

    async fn get(&self, target: &str) -> Answer {
        Answer::to(self.client.get(format!("{}{target}", self.url))).await
    }

    /// Checks that no log contains a callback's token.
    async fn has_kept_to_itself(&self, stack: &Stack, callback: &str) {
        self.get("/told-last").await;
        let (_, token) = callback.split_once("token=").unwrap();
        let logs = until("nginx has written it all down", async || {
            let logs = stack.logs().unwrap();
            let mut routes = ["none", "on_payment_completed"].iter();
            let told = routes.all(|route| logs.contains(&format!("\"route\":\"{route}\"")));
            told.then_some(logs)
        })
        .await;
        assert!(!logs.contains(token), "the token is in a log");
        assert!(!logs.contains("token="), "a query is in a log");
    }
}

impl Answer {
    async fn to(request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let mut said = response.headers().get_all("retry-after").iter();
        let retry_after = said.next();
        assert!(said.next().is_none(), "Retry-After is said twice");
        let answer = Answer {
            status: response.status().as_u16(),
            retry_after: retry_after.map(|value| value.to_str().unwrap().to_owned()),
        };
        let body = response.text().await.unwrap();
        assert!(answer.status < 400 || body.is_empty(), "{answer:?}: {body}");
        answer
    }
}
