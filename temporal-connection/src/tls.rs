//! The certificates for TLS, checked as rustls will use them. Without this check a file that holds
//! no certificate would look like a Temporal that is out of reach, for ever.

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use temporalio_common::envconfig::ClientConfigTLS;

use crate::Misconfigured;
use crate::source::Source;

pub(crate) fn check(source: &Source<'_>, tls: &ClientConfigTLS) -> Result<(), Misconfigured> {
    if tls.disable_host_verification {
        let origin = source.origin(
            "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION",
            "tls.disable_host_verification",
        );
        return Err(Misconfigured(format!(
            "{origin}: the server's certificate is always verified here: remove it, and set \
             TEMPORAL_TLS_SERVER_CA_CERT_PATH or TEMPORAL_TLS_SERVER_NAME"
        )));
    }
    let roots = authorities(source, tls)?;
    let builder = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| Misconfigured(format!("TLS: {error}")))?
        .with_root_certificates(roots);
    let (certificate, key) = match (&tls.client_cert, &tls.client_key) {
        (None, None) => return Ok(()),
        (Some(certificate), Some(key)) => (certificate, key),
        (Some(_), None) => return Err(half("CERT", "KEY")),
        (None, Some(_)) => return Err(half("KEY", "CERT")),
    };
    let (place, pem) = source.bytes(certificate, "TEMPORAL_TLS_CLIENT_CERT", "tls.client_cert")?;
    let chain = certificates(&place, &pem)?;
    let (key_place, pem) = source.bytes(key, "TEMPORAL_TLS_CLIENT_KEY", "tls.client_key")?;
    let fault = |what: &str| Misconfigured(format!("{key_place} {what}"));
    if pem.trim_ascii().is_empty() {
        return Err(fault("is empty: put the certificate's private key there"));
    }
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
        fault("contains no private key: it must be PEM, with -----BEGIN PRIVATE KEY-----")
    })?;
    builder
        .with_client_auth_cert(chain, key)
        .map(drop)
        .map_err(|error| {
            fault(&format!(
                "does not fit the client certificate ({error}): use the key that the certificate \
                 was issued for"
            ))
        })
}

/// The named authorities, or else the system's.
fn authorities(source: &Source<'_>, tls: &ClientConfigTLS) -> Result<RootCertStore, Misconfigured> {
    let mut roots = RootCertStore::empty();
    let Some(authority) = &tls.server_ca_cert else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(Misconfigured(
                "there are no certificate authorities to verify Temporal's certificate: install \
                 the system's (package ca-certificates; in an image \
                 /etc/ssl/certs/ca-certificates.crt), or set TEMPORAL_TLS_SERVER_CA_CERT_PATH"
                    .to_owned(),
            ));
        }
        return Ok(roots);
    };
    let (place, pem) = source.bytes(
        authority,
        "TEMPORAL_TLS_SERVER_CA_CERT",
        "tls.server_ca_cert",
    )?;
    for certificate in certificates(&place, &pem)? {
        roots
            .add(certificate)
            .map_err(|error| Misconfigured(format!("{place} is no authority ({error})")))?;
    }
    Ok(roots)
}

fn certificates(place: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Misconfigured> {
    let fault = |what: &str| Misconfigured(format!("{place} {what}"));
    if pem.trim_ascii().is_empty() {
        return Err(fault("is empty: put the certificate there, as PEM"));
    }
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(fault(
            "contains no certificate: it must be PEM, with -----BEGIN CERTIFICATE-----",
        )),
    }
}

fn half(there: &str, missing: &str) -> Misconfigured {
    Misconfigured(format!(
        "a client certificate and its key belong together: TEMPORAL_TLS_CLIENT_{there}_PATH is set, \
         so set TEMPORAL_TLS_CLIENT_{missing}_PATH too, or neither (_DATA in place of _PATH, or the \
         profile's fields)"
    ))
}
