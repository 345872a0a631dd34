//! Where a program runs: here, or on a machine of its own.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An address, and the network namespace in which it is one's own.
#[derive(Clone, Debug)]
pub struct Place {
    ip: Ipv4Addr,
    namespace: Option<PathBuf>,
}

/// Where each program of a stack runs; here, unless it is said otherwise.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The workers.
    pub worker: Place,
    /// The gateway.
    pub gateway: Place,
    /// Temporal's server.
    pub temporal: Place,
    /// The simulated partner.
    pub partner: Place,
    /// Everything else that a worker calls.
    pub others: Place,
}

impl Default for Place {
    fn default() -> Place {
        Place::here(Ipv4Addr::LOCALHOST)
    }
}

impl Place {
    /// In the network of this program, at this address.
    pub(crate) fn here(ip: Ipv4Addr) -> Place {
        let namespace = None;
        Place { ip, namespace }
    }

    pub(crate) fn in_namespace(ip: Ipv4Addr, namespace: &Path) -> Place {
        let namespace = Some(namespace.to_owned());
        Place { ip, namespace }
    }

    /// The address at which a program there is reached.
    pub(crate) fn ip(&self) -> Ipv4Addr {
        self.ip
    }

    /// The address that Temporal's server has to listen at: inside it calls itself on loopback.
    pub(crate) fn ip_of_temporal(&self) -> Ipv4Addr {
        match self.namespace {
            None => self.ip,
            Some(_) => Ipv4Addr::UNSPECIFIED,
        }
    }

    /// This address, with a port that the system chooses.
    pub(crate) fn any_port(&self) -> String {
        format!("{}:0", self.ip)
    }

    /// The same command, run there.
    pub(crate) fn run(&self, command: Command) -> Command {
        let Some(namespace) = &self.namespace else {
            return command;
        };
        let mut moved = Command::new("nsenter");
        moved
            .arg(format!("--net={}", namespace.display()))
            .arg(command.get_program())
            .args(command.get_args());
        hand_on(&command, &mut moved);
        moved
    }
}

/// Gives one command the variables and the folder of another.
pub(crate) fn hand_on(from: &Command, to: &mut Command) {
    for (name, value) in from.get_envs() {
        match value {
            Some(value) => to.env(name, value),
            None => to.env_remove(name),
        };
    }
    if let Some(folder) = from.get_current_dir() {
        to.current_dir(folder);
    }
}
