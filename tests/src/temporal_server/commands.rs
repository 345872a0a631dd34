//! The programs that use a server, each with an environment that points to it.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use super::{CLIENT_SETTINGS, NAMESPACE, TemporalServer};
use crate::fault_proxy::FaultProxy;

impl TemporalServer {
    /// A program whose environment points to this server and to no other.
    pub(crate) fn client_command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os().filter(|(name, _)| is_users_setting(name)) {
            command.env_remove(name);
        }
        command
            .current_dir(&self.folder)
            .env("TEMPORAL_ADDRESS", self.address())
            .env("TEMPORAL_NAMESPACE", NAMESPACE)
            // An empty file instead of the user's own settings.
            .env("TEMPORAL_CONFIG_FILE", self.folder.join(CLIENT_SETTINGS));
        command
    }

    /// A worker, which reaches this server through its proxy.
    pub(crate) fn worker_command(&self, program: &Path) -> Command {
        self.command_through(self.proxies().map(|proxies| &proxies.workers), program)
    }

    /// A gateway, which reaches this server through its proxy.
    pub(crate) fn gateway_command(&self, program: &Path) -> Command {
        self.command_through(self.proxies().map(|proxies| &proxies.gateways), program)
    }

    /// One of this project's programs, with the variables that it should get.
    pub fn program_command(&self, program: &Path) -> Command {
        let mut command = self.client_command(program);
        command.envs(self.environment.clone());
        command
    }

    /// Gives this project's programs that start from now on one more variable.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    fn command_through(&self, proxy: Option<&FaultProxy>, program: &Path) -> Command {
        let mut command = self.program_command(program);
        if let Some(proxy) = proxy {
            let address = proxy.url().trim_start_matches("http://");
            command.env("TEMPORAL_ADDRESS", address);
        }
        command
    }
}

/// The user's settings for Temporal and traces, which must not affect these programs.
fn is_users_setting(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("TEMPORAL_") || name.starts_with("OTEL_")
}
