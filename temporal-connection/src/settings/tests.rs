use std::fs;
use std::path::Path;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rstest::rstest;
use tempfile::TempDir;

use super::*;

/// A folder with a certificate, its key, another key, an empty file and one of other text.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = || generate_simple_self_signed(vec!["temporal.example".to_owned()]).unwrap();
    let CertifiedKey { cert, signing_key } = made();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("certificate", &cert.pem());
    write("key", &signing_key.serialize_pem());
    write("other-key", &made().signing_key.serialize_pem());
    write("empty", "\n");
    write("text", "hello\n");
    write(
        "temporal.toml",
        "[profile.prod]\naddress = \"prod:7233\"\nnamespace = \"payments\"\n\
         [profile.broken.tls]\nclient_cert_path = \"/absent\"\nclient_key_path = \"/absent\"\n",
    );
    write("broken.toml", "[profile\n");
    folder
}

/// The settings of variables like `TLS=true`, whose values may name files of the folder.
fn settings(folder: &Path, lines: &str) -> Result<Settings, Misconfigured> {
    let own = folder.display().to_string();
    let pairs = lines.split_whitespace().map(|line| {
        let (name, value) = line.split_once('=').unwrap();
        (format!("TEMPORAL_{name}"), value.replace('@', &own))
    });
    // Not the user's own file.
    let empty = ("TEMPORAL_CONFIG_FILE".to_owned(), format!("{own}/empty"));
    let mut variables = HashMap::from([empty]);
    variables.extend(pairs);
    read(&variables)
}

#[rstest]
#[case("TLS=maybe", r#"TEMPORAL_TLS is "maybe": set it to true or false"#)]
#[case("TLS=", r#"TEMPORAL_TLS is "": set it to true or false"#)]
#[case(
    "CONFIG_FILE=@/absent",
    "TEMPORAL_CONFIG_FILE names @/absent, which can't be read"
)]
#[case(
    "CONFIG_FILE=@/broken.toml",
    "@/broken.toml, the file of Temporal's profiles"
)]
#[case(
    "CONFIG_FILE=@/temporal.toml PROFILE=staging",
    r#"the profile (TEMPORAL_PROFILE, or --profile) is "staging", and @/temporal.toml has no [profile.staging]"#
)]
#[case(
    "CONFIG_FILE=@/temporal.toml PROFILE=broken",
    r#"tls.client_cert_path in the profile "broken" of @/temporal.toml names /absent, which can't"#
)]
#[case(
    "TLS_SERVER_CA_CERT_PATH=@/certificate TLS_CLIENT_CERT_PATH=@/absent TLS_CLIENT_KEY_PATH=@/key",
    "TEMPORAL_TLS_CLIENT_CERT_PATH names @/absent, which can't be read"
)]
#[case(
    "TLS_SERVER_CA_CERT_PATH=@/certificate TLS_CLIENT_CERT_PATH=@/empty TLS_CLIENT_KEY_PATH=@/key",
    "TEMPORAL_TLS_CLIENT_CERT_PATH names @/empty, which is empty: put the certificate there"
)]
#[case(
    "TLS_SERVER_CA_CERT_PATH=@/certificate TLS_CLIENT_CERT_PATH=@/text TLS_CLIENT_KEY_PATH=@/key",
    "TEMPORAL_TLS_CLIENT_CERT_PATH names @/text, which contains no certificate"
)]
#[case(
    "TLS_SERVER_CA_CERT_PATH=@/certificate TLS_CLIENT_CERT_PATH=@/certificate",
    "TEMPORAL_TLS_CLIENT_CERT_PATH is set, so set TEMPORAL_TLS_CLIENT_KEY_PATH too"
)]
#[case(
    "TLS_SERVER_CA_CERT_PATH=@/certificate TLS_CLIENT_KEY_PATH=@/key",
    "TEMPORAL_TLS_CLIENT_KEY_PATH is set, so set TEMPORAL_TLS_CLIENT_CERT_PATH too"
)]
#[case(
    "TLS_SERVER_CA_CERT_PATH=@/certificate TLS_CLIENT_CERT_PATH=@/certificate \
     TLS_CLIENT_KEY_PATH=@/text",
    "TEMPORAL_TLS_CLIENT_KEY_PATH names @/text, which contains no private key"
)]
#[case(
    "TLS_SERVER_CA_CERT_PATH=@/certificate TLS_CLIENT_CERT_PATH=@/certificate \
     TLS_CLIENT_KEY_PATH=@/other-key",
    "TEMPORAL_TLS_CLIENT_KEY_PATH names @/other-key, which does not fit the client certificate"
)]
#[case(
    "TLS_SERVER_CA_CERT_DATA=hello",
    "TEMPORAL_TLS_SERVER_CA_CERT_DATA contains no certificate"
)]
#[case(
    "TLS_CLIENT_CERT_PATH=@/certificate TLS_CLIENT_CERT_DATA=x",
    "Cannot specify both TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_CERT_DATA"
)]
#[case(
    "TLS=true TLS_DISABLE_HOST_VERIFICATION=true",
    "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: the server's certificate is always verified here"
)]
#[case("API_KEY=", "TEMPORAL_API_KEY is empty: set the key, or remove it")]
#[case(
    "API_KEY=schlüssel",
    "TEMPORAL_API_KEY contains a space, a line break or another"
)]
#[case(
    "TLS_SERVER_CA_CERT_PATH=@/certificate ADDRESS=http://prod:7233",
    "TEMPORAL_ADDRESS is http://prod:7233/, and TLS is on: write HOST:PORT without http://"
)]
#[case("ADDRESS=https://prod:7233", "TLS is off: set TEMPORAL_TLS=true")]
#[case("ADDRESS=", "TEMPORAL_ADDRESS: Invalid address")]
#[case("NAMESPACE=", "TEMPORAL_NAMESPACE is empty: name the namespace")]
fn each_wrong_setting_is_named_with_its_place_and_the_fix(#[case] lines: &str, #[case] told: &str) {
    let folder = folder();
    let Misconfigured(fault) = settings(folder.path(), lines).unwrap_err();
    let told = told.replace('@', &folder.path().display().to_string());
    assert!(fault.contains(&told), "{fault}");
}

