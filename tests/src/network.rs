//! A network of this program's own, in which packets are lost one way.
//!
//! It is a loopback interface in a network namespace. The rights come from a user namespace, so root
//! is not needed. What the kernel takes from the loopback toward an address is handed to a device
//! where nobody listens: the sender sees nothing of that, and sends it again and again, as on a real
//! road. The decision is docs/decisions/0013.

use std::env;
use std::net::SocketAddrV4;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context, ensure};

/// Says that this program has a network of its own already.
const INSIDE: &str = "SKY_OWN_NETWORK";

/// Packets that are being lost. Dropping it ends that.
pub struct Loss {
    preference: String,
}

/// Begins this program again in a network of its own, where it is not in one yet. Returns when it is,
/// or with the reason why it can't be. Whatever it did before is done again, and nothing that it
/// reached before is in reach any more.
pub fn enter() -> anyhow::Result<()> {
    if env::var_os(INSIDE).is_some() {
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

/// Whether this machine lets a program have a network of its own, and lose packets in it.
pub fn check() -> anyhow::Result<()> {
    if env::var_os(INSIDE).is_some() {
        return Ok(());
    }
    // The discard port stands for any.
    let output = unshared(&filter("add", "1", "match ip dport 9 0xffff")).output();
    succeeded(output).context("packets can't be lost here")
}

impl Loss {
    /// Loses every TCP packet toward this address from now on; those that come from it arrive. Only in
    /// a network of this program's own.
    pub fn toward(address: SocketAddrV4) -> anyhow::Result<Loss> {
        ensure!(
            env::var_os(INSIDE).is_some(),
            "packets are lost in a network of one's own alone"
        );
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

/// Lost where they come in: of what is dropped on its way out, the sender's kernel is told.
fn filter(verb: &str, preference: &str, packets: &str) -> String {
    format!(
        "tc filter {verb} dev lo ingress pref {preference} protocol ip u32 \
         match ip protocol 6 0xff {packets} action mirred egress redirect dev hole"
    )
}

/// The loopback interface and the hole that packets fall into, in namespaces of their own.
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

fn shell(script: &str) -> anyhow::Result<()> {
    succeeded(Command::new("/bin/sh").args(["-c", script]).output())
}

fn succeeded(output: std::io::Result<Output>) -> anyhow::Result<()> {
    let output = output.context("unshare can't be started")?;
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", words.trim_end());
    Ok(())
}
