//! The last check of a span before it is exported.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::Status;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanExporter};
use tracing::{info, warn};

/// Exports spans without the texts of errors, and logs when the collector is unavailable.
///
/// The SDK's plugin writes an error's whole `Debug` text into its span, including anything that a
/// peer, a caller or an operator said in it. A span only says *that* a step failed. The text is in
/// the history, where access is controlled.
#[derive(Debug)]
pub(crate) struct Discreet<E> {
    exporter: E,
    is_away: AtomicBool,
}

impl<E> Discreet<E> {
    pub(crate) fn new(exporter: E) -> Discreet<E> {
        Discreet {
            exporter,
            is_away: AtomicBool::new(false),
        }
    }
}

impl<E: SpanExporter> SpanExporter for Discreet<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        for span in &mut batch {
            span.events = SpanEvents::default();
            if let Status::Error { description } = &mut span.status {
                *description = "".into();
            }
        }
        let result = self.exporter.export(batch).await;
        let was_away = self.is_away.swap(result.is_err(), Ordering::Relaxed);
        match &result {
            Err(error) if !was_away => warn!(%error, "spans are lost: they can't be exported"),
            Ok(()) if was_away => info!("spans are exported again"),
            _ => {}
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