#[test]
fn a_profile_and_the_variables_before_it_say_where_temporal_is() {
    let folder = folder();
    let read = settings(
        folder.path(),
        "CONFIG_FILE=@/temporal.toml PROFILE=prod NAMESPACE=mine",
    )
    .unwrap();
    assert_eq!(read.connection.target.as_str(), "http://prod:7233/");
    assert_eq!(read.client.namespace, "mine");
    assert!(read.connection.tls_options.is_none());
}

#[test]
fn a_client_certificate_and_a_key_switch_tls_on() {
    let folder = folder();
    let both = "TLS_CLIENT_CERT_PATH=@/certificate TLS_CLIENT_KEY_PATH=@/key";
    let authority = "TLS_SERVER_CA_CERT_PATH=@/certificate ADDRESS=prod:7233";
    for lines in [
        format!("{authority} {both}"),
        format!("{authority} API_KEY=abc.def"),
    ] {
        let read = settings(folder.path(), &lines).unwrap();
        assert_eq!(read.connection.target.scheme(), "https", "{lines}");
        assert!(read.connection.tls_options.is_some(), "{lines}");
    }
}

#[rstest]
#[case("ADDRESS=localhost:7233", GrpcCompression::None)]
#[case("ADDRESS=127.0.0.1:7233", GrpcCompression::None)]
#[case("ADDRESS=[::1]:7233", GrpcCompression::None)]
#[case("ADDRESS=10.1.2.3:7233", GrpcCompression::None)]
#[case("ADDRESS=192.0.2.1:7233", GrpcCompression::Gzip)]
#[case("ADDRESS=temporal.example:7233", GrpcCompression::Gzip)]
fn calls_are_compressed_unless_the_address_is_near(
    #[case] address: &str,
    #[case] by_address: GrpcCompression,
) {
    let mut settings = settings(folder().path(), address).unwrap();
    assert_eq!(settings.connection.grpc_compression, by_address);
    settings.compress(Some(true));
    assert_eq!(settings.connection.grpc_compression, GrpcCompression::Gzip);
    settings.compress(Some(false));
    assert_eq!(settings.connection.grpc_compression, GrpcCompression::None);
}
