//! The kernel's settings of another process's connections.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use rustix::net::{getpeername, sockopt};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

/// The TCP_USER_TIMEOUT of each connection of the process to the server at this address; zero is
/// the system's default, which is more than a quarter of an hour.
pub(crate) fn user_timeouts(process: u32, url: &str) -> anyhow::Result<Vec<Duration>> {
    let peer: SocketAddr = url.trim_start_matches("http://").parse()?;
    let pid = Pid::from_raw(process.cast_signed()).context("no process has the id 0")?;
    let process_fd = pidfd_open(pid, PidfdFlags::empty())?;
    let mut timeouts = Vec::new();
    for entry in fs::read_dir(format!("/proc/{process}/fd"))? {
        let number = entry?.file_name().to_string_lossy().parse()?;
        // It may be closed by now, and most files are not sockets.
        let Ok(fd) = pidfd_getfd(&process_fd, number, PidfdGetfdFlags::empty()) else {
            continue;
        };
        let its_peer = getpeername(&fd).ok().flatten();
        let its_peer = its_peer.and_then(|it| SocketAddr::try_from(it).ok());
        if its_peer == Some(peer) {
            let timeout = sockopt::tcp_user_timeout(&fd)?;
            timeouts.push(Duration::from_millis(timeout.into()));
        }
    }
    Ok(timeouts)
}
