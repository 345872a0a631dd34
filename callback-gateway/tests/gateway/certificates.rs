//! An authority that certifies servers and clients, and clients that trust it.

use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PKCS_ECDSA_P256_SHA256,
    date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::process::write_secret;
use super::wire::connect;

/// A connection under TLS.
pub(super) type Secured = StreamOwned<ClientConnection, TcpStream>;

/// Issues certificates.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key, both PEM.
pub(super) struct Issued {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Authority {
    pub(super) fn new() -> Authority {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(params, key()).unwrap())
    }

    /// Its own certificate, PEM.
    pub(super) fn certificate(&self) -> String {
        self.0.pem()
    }

    /// Certifies whoever is called `gateway`, until the new year of `year`.
    pub(super) fn certify(&self, year: i32) -> Issued {
        let mut params = CertificateParams::new(["gateway".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 1, 1);
        let key = key();
        Issued {
            certificate: params.signed_by(&key, &self.0).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    /// A client that trusts this authority and shows `identity`, if it has one.
    pub(super) fn client(&self, identity: Option<&Issued>) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let pem = identity.certificate.as_bytes();
                let chain = CertificateDer::pem_slice_iter(pem).map(Result::unwrap);
                let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
                builder.with_client_auth_cert(chain.collect(), key).unwrap()
            }
        }
    }
}

impl Issued {
    /// Writes the two files that a gateway reads, in place of those that are there.
    pub(super) fn write(&self, folder: &Path) {
        for (name, pem) in [("certificate", &self.certificate), ("key", &self.key)] {
            let (new, file) = (folder.join("new"), folder.join(name));
            write_secret(&new, pem.as_bytes(), 0o600);
            std::fs::rename(new, file).unwrap();
        }
    }

    /// The certificate as it is on the wire.
    pub(super) fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()
    }
}

/// Connects under TLS; the handshake is made with the first bytes.
pub(super) fn secured(address: &str, client: &ClientConfig) -> Secured {
    let name = "gateway".try_into().unwrap();
    let client = ClientConnection::new(Arc::new(client.clone()), name).unwrap();
    StreamOwned::new(client, connect(address))
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}
