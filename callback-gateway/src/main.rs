//! `sky-callback-gateway`: takes the partner's callbacks and signals the payments' workflows.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use callback_gateway::configuration::Configuration;
use callback_gateway::on_payment_completed::Gateway;
use callback_gateway::peers::Peers;
use callback_gateway::private::Private;
use callback_gateway::server::{self, Limits};
use callback_gateway::temporal::Temporal;
use clap::Parser;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::json;
use temporalio_common::telemetry::ensure_default_crypto_provider;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::info;
use tracing_subscriber::EnvFilter;

/// Takes the partner's callbacks. Temporal's address comes from TEMPORAL_ADDRESS,
/// TEMPORAL_NAMESPACE and the other TEMPORAL_* variables, as for Temporal's own command.
#[derive(Parser)]
#[command(name = "sky-callback-gateway", version)]
struct Arguments {
    /// The configuration file.
    #[arg(long, env = "SKY_GATEWAY_CONFIG")]
    config: PathBuf,
    /// Only reads the configuration, says what is wrong, and ends.
    #[arg(long)]
    check: bool,
}

/// The exit status for wrong configuration (EX_CONFIG of sysexits.h).
const WRONG_CONFIGURATION: u8 = 78;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let loaded = Configuration::load(&arguments.config).map_err(|error| error.to_string());
    let prepared = loaded.and_then(|configuration| {
        let gateway = &configuration.gateway;
        let temporal = Temporal::from_environment(gateway.temporal_timeout, gateway.max_waiting)?;
        Ok((configuration, Arc::new(temporal)))
    });
    let (configuration, temporal) = match prepared {
        Ok(prepared) => prepared,
        Err(message) => {
            eprintln!("sky-callback-gateway: {message}");
            return ExitCode::from(WRONG_CONFIGURATION);
        }
    };
    if arguments.check {
        println!("the configuration is sound");
        return ExitCode::SUCCESS;
    }
    match run(configuration, temporal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sky-callback-gateway: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(configuration: Configuration, temporal: Arc<Temporal>) -> io::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    ensure_default_crypto_provider();
    let Configuration {
        gateway: settings,
        secrets,
    } = configuration;

    allow_open_files()?;
    let public = TcpListener::bind(settings.listen)
        .await
        .map_err(named("gateway.listen"))?;
    let private = TcpListener::bind(settings.private_listen)
        .await
        .map_err(named("gateway.private_listen"))?;
    let peers = Arc::new(Peers::new(
        settings.trusted_proxies,
        settings.requests_per_second_per_peer,
        settings.burst_per_peer,
        settings.max_connections_per_peer,
    ));
    let router = server::router(Arc::new(Gateway {
        peers: Arc::clone(&peers),
        secrets,
        temporal: Arc::clone(&temporal),
        body_timeout: settings.body_timeout,
    }));
    let limits = Limits {
        max_connections: settings.max_connections,
        header_timeout: settings.header_timeout,
    };
    let private_router = Private::new(Arc::clone(&temporal))
        .map_err(io::Error::other)?
        .router();
    let addresses = json!({
        "listening": format!("http://{}", public.local_addr()?),
        "private": format!("http://{}", private.local_addr()?),
    });
    println!("{addresses}");
    info!(%addresses, "listening");

    let stop = stop_on_signal()?;
    tokio::spawn(async move { temporal.connect().await });
    let private_stop = stop.clone();
    tokio::spawn(async move {
        let stopped = async move { private_stop.cancelled().await };
        let _ = axum::serve(private, private_router)
            .with_graceful_shutdown(stopped)
            .await;
    });
    server::serve(public, router, peers, limits, stop).await;
    info!("stopped");
    Ok(())
}

/// Each connection is an open file, and the usual soft limit of 1024 is fewer than we may have.
fn allow_open_files() -> io::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?)
}

fn stop_on_signal() -> io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let stopping = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopping.cancel();
    });
    Ok(stop)
}

fn named(setting: &'static str) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{setting}: {error}"))
}
