//! The process of the callback gateway: read the configuration, bind the ports, print them, serve
//! until a signal to stop, and let running requests finish.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use callback_gateway::configuration::{ConfigurationError, temporal_from_environment};
use callback_gateway::metrics::Port;
use callback_gateway::private_port::{self, Insight};
use callback_gateway::server::Server;
use callback_gateway::tls::Tls;
use callback_gateway::{Configuration, Gateway, Temporal, logs, metrics, router};
use clap::Parser;
use metrics_exporter_prometheus::PrometheusHandle;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use temporalio_client::{ClientOptions, ConnectionOptions};
use temporalio_common::telemetry::ensure_default_crypto_provider;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;
use traces::Traces;
use tracing::{error, info, warn};
use tracing_appender::non_blocking::ErrorCounter;

/// EX_CONFIG of sysexits.h: starting again won't help.
const WRONG_CONFIGURATION: u8 = 78;

/// Files other than the partner's connections: the private port's, Temporal's, the log.
const OTHER_FILES: usize = 100;

const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// Turns the partner's callbacks into Temporal signals. Where Temporal is, the variables
/// TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TLS_* and so on tell.
#[derive(Parser)]
#[command(name = "sky-callback-gateway", version)]
struct Arguments {
    /// The configuration file.
    #[arg(long, env = "SKY_GATEWAY_CONFIG")]
    config: PathBuf,
    /// Check the configuration and the secrets' files, then exit.
    #[arg(long)]
    check: bool,
}

struct Start {
    configuration: Configuration,
    connection: ConnectionOptions,
    client: ClientOptions,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut start = match read(&arguments) {
        Ok(start) => start,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(WRONG_CONFIGURATION);
        }
    };
    let (_writing, lost_lines) = logs::install();
    ensure_default_crypto_provider();
    let traces = match Traces::from_environment("sky-callback-gateway") {
        Ok(traces) => traces,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(WRONG_CONFIGURATION);
        }
    };
    if arguments.check {
        println!("{}: good", arguments.config.display());
        return ExitCode::SUCCESS;
    }
    if traces.is_some() {
        start.client = traces::traced(start.client);
    }
    let result = run(start, lost_lines).await;
    if let Some(traces) = traces {
        traces.shut_down().await;
    }
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: &Arguments) -> Result<Start, ConfigurationError> {
    let configuration = Configuration::load(&arguments.config)?;
    let (connection, client) = temporal_from_environment()?;
    Ok(Start {
        configuration,
        connection,
        client,
    })
}

async fn run(start: Start, lost_lines: ErrorCounter) -> anyhow::Result<()> {
    allow_open_files(start.configuration.settings.max_connections.get())?;
    let Configuration {
        settings,
        secrets,
        identity,
        saved_cards,
    } = start.configuration;
    let metrics = metrics::install()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let public = bind(settings.listen).await?;
    let private = bind(settings.private_listen).await?;
    let tls = identity.map(|identity| Arc::new(Tls::new(identity)));
    announce(&public, &private, tls.is_some())?;

    let temporal = Arc::new(Temporal::new(&settings));
    let (stop_public, stop_private) = (CancellationToken::new(), CancellationToken::new());
    let insight = Insight {
        temporal: temporal.clone(),
        metrics: metrics.clone(),
        shutdown: stop_public.clone(),
    };
    let gateway = Gateway::new(settings.clone(), secrets, saved_cards, temporal.clone());
    let public_server = Server {
        port: Port::Public,
        settings: &settings,
        tls: tls.clone(),
        shutdown: stop_public.clone(),
    };
    let private_server = Server {
        port: Port::Private,
        settings: &settings,
        tls: None,
        shutdown: stop_private.clone(),
    };
    let (router, document) = router(Arc::new(gateway));
    let public = public_server.serve(public, router);
    let private = private_server.serve(private, private_port::router(insight, document));

    if let Some(tls) = tls {
        tokio::spawn(async move { tls.keep_current().await });
    }
    tokio::spawn(async move { temporal.connect(start.connection, start.client).await });
    tokio::spawn(upkeep(metrics, lost_lines));
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        info!("shutting down");
        stop_public.cancel();
    };
    // The private port stays open until the last callback is answered.
    let public = async {
        public.await;
        stop_private.cancel();
    };
    tokio::join!(stop, public, private);
    info!("stopped");
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("can't listen on {address}"))
}

/// Keeps the output of the metrics' handle small and up to date.
async fn upkeep(metrics: PrometheusHandle, lost_lines: ErrorCounter) {
    let mut ticks = interval(METRICS_UPKEEP);
    loop {
        ticks.tick().await;
        metrics::log_lines_lost(lost_lines.dropped_lines());
        metrics.run_upkeep();
    }
}

/// Each connection is an open file, and the usual soft limit is lower than the maximum number of
/// connections.
fn allow_open_files(connections: usize) -> anyhow::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if usize::try_from(hard).is_ok_and(|hard| hard < connections + OTHER_FILES) {
        warn!(
            hard,
            connections,
            "there may be fewer open files than gateway.max_connections: raise the limit (ulimit \
             -Hn, LimitNOFILE=), or lower the setting"
        );
    }
    Ok(setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?)
}

/// Prints the ports in one line on stdout, since the configuration may leave them open.
fn announce(public: &TcpListener, private: &TcpListener, tls: bool) -> anyhow::Result<()> {
    let scheme = if tls { "https" } else { "http" };
    let line = serde_json::json!({
        "listening": format!("{scheme}://{}", public.local_addr()?),
        "private": format!("http://{}", private.local_addr()?),
    });
    Ok(writeln!(io::stdout(), "{line}")?)
}
