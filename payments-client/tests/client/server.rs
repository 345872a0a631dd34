//! A Temporal dev server for the tests: one for all that run at the same time, ended when the
//! last of them ends, however it ends.

use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use payments_client::PaymentsClient;
use temporalio_client::{
    Client, ClientOptions, Connection, ConnectionOptions, UntypedWorkflow, Url,
    WorkflowTerminateOptions,
};
use workflows::contract::search_attributes::registrations;

static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());

pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
}

impl Server {
    pub(crate) async fn shared() -> Arc<Server> {
        let server = {
            let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
            running.upgrade().unwrap_or_else(|| {
                let server = Arc::new(Server::start());
                *running = Arc::downgrade(&server);
                server
            })
        };
        server.client().await;
        server
    }

    fn start() -> Server {
        let program = std::env::var("TEMPORAL_CLI").unwrap_or_else(|_| "temporal".to_owned());
        let port = harness::free_port().unwrap();
        let attributes = registrations()
            .into_iter()
            .flat_map(|(name, kind)| ["--search-attribute".to_owned(), format!("{name}={kind}")]);
        let process = Command::new(&program)
            .args(["server", "start-dev", "--headless", "--log-level", "error"])
            .args(["--port", &port.to_string()])
            .args(attributes)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{program}: {error}; put the Temporal CLI on PATH, or name it in TEMPORAL_CLI"
                )
            });
        Server {
            process,
            address: format!("127.0.0.1:{port}"),
        }
    }

    pub(crate) async fn client(&self) -> Client {
        let url = Url::parse(&format!("http://{}", self.address)).unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            match Connection::connect(ConnectionOptions::new(url.clone()).build()).await {
                Ok(connection) => {
                    return Client::new(connection, ClientOptions::new("default").build()).unwrap();
                }
                Err(error) if Instant::now() > deadline => panic!("no dev server: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Terminates the workflow of this request.
    pub(crate) async fn terminate(&self, request_id: &str) {
        let raw = self.client().await;
        raw.get_workflow_handle::<UntypedWorkflow>(format!("sky-payment-{request_id}"))
            .terminate(WorkflowTerminateOptions::default())
            .await
            .unwrap();
    }

    /// A client whose operations nobody carries out.
    pub(crate) async fn payments(&self) -> PaymentsClient {
        PaymentsClient::new(self.client().await, "nobody-polls-this")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
