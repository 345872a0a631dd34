use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::*;
use crate::partner::sky::key_pair::{Payment, SigningKey, make};

/// Runs a line of shell in the folder.
fn shell(folder: &Path, line: &str) {
    let mut shell = Command::new("sh");
    let output = shell.args(["-ec", line]).current_dir(folder).output();
    let output = output.unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}: {told}");
}

/// What is said of the key that this line of shell writes to key.pem.
fn told(folder: &Path, line: &str) -> String {
    shell(folder, line);
    let key = folder.join("key.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    SigningKey::<Payment>::read(&key).err().unwrap()
}

#[test]
fn a_p521_key_in_another_format_is_named_and_the_command_that_is_told_converts_it() {
    for (line, format) in [
        (
            "openssl ecparam -name secp521r1 -genkey -out key.pem",
            "SEC1 PEM",
        ),
        (
            "openssl ecparam -name secp521r1 -genkey -noout -out key.pem",
            "SEC1 PEM",
        ),
        (
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -outform DER -out key.pem",
            "is DER",
        ),
        (
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -aes256 -pass pass:open \
             -out key.pem",
            "key.pem holds a key that is encrypted with a passphrase",
        ),
        (
            "openssl ecparam -name secp521r1 -genkey -noout | openssl ec -aes256 -passout pass:open \
             -out key.pem",
            "key.pem holds a key that is encrypted with a passphrase",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let told = told(folder.path(), line);
        assert!(told.contains(format), "{told}");
        let command = told.split('`').nth(1).unwrap();
        // A person types the passphrase.
        let command = format!("{command} -passin pass:open");
        shell(folder.path(), &command);
        let converted = folder.path().join("key.pkcs8.pem");
        assert!(SigningKey::<Payment>::read(&converted).is_ok(), "{command}");
    }
}

#[test]
fn what_can_not_be_converted_is_named_and_a_new_key_is_the_fix() {
    for (line, name) in [
        (
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
            "a key of P-256",
        ),
        (
            "openssl ecparam -name secp384r1 -genkey -noout -out key.pem",
            "a key of P-384",
        ),
        (
            "openssl genpkey -algorithm ED25519 -out key.pem",
            "a key of Ed25519",
        ),
        (
            "openssl genrsa -traditional -out key.pem 1024",
            "a key of RSA",
        ),
        ("echo hello > key.pem", "does not hold a P-521 private key"),
        (
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes -keyout other.pem \
             -subj /CN=sky -out key.pem",
            "holds a certificate",
        ),
        (": > key.pem", "is empty"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let told = told(folder.path(), line);
        assert!(told.contains(name) && told.contains("new-keys"), "{told}");
    }
}

#[test]
fn a_public_key_is_named_whatever_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let made = make(folder.path(), "pay-1").unwrap();
    let told = SigningKey::<Payment>::read(&made.public_key).err().unwrap();
    assert!(told.contains("holds a public key"), "{told}");
    fs::set_permissions(&made.public_key, fs::Permissions::from_mode(0o600)).unwrap();
    let told = SigningKey::<Payment>::read(&made.public_key).err().unwrap();
    assert!(told.contains("without .pub"), "{told}");
}

#[test]
fn a_path_is_quoted_where_a_shell_would_read_it_otherwise() {
    assert_eq!(
        quoted(Path::new("/etc/sky/pay-1.pem")),
        "/etc/sky/pay-1.pem"
    );
    assert_eq!(quoted(Path::new("my key's")), r"'my key'\''s'");
}
