//! The life of the process: connect, bind the ports, print them, serve until a signal to stop, and let
//! running requests finish.

use std::future::pending;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use callback_gateway::metrics::Port;
use callback_gateway::private_port::{self, Insight};
use callback_gateway::server::Server;
use callback_gateway::tls::Tls;
use callback_gateway::{Gateway, Temporal, metrics, router};
use metrics_exporter_prometheus::PrometheusHandle;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use stop_signal::Stop;
use tokio::net::TcpListener;
use tokio::time::{interval, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use tracing_appender::non_blocking::ErrorCounter;

use crate::Start;

/// Files other than the partner's connections: the private port's, Temporal's, the log.
const OTHER_FILES: usize = 100;

const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// Serves until it gets a signal to stop, or Temporal refuses the settings.
pub(crate) async fn run(start: Start, lost_lines: ErrorCounter) -> anyhow::Result<()> {
    let mut configuration = start.configuration;
    let settings = configuration.settings.clone();
    allow_open_files(settings.max_connections.get())?;
    let metrics = metrics::install()?;
    let asked = Stop::listen()?;
    let temporal = Arc::new(Temporal::new(&settings));
    // Before a port is bound: settings that Temporal refuses end the process here.
    let mut told = false;
    tokio::select! {
        result = temporal.try_to_connect(&start.temporal, &mut told) => result.map(drop)?,
        () = asked.asked() => return Ok(()),
    }
    let public = bind(settings.listen).await?;
    let private = bind(settings.private_listen).await?;
    let identity = configuration.identity.take();
    let tls = identity.map(|identity| Arc::new(Tls::new(identity)));
    announce(&public, &private, tls.is_some())?;

    let (stop_public, stop_private) = (CancellationToken::new(), CancellationToken::new());
    let draining = CancellationToken::new();
    let insight = Insight {
        temporal: temporal.clone(),
        metrics: metrics.clone(),
        draining: draining.clone(),
    };
    let gateway = Gateway::new(configuration, temporal.clone());
    let server = |port, tls, stop: &CancellationToken| Server {
        port,
        settings: &settings,
        tls,
        draining: draining.clone(),
        shutdown: stop.clone(),
    };
    let (router, document) = router(Arc::new(gateway));
    let public = server(Port::Public, tls.clone(), &stop_public).serve(public, router);
    let router = private_port::router(insight, document);
    let private = server(Port::Private, None, &stop_private).serve(private, router);

    if let Some(tls) = tls {
        tokio::spawn(async move { tls.keep_current().await });
    }
    tokio::spawn(upkeep(metrics, lost_lines));
    let refused = async {
        match temporal.connect(&start.temporal).await {
            Ok(()) => pending().await,
            Err(fault) => fault,
        }
    };
    let stop = async {
        let result = tokio::select! {
            () = asked.asked() => Ok(()),
            fault = refused => Err(fault),
        };
        draining.cancel();
        if result.is_ok() {
            info!(drain = ?settings.drain, "not ready any more; listening until others know");
            sleep(settings.drain).await;
        }
        info!("shutting down");
        stop_public.cancel();
        result
    };
    // The private port stays open until the last callback is answered.
    let public = async {
        public.await;
        stop_private.cancel();
    };
    let (result, (), ()) = tokio::join!(stop, public, private);
    info!("stopped");
    Ok(result?)
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
