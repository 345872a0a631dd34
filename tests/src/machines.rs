//! Several machines: the worker, the gateway, Temporal and the partner, each in a network namespace
//! of its own, on one switch. What goes from one to another can be lost or delayed.
//!
//! Their addresses are in 127.77.0.0/24, which leads to the switch here: plain http is allowed on
//! loopback alone. Nothing outside of a network of this program's own is changed or reached.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context, ensure};

use crate::network::{self, is_own, shell};
use crate::place::{Place, Places};
use crate::process::Process;

/// One of the machines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Machine {
    /// That of the workers.
    Worker,
    /// That of the gateway.
    Gateway,
    /// That of Temporal's server.
    Temporal,
    /// The partner's.
    Partner,
}

/// Packets from one machine to another that are lost or delayed. Dropping it ends that.
pub struct Interference {
    filter: String,
    _line: Option<Process>,
}

/// Builds the machines and the switch, once, in a network of this program's own.
pub fn build() -> anyhow::Result<()> {
    ensure!(
        is_own(),
        "machines are built in a network of one's own alone"
    );
    shell(&script())
}

/// Whether this machine allows a program to build them.
pub fn check() -> anyhow::Result<()> {
    network::allows(&script()).context("no machines can be built here")
}

fn script() -> String {
    let machines = Machine::ALL.map(|machine| {
        let (name, ip) = (machine.name(), machine.ip());
        format!("\nname={name} ip={ip}\n{MACHINE}")
    });
    SWITCH.to_owned() + &machines.concat()
}

/// Each program on its machine.
pub fn places() -> Places {
    Places {
        worker: Machine::Worker.place(),
        gateway: Machine::Gateway.place(),
        temporal: Machine::Temporal.place(),
        partner: Machine::Partner.place(),
        others: Place::here(Ipv4Addr::new(127, 77, 0, 1)),
    }
}

impl Machine {
    const ALL: [Machine; 4] = [
        Machine::Worker,
        Machine::Gateway,
        Machine::Temporal,
        Machine::Partner,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Machine::Worker => "worker",
            Machine::Gateway => "gateway",
            Machine::Temporal => "temporal",
            Machine::Partner => "partner",
        }
    }

    fn ip(self) -> Ipv4Addr {
        Ipv4Addr::new(127, 77, 0, 2 + self as u8)
    }

    fn place(self) -> Place {
        let namespace = Path::new("/run/netns").join(self.name());
        Place::in_namespace(self.ip(), &namespace)
    }

    /// Loses all packets from here to another machine; those from there arrive.
    pub fn lose_to(self, other: Machine) -> anyhow::Result<Interference> {
        self.redirect_to(other, "hole", None)
    }

    /// Delays all packets from here to another machine by 0.3 s, in the order in which they were
    /// sent. `logs` is the folder of the logs.
    pub fn delay_to(self, other: Machine, logs: &Path) -> anyhow::Result<Interference> {
        let mut line = Command::new("python3");
        line.args(["-c", DELAY_LINE, other.name()]);
        let line = Process::spawn("delay-line", &line, logs)?;
        self.redirect_to(other, "slow", Some(line))
    }

    fn redirect_to(
        self,
        other: Machine,
        device: &str,
        line: Option<Process>,
    ) -> anyhow::Result<Interference> {
        static NEXT: AtomicU16 = AtomicU16::new(1);
        let preference = NEXT.fetch_add(1, Ordering::Relaxed);
        let filter = format!("dev {} ingress pref {preference}", self.name());
        let ip = other.ip();
        shell(&format!(
            "tc filter add {filter} protocol ip u32 match ip dst {ip}/32 \
             action mirred egress redirect dev {device}"
        ))?;
        Ok(Interference {
            filter,
            _line: line,
        })
    }
}

impl Drop for Interference {
    fn drop(&mut self) {
        if let Err(error) = shell(&format!("tc filter del {}", self.filter)) {
            eprintln!("packets go on being lost or delayed: {error:#}");
        }
    }
}

/// The system's folder of namespaces can be written by root only. The switch's route comes before the
/// loopback device's, since it is longer.
const SWITCH: &str = "set -e
    mount -t tmpfs tmpfs /run
    mkdir -p /run/netns
    echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet
    ip link add slow type veth peer name slow-end
    ip link set slow up
    ip link set slow-end up
    ip link add switch type bridge
    ip address add 127.77.0.1/32 dev switch
    ip link set switch up
    ip route add table local 127.77.0.0/24 dev switch scope link src 127.77.0.1";

const MACHINE: &str = "set -e
    ip netns add $name
    ip link add $name type veth peer name net netns $name
    ip link set $name master switch
    ip link set $name up
    tc qdisc add dev $name clsact
    nsenter --net=/run/netns/$name /bin/sh -ec \"
        echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet
        ip link set lo up
        ip address add $ip/32 dev net
        ip link set net up
        ip route add table local 127.77.0.0/24 dev net scope link src $ip\"";

/// Small kernels have no netem. This takes packets where the filter has redirected them, and puts them
/// on the other machine's device later, with what the kernel notes of each (a checksum or a
/// segmentation that is still to be done): option 15 is PACKET_VNET_HDR, packets of type 4 are those
/// that it sent itself.
const DELAY_LINE: &str = "
import queue, socket, sys, threading, time
def device(name):
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    opened.setsockopt(263, 15, 1)
    opened.bind((name, 3))
    return opened
taken, put, line = device('slow-end'), device(sys.argv[1]), queue.Queue()
def send():
    while True:
        due, packet = line.get()
        time.sleep(max(0, due - time.monotonic()))
        put.send(packet)
threading.Thread(target=send, daemon=True).start()
while True:
    packet, address = taken.recvfrom(70000)
    if address[2] != 4:
        line.put((time.monotonic() + 0.3, packet))
";
