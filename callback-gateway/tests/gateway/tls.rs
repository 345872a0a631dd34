//! TLS and mTLS in the process itself, under certificates that change.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use tempfile::TempDir;

use super::certificates::{Authority, secured};
use super::dev_server::{free_address, shared};
use super::process::{Gateway, metric, token, wait_for};
use super::wire::{callback, connect, is_closed, post, reply};

const EXPIRY: &str = "sky_gateway_tls_certificate_expiry_timestamp_seconds";

fn folder(authority: &Authority, year: i32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    authority.certify(year).write(folder.path());
    fs::write(folder.path().join("clients"), authority.certificate()).unwrap();
    folder
}

fn settings(folder: &Path, more: &str) -> String {
    let folder = folder.display();
    format!(
        "header_timeout = \"1s\"\n[gateway.tls]\ncertificate_file = \"{folder}/certificate\"\n\
         key_file = \"{folder}/key\"\ncheck_every = \"200ms\"\n{more}"
    )
}

/// The status that a request to no path of ours gets, and the certificate that was shown.
fn visit(gateway: &Gateway, client: &ClientConfig) -> (u16, Option<CertificateDer<'static>>) {
    let mut stream = secured(&gateway.public, client);
    let _ = stream.write_all(post("/other", "", "").as_bytes());
    let status = reply(&mut stream).status;
    let shown = stream
        .conn
        .peer_certificates()
        .map(|chain| chain[0].clone().into_owned());
    (status, shown)
}

#[test]
fn a_callback_comes_under_tls_and_nothing_else_is_understood() {
    let authority = Authority::new();
    let folder = folder(&authority, 2100);
    let gateway = Gateway::ready(&shared().address, &settings(folder.path(), ""));
    shared().start_workflow("secured");
    let mut client = authority.client(None);
    client.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let mut stream = secured(&gateway.public, &client);
    for _ in 0..2 {
        let request = callback(&token("secured", 3600), "secured");
        stream.write_all(request.as_bytes()).unwrap();
        assert_eq!(reply(&mut stream).status, 200);
    }
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    let done = "sky_gateway_tls_handshakes_total{result=\"done\"}";
    assert_eq!(metric(&gateway, done), Some(1.0));
    let expiry = metric(&gateway, EXPIRY);
    assert_eq!(expiry, Some(4_102_444_800.0), "the new year of 2100");

    assert_eq!(gateway.status(&post("/other", "", "")), 0, "plain HTTP");
    client.alpn_protocols = vec![b"h2".to_vec()];
    assert_eq!(visit(&gateway, &client).0, 0, "HTTP/2 alone");
    let foreign = Authority::new().client(None);
    assert_eq!(visit(&gateway, &foreign).0, 0, "another authority");
    // The last client knows it before the gateway does.
    let failed = "sky_gateway_tls_handshakes_total{result=\"failed\"}";
    wait_for("the third failure", || {
        metric(&gateway, failed) == Some(3.0)
    });
}

#[test]
fn where_clients_must_show_a_certificate_none_without_a_good_one_gets_an_answer() {
    let authority = Authority::new();
    let folder = folder(&authority, 2100);
    let clients = format!("client_ca_file = \"{}/clients\"", folder.path().display());
    let gateway = Gateway::start(&free_address(), &settings(folder.path(), &clients));
    let known = authority.certify(2100);
    assert_eq!(visit(&gateway, &authority.client(Some(&known))).0, 404);
    let expired = authority.certify(2020);
    let foreign = Authority::new().certify(2100);
    for bad in [None, Some(&expired), Some(&foreign)] {
        assert_eq!(visit(&gateway, &authority.client(bad)).0, 0);
    }
}

#[test]
fn a_changed_certificate_is_shown_while_requests_go_on_and_a_wrong_one_changes_nothing() {
    let authority = Authority::new();
    let folder = folder(&authority, 2100);
    let gateway = Gateway::start(&free_address(), &settings(folder.path(), ""));
    let client = authority.client(None);
    let first = visit(&gateway, &client).1.unwrap();
    let (over, visits) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    assert_eq!(visit(&gateway, &client).0, 404);
                    visits.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let mut open = secured(&gateway.public, &client);
        open.write_all(post("/other", "", "").as_bytes()).unwrap();
        assert_eq!(reply(&mut open).status, 404);

        fs::write(folder.path().join("certificate"), "rubbish").unwrap();
        let refused = "sky_gateway_tls_reloads_total{result=\"refused\"}";
        wait_for("the refusal", || metric(&gateway, refused) == Some(1.0));
        wait_for("the log's word", || {
            gateway.log().contains("the old one stays")
        });
        assert_eq!(visit(&gateway, &client).1.as_ref(), Some(&first));

        let second = authority.certify(2090);
        second.write(folder.path());
        let second = second.der();
        wait_for("the new certificate", || {
            visit(&gateway, &client).1.as_ref() == Some(&second)
        });
        open.write_all(post("/other", "", "").as_bytes()).unwrap();
        assert_eq!(reply(&mut open).status, 404, "what was open stays open");
        over.store(true, Ordering::Relaxed);
    });
    assert!(visits.into_inner() > 10);
    let loaded = "sky_gateway_tls_reloads_total{result=\"loaded\"}";
    assert_eq!(metric(&gateway, loaded), Some(1.0));
    let expiry = metric(&gateway, EXPIRY);
    assert_eq!(expiry, Some(3_786_912_000.0), "the new year of 2090");
}

#[test]
fn a_handshake_that_takes_long_is_cut_and_has_a_place_of_its_peers() {
    let authority = Authority::new();
    let folder = folder(&authority, 2100);
    let patient = settings(folder.path(), "").replace("\"1s\"", "\"3s\"");
    let capped = format!("max_connections_per_peer = 3\n{patient}");
    let gateway = Gateway::start(&free_address(), &capped);
    let mut held: Vec<_> = (0..3).map(|_| connect(&gateway.public)).collect();
    held[1].write_all(b"\x16\x03\x01\x02\x00\x01").unwrap();
    wait_for("all three", || {
        metric(&gateway, "sky_gateway_connections{port=\"public\"}") == Some(3.0)
    });
    let mut fourth = connect(&gateway.public);
    assert!(is_closed(&mut fourth, Duration::from_secs(2)));
    for stream in &mut held {
        assert!(is_closed(stream, Duration::from_secs(10)));
    }
    let cut = "sky_gateway_tls_handshakes_total{result=\"timed_out\"}";
    wait_for("the count", || metric(&gateway, cut) == Some(3.0));
    assert_eq!(visit(&gateway, &authority.client(None)).0, 404);
}
