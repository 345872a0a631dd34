//! The table `[gateway.tls]`: the files of our certificate, and of the authority for clients.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde::Deserialize;
use sha2::{Digest, Sha256};
#[cfg(test)]
use workflows::contract::written_duration::WrittenDuration;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::duration::duration;

/// HTTP/2 is not offered: it needs limits of its own, and the partner does not need it.
const PROTOCOL: &[u8] = b"http/1.1";

/// The paths of the certificate, its key and the clients' authority.
#[derive(Deserialize, Clone, Debug)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct IdentityFiles {
    /// Our certificate, PEM, with those of the authorities between after it.
    certificate_file: PathBuf,
    /// Its private key, PEM. Mode 0600.
    key_file: PathBuf,
    /// The authority for clients, PEM: with it, clients must present a certificate that it issued.
    client_ca_file: Option<PathBuf>,
    /// How often the files are checked for changes.
    #[serde(default = "ten_seconds", deserialize_with = "duration")]
    #[cfg_attr(test, schemars(with = "WrittenDuration"))]
    pub(crate) check_every: Duration,
}

/// The content of the files: our identity.
pub struct Identity {
    /// The paths it was read from, to read it again.
    pub(crate) files: IdentityFiles,
    /// The TLS settings for new handshakes.
    pub(crate) config: Arc<ServerConfig>,
    /// When the first certificate of the chain expires.
    pub(crate) expires: Timestamp,
    /// A hash of the files' bytes, so that a change is noticed whatever the files' times say.
    pub(crate) fingerprint: [u8; 32],
}

struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
    client_ca: Option<Vec<u8>>,
}

impl IdentityFiles {
    /// The same files, with paths relative to `folder`.
    pub(super) fn within(self, folder: &Path) -> IdentityFiles {
        IdentityFiles {
            certificate_file: folder.join(self.certificate_file),
            key_file: folder.join(self.key_file),
            client_ca_file: self.client_ca_file.map(|file| folder.join(file)),
            check_every: self.check_every,
        }
    }

    /// Reads the files, or reports the first error with its setting, its file and the fix.
    pub(crate) fn load(&self) -> Result<Identity, String> {
        let contents = self.read()?;
        let wrong = |told: &dyn Display| fault("certificate_file", &self.certificate_file, told);
        let chain = certificates(&contents.certificate).map_err(|told| wrong(&told))?;
        let expires = expiry(&chain).map_err(|error| wrong(&error))?;
        let wrong_key = |told: String| fault("key_file", &self.key_file, told);
        let key = PrivateKeyDer::from_pem_slice(&contents.key)
            .map_err(|error| wrong_key(format!("holds no private key in PEM ({error})")))?;
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(&error))?;
        let builder = match self.clients(&contents)? {
            Some(verifier) => builder.with_client_cert_verifier(verifier),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder
            .with_single_cert(chain, key)
            .map_err(|error| wrong_key(format!("does not go with the certificate ({error})")))?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(Identity {
            files: self.clone(),
            config: Arc::new(config),
            expires,
            fingerprint: contents.fingerprint(),
        })
    }

    fn read(&self) -> Result<Contents, String> {
        let public = |setting, file: &Path| {
            fs::read(file).map_err(|error| fault(setting, file, format!("can't be read: {error}")))
        };
        let client_ca = self.client_ca_file.as_deref();
        Ok(Contents {
            certificate: public("certificate_file", &self.certificate_file)?,
            key: secret_file::read(&self.key_file)
                .map_err(|told| fault("key_file", &self.key_file, told))?,
            client_ca: client_ca
                .map(|file| public("client_ca_file", file))
                .transpose()?,
        })
    }

    /// If an authority for clients is named, clients must present a certificate from it.
    fn clients(&self, contents: &Contents) -> Result<Option<Arc<dyn ClientCertVerifier>>, String> {
        let (Some(file), Some(pem)) = (&self.client_ca_file, &contents.client_ca) else {
            return Ok(None);
        };
        let told = |error: &dyn Display| fault("client_ca_file", file, error);
        let mut roots = RootCertStore::empty();
        for certificate in certificates(pem).map_err(|error| told(&error))? {
            roots.add(certificate).map_err(|error| told(&error))?;
        }
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        verifier.build().map(Some).map_err(|error| told(&error))
    }
}

impl Contents {
    fn fingerprint(&self) -> [u8; 32] {
        let parts = [
            Some(&self.certificate),
            Some(&self.key),
            self.client_ca.as_ref(),
        ];
        let mut hash = Sha256::new();
        for part in parts.into_iter().flatten() {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// When the first certificate of the chain expires.
fn expiry(chain: &[CertificateDer<'_>]) -> Result<Timestamp, x509_cert::der::Error> {
    let mut first = Timestamp::MAX;
    for certificate in chain {
        let certificate = Certificate::from_der(certificate)?;
        let end = certificate.tbs_certificate().validity().not_after;
        let seconds = end.to_unix_duration().as_secs();
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        first = first.min(Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX));
    }
    Ok(first)
}

fn ten_seconds() -> Duration {
    Duration::from_secs(10)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    if certificates.is_empty() {
        Err("holds no certificate: it must be PEM, with ours first".to_owned())
    } else {
        Ok(certificates)
    }
}

fn fault(setting: &str, file: &Path, told: impl Display) -> String {
    format!("gateway.tls.{setting}, file {}: {told}", file.display())
}
