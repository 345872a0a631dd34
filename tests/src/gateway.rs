//! One more gateway of a stack, at addresses of its own.

use std::fs;

use crate::process::Process;
use crate::stack::Stack;

/// A running gateway. Dropping it kills it.
pub struct Gateway {
    process: Process,
    url: String,
    private_url: String,
}

impl Stack {
    /// Starts a gateway with the settings of the stack's own one, at free addresses. `name` is that
    /// of its files.
    pub async fn start_another_gateway(&self, name: &str) -> anyhow::Result<Gateway> {
        let mut text = fs::read_to_string(self.folder().join("gateway.toml"))?;
        for taken in [self.gateway_url(), self.gateway_private_url()] {
            text = text.replace(taken.trim_start_matches("http://"), "127.0.0.1:0");
        }
        let file = format!("{name}.toml");
        fs::write(self.folder().join(&file), text)?;
        let process = self.spawn_gateway(name, &file).await?;
        Ok(Gateway {
            url: process.announced("listening")?,
            private_url: process.announced("private")?,
            process,
        })
    }
}

impl Gateway {
    /// Its public address, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its private address: health and metrics.
    pub fn private_url(&self) -> &str {
        &self.private_url
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.process.stop().await
    }
}
