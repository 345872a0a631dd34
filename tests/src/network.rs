//! A network for this program alone, in which packets are lost in one direction.
//!
//! It is a loopback interface in a network namespace. The rights come from a user namespace, so
//! root is not needed. Packets from the loopback to an address are redirected to a device where
//! nobody listens. The sender does not notice, and sends them again and again, as in a real
//! network. The decision is docs/decisions/0013.

use std::env;
use std::net::SocketAddrV4;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context, ensure};

/// Set if this program already has a network of its own.
const INSIDE: &str = "SKY_OWN_NETWORK";

/// Packets that are being lost. Dropping it ends the loss.
pub struct Loss {
    preference: String,
}

/// Restarts this program in a network of its own, unless it is already in one. Returns if it is, or
/// with the reason why that is impossible. Everything that it did before is done again, and nothing
/// that it could reach before is reachable any more.
pub fn enter() -> anyhow::Result<()> {
    if is_own() {
        return Ok(());
    }
    check()?;
    let error = unshared(r#"exec "$@""#)
        .arg(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env(INSIDE, "yes")
        .exec();
    Err(error).context("unshare can't be started")
}

/// Whether this program is in a network of its own.
pub(crate) fn is_own() -> bool {
    env::var_os(INSIDE).is_some()
}

/// Whether this machine allows a program to have a network of its own, and to lose packets in it.
pub fn check() -> anyhow::Result<()> {
    if is_own() {
        return Ok(());
    }
    // The discard port stands for any port.
    let lost = allows(&filter("add", "1", "match ip dport 9 0xffff"));
    lost.context("packets can't be lost here")
}

/// Whether this machine allows this script in a network of its own.
pub(crate) fn allows(script: &str) -> anyhow::Result<()> {
    succeeded(unshared(script).output())
}

impl Loss {
    /// Loses every TCP packet to this address from now on; packets from it arrive. Only in a
    /// network of this program's own.
    pub fn toward(address: SocketAddrV4) -> anyhow::Result<Loss> {
        ensure!(is_own(), "packets are lost in a network of one's own alone");
        static NEXT: AtomicU16 = AtomicU16::new(1);
        let preference = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
        let (ip, port) = (address.ip(), address.port());
        let packets = format!("match ip dst {ip}/32 match ip dport {port} 0xffff");
        shell(&filter("add", &preference, &packets))?;
        Ok(Loss { preference })
    }
}

impl Drop for Loss {
    fn drop(&mut self) {
        let preference = &self.preference;
        if let Err(error) = shell(&format!("tc filter del dev lo ingress pref {preference}")) {
            eprintln!("packets go on being lost: {error:#}");
        }
    }
}

/// Packets are dropped on ingress: if they were dropped on egress, the sender's kernel would
/// notice.
fn filter(verb: &str, preference: &str, packets: &str) -> String {
    format!(
        "tc filter {verb} dev lo ingress pref {preference} protocol ip u32 \
         match ip protocol 6 0xff {packets} action mirred egress redirect dev hole"
    )
}

/// The loopback interface and the device that packets are lost in, in namespaces of their own.
const BEGIN: &str = "set -e
    ip link set lo up
    ip link add hole type veth peer name hole-end
    ip link set hole up
    ip link set hole-end up
    tc qdisc add dev lo clsact";

fn unshared(script: &str) -> Command {
    let mut command = Command::new("unshare");
    command
        .args("--user --map-root-user --net --mount /bin/sh -c".split(' '))
        .args([&format!("{BEGIN}\n{script}"), "sh"]);
    command
}

pub(crate) fn shell(script: &str) -> anyhow::Result<()> {
    succeeded(Command::new("/bin/sh").args(["-c", script]).output())
}

fn succeeded(output: std::io::Result<Output>) -> anyhow::Result<()> {
    let output = output.context("unshare can't be started")?;
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", words.trim_end());
    Ok(())
}
