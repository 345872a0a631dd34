//! A wrong configuration is reported before a port is bound.

mod webhooks;

use std::path::Path;
use std::process::Command;

use super::certificates::Authority;
use super::process::{PROGRAM, check, write_secret};

const SECRETS: &str = "[[callback.secrets]]\nid = \"a\"\nfile = \"good\"\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let good = "x".repeat(40);
    for (name, secret, mode) in [
        ("good", &*good, 0o600),
        ("good-again", &format!("{good}\n"), 0o600),
        ("another", &"y".repeat(40), 0o600),
        ("open", &good, 0o644),
        ("short", "short\n", 0o600),
        ("empty", " \n", 0o600),
    ] {
        write_secret(&folder.path().join(name), secret.as_bytes(), mode);
    }
    folder
}

fn must_tell(folder: &Path, toml: &str, fault: &str) {
    let output = check(folder, toml);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(78), "{toml}\n{told}");
    assert!(
        told.contains("gateway.toml: ") && told.contains(fault),
        "{toml}\n{told}"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn a_good_configuration_passes_the_check_with_all_fields_and_with_few() {
    let folder = folder();
    let all = "[gateway]\nlisten = \"[::]:8080\"\nprivate_listen = \"127.0.0.1:1\"\n\
               trusted_proxies = [\"10.0.0.0/8\", \"fd00::/8\"]\n\
               allowed_networks = [\"192.0.2.0/24\"]\nmax_connections = 10\n\
               max_connections_per_peer = 5\nrequests_per_second_per_peer = 5\n\
               burst_per_peer = 5\nheader_timeout = \"1s 500ms\"\nbody_timeout = \"2s\"\n\
               request_timeout = \"1m\"\ndrain = \"20s\"\ntemporal_timeout = \"3s\"\nmax_waiting = 4\n\
               [saved_cards]\nenabled = true\ntask_queue = \"cards\"\n\
               [webhooks.stripe.kg-main]\nsecrets = [{ file = \"good\" }]\n\
               [webhooks.stripe.kg_2]\nsecrets = [{ file = \"good\" }, { file = \"another\" }]\n\
               tolerance = \"1m\"\nlivemode = true\n";
    for toml in [SECRETS.to_owned(), format!("{all}{SECRETS}")] {
        let output = check(folder.path(), &toml);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
    }
}

#[test]
fn each_wrong_setting_is_named_with_its_fix() {
    let folder = folder();
    for line in [
        r#"listen = "8080" => must be an address and a port such as"#,
        r#"private_listen = "127.0.0.1:8080" => must differ from gateway.listen"#,
        "listen = '0.0.0.0:80'\nprivate_listen = '127.0.0.1:80' => must differ from gateway.listen",
        r#"trusted_proxies = ["10.0.0.1/33"] => must be a network such as"#,
        r#"trusted_proxies = ["0.0.0.0/0"] => must not contain every address"#,
        r#"allowed_networks = ["::ffff:10.0.0.0/104"] => must be written as the IPv4 network"#,
        r#"allowed_networks = ["10.0.0.0"] => must be a network such as"#,
        "allowed_networks = [] => must name a network; remove the setting",
        r#"header_timeout = 5 => gateway.header_timeout = 5: must be a duration from "1ms" to "5m""#,
        r#"body_timeout = "soon" => gateway.body_timeout = "soon": must be a duration from"#,
        "listen = 8080 => gateway.listen = 8080: must be an address and a port such as",
        r#"body_timeout = "0s" => must be a duration from "1ms" to "5m""#,
        r#"header_timeout = "-1s" => must be a duration from"#,
        r#"request_timeout = "8s" => gateway.request_timeout must be at least"#,
        "max_waiting = 0 => gateway.max_waiting = 0: must be a whole number from 1",
        "max_connections = 0.5 => gateway.max_connections = 0.5: must be a whole number from 1",
        "burst_per_peer = -1 => gateway.burst_per_peer = -1: must be a whole number from 1 to 4294967295",
        r#"trusted_proxies = "10.0.0.0/8" => gateway.trusted_proxies: must be a list in square brackets"#,
        "burst = 7 => gateway.burst is no setting",
    ] {
        let (setting, fault) = line.split_once(" => ").unwrap();
        let toml = format!("[gateway]\n{setting}\n{SECRETS}");
        must_tell(folder.path(), &toml, fault);
    }
    for line in [
        r#"enabled = "yes" => saved_cards.enabled = "yes": must be true or false"#,
        r#"task_queue = " " => saved_cards.task_queue must be"#,
        r#"queue = "q" => saved_cards.queue is no setting"#,
    ] {
        let (setting, fault) = line.split_once(" => ").unwrap();
        let toml = format!("[saved_cards]\n{setting}\n{SECRETS}");
        must_tell(folder.path(), &toml, fault);
    }
    let fault = "callback.secrets[0].key is no setting";
    must_tell(folder.path(), &format!("{SECRETS}key = 1\n"), fault);
    must_tell(folder.path(), "[gateway", "TOML parse error at line 1");
}

#[test]
fn each_wrong_secret_is_named_with_its_fix() {
    let folder = folder();
    let entry =
        |id: &str, file: &str| format!("[[callback.secrets]]\nid = \"{id}\"\nfile = \"{file}\"\n");
    for (toml, fault) in [
        (String::new(), "there must be 1 or 2 of them, not 0"),
        (SECRETS.repeat(2), "two have the id \"a\""),
        (SECRETS.repeat(3), "there must be 1 or 2 of them, not 3"),
        (
            entry("a.b", "good"),
            "a callback secret's id must be 1 to 16",
        ),
        (entry("a", "short"), "must be at least 32 bytes long"),
        (
            entry("a", "open"),
            "others than its owner have access (mode 644): chmod 600",
        ),
        (entry("a", "absent"), "absent: can't be read"),
    ] {
        must_tell(folder.path(), &toml, fault);
    }
}

#[test]
fn each_wrong_certificate_is_named_with_its_fix() {
    let folder = folder();
    let (authority, another) = (Authority::new(), Authority::new().certify(2100));
    authority.certify(2100).write(folder.path());
    let write = |name: &str, text: &str, mode| {
        write_secret(&folder.path().join(name), text.as_bytes(), mode);
    };
    write("another-key", &another.key, 0o600);
    write("open-key", &another.key, 0o644);
    write("rubbish", "rubbish", 0o600);
    let tls = |settings: &str| format!("[gateway.tls]\n{settings}\n{SECRETS}");
    let certificate = |name: &str| {
        tls(&format!(
            "certificate_file = \"{name}\"\nkey_file = \"key\""
        ))
    };
    let key = |name: &str| {
        tls(&format!(
            "certificate_file = \"certificate\"\nkey_file = \"{name}\""
        ))
    };
    let clients = |name: &str| key(&format!("key\"\nclient_ca_file = \"{name}"));
    let sound = check(folder.path(), &clients("certificate"));
    assert!(sound.status.success());
    for (toml, fault) in [
        (certificate("absent"), "gateway.tls.certificate_file, file"),
        (certificate("rubbish"), "rubbish: holds no certificate"),
        (certificate("key"), "key: holds no certificate"),
        (key("absent"), "gateway.tls.key_file, file"),
        (
            key("open-key"),
            "others than its owner have access (mode 644): chmod 600",
        ),
        (key("rubbish"), "rubbish: holds no private key in PEM"),
        (
            key("another-key"),
            "another-key: does not go with the certificate",
        ),
        (clients("absent"), "gateway.tls.client_ca_file, file"),
        (clients("rubbish"), "gateway.tls.client_ca_file, file"),
        (key("key\"\ncheck_every = \"0s"), "must be a duration from"),
        (key("key\"\nca = \"x"), "gateway.tls.ca is no setting"),
        (
            tls("key_file = \"key\""),
            "gateway.tls.certificate_file is missing",
        ),
    ] {
        must_tell(folder.path(), &toml, fault);
    }
}

#[test]
fn a_file_that_is_not_there_and_a_wrong_temporal_setting_are_told_too() {
    let folder = folder();
    let mut absent = Command::new(PROGRAM);
    absent.args(["run", "--config", "absent.toml"]);
    let output = absent.output().unwrap();
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("absent.toml: can't be read"));

    let toml = folder.path().join("gateway.toml");
    std::fs::write(&toml, SECRETS).unwrap();
    let output = Command::new(PROGRAM)
        .arg("run")
        .env("SKY_GATEWAY_CONFIG", toml)
        .env("TEMPORAL_TLS", "maybe")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("TEMPORAL_TLS is"));
}
