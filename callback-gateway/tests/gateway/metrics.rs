//! The metrics are the documented ones.

use std::collections::BTreeSet;
use std::io::Write;

use super::certificates::{Authority, secured};
use super::dev_server::{free_address, shared};
use super::process::{Gateway, token};
use super::wire::{callback, get, post, reply};

const DOCUMENTATION: &str = include_str!("../../../docs/metrics.md");

#[test]
fn each_series_is_documented_and_each_documented_one_is_there() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    authority.certify(2100).write(folder.path());
    let files = folder.path().display();
    let tls = format!("certificate_file = \"{files}/certificate\", key_file = \"{files}/key\"");
    let gateway = Gateway::ready(&shared().address, &format!("tls = {{ {tls} }}"));
    let mut stream = secured(&gateway.public, &authority.client(None));
    let request = callback(&token("nobody", 0), "nobody");
    stream.write_all(request.as_bytes()).unwrap();
    assert_eq!(reply(&mut stream).status, 404);
    let metrics = get(&gateway.private, "/metrics").body;
    let told: BTreeSet<&str> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE sky_gateway_"))
        .filter_map(|line| line.split(' ').next())
        .collect();
    let documented: BTreeSet<&str> = DOCUMENTATION
        .lines()
        .filter_map(|line| line.strip_prefix("| `sky_gateway_"))
        .filter_map(|line| line.split(['{', '`']).next())
        .collect();
    assert_eq!(told, documented);
    for line in metrics.lines() {
        let values = line.split('"').skip(1).step_by(2);
        for word in values.filter(|value| value.parse::<f64>().is_err() && *value != "+Inf") {
            let documented = DOCUMENTATION.contains(&format!("`{word}`"));
            assert!(documented, "{word} of {line} is not documented");
        }
    }
}

#[test]
fn outsiders_make_no_new_series() {
    let gateway = Gateway::start(&free_address(), "");
    let series = || {
        let metrics = get(&gateway.private, "/metrics").body;
        let series = metrics.lines().filter(|line| !line.starts_with('#'));
        series.count()
    };
    let strange = |word: &str| {
        let (target, header) = (format!("/{word}?{word}"), format!("{word}: {word}\r\n"));
        let request = post(&target, &header, word);
        gateway.status(&request.replace("POST", &word.to_uppercase()))
    };
    strange("first");
    let before = series();
    for word in ["second", "third", "fourth"] {
        assert_eq!(strange(word), 404);
    }
    assert_eq!(series(), before);
}
