//! The programs that use a server, each with an environment that leads to it.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use super::{CLIENT_SETTINGS, NAMESPACE, TemporalServer};
use crate::fault_proxy::FaultProxy;

impl TemporalServer {
    /// A program that finds this server, and nobody else's, by its environment.
    pub(crate) fn client_command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os().filter(|(name, _)| is_users_setting(name)) {
            command.env_remove(name);
        }
        command
            .current_dir(&self.folder)
            .env("TEMPORAL_ADDRESS", self.address())
            .env("TEMPORAL_NAMESPACE", NAMESPACE)
            // An empty file in the place of the user's own settings.
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

    /// A program of this project's, with the variables that it was to be given.
    pub(crate) fn program_command(&self, program: &Path) -> Command {
        let mut command = self.client_command(program);
        command.envs(self.environment.clone());
        command
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

/// What the user has set for Temporal or for traces, which is not meant for these programs.
fn is_users_setting(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("TEMPORAL_") || name.starts_with("OTEL_")
}
