//! A name has two addresses, and the first drops packets.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, ToSocketAddrs};
use std::path::Path;
use std::process::Command;

use harness::network::Loss;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::books::{builder, charge, ends};

/// Addresses are tried in the resolver's order, which puts the nearest one first.
const DEAD: Ipv4Addr = Ipv4Addr::LOCALHOST;
const ALIVE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

pub(crate) async fn a_partner_whose_first_address_is_dead_is_reached_at_its_second() {
    let mut stack = builder().workers(0).start().await.unwrap();
    let partner = stack.partner().address().unwrap();
    let port = at_the_second_address(partner).await;
    let _loss = Loss::toward(SocketAddrV4::new(DEAD, port)).unwrap();
    name_both(&stack.folder().join("hosts"));
    let found = ("localhost", port).to_socket_addrs().unwrap();
    let both: [SocketAddr; 2] = [DEAD, ALIVE].map(|ip| (ip, port).into());
    assert_eq!(found.collect::<Vec<_>>(), both);

    let path = stack.folder().join("worker.toml");
    let configured = fs::read_to_string(&path).unwrap();
    let named = format!("http://localhost:{port}");
    fs::write(path, configured.replace(stack.partner().url(), &named)).unwrap();
    stack.start_worker().await.unwrap();
    charge(&stack, "second-address").await;
    ends(&stack, "second-address", "completed").await;
}

/// Serves the partner at the working address; returns its port.
async fn at_the_second_address(partner: SocketAddrV4) -> u16 {
    let listener = TcpListener::bind((ALIVE, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut partner = TcpStream::connect(partner).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut partner).await });
        }
    });
    port
}

/// Resolves the only name for which plain http is allowed to both addresses, in this network only.
fn name_both(hosts: &Path) {
    fs::write(hosts, format!("{DEAD} localhost\n{ALIVE} localhost\n")).unwrap();
    let mut mount = Command::new("mount");
    mount.arg("--bind").arg(hosts).arg("/etc/hosts");
    assert!(mount.status().unwrap().success());
}
