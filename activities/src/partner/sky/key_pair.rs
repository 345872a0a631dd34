//! Signing keys. A key has one purpose, and its type says which one: a payment key can't sign a
//! reversal, and a reversal key can't sign a payment.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::marker::PhantomData;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p521::elliptic_curve::Generate;
use p521::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding,
};
use p521::{PublicKey, SecretKey, ecdsa};
use sha2::{Digest, Sha256};
use workflows::contract::kind::Kind;

use super::key_format;

/// What a key may sign: extra payments or reversals.
pub trait Purpose: Send + Sync + 'static {
    /// The partner's name for it, in sessions and for keys.
    const WORD: &'static str;
    /// The only call that moves money for this purpose.
    const SUBMISSION: &'static str;
    /// The operations that are carried out with it.
    const KIND: Kind;
}

/// Extra payments.
pub struct Payment;

/// Reversals.
pub struct Reversal;

impl Purpose for Payment {
    const WORD: &'static str = "PAYMENT";
    const SUBMISSION: &'static str = "completeMerchantAcquiring";
    const KIND: Kind = Kind::ExtraPayment;
}

impl Purpose for Reversal {
    const WORD: &'static str = "REVERSAL";
    const SUBMISSION: &'static str = "processPaymentReversal";
    const KIND: Kind = Kind::PaymentReversal;
}

/// A private key for one purpose.
pub struct SigningKey<P: Purpose> {
    key: ecdsa::SigningKey,
    purpose: PhantomData<P>,
}

impl<P: Purpose> SigningKey<P> {
    /// Reads a P-521 key in PKCS#8 PEM that nobody but its owner may read. The error says the fix.
    pub fn read(path: &Path) -> Result<SigningKey<P>, String> {
        let bytes = secret_file::read(path).map_err(|error| {
            if fs::read(path).is_ok_and(|bytes| key_format::is_public_key(&bytes)) {
                return key_format::is_public(path);
            }
            format!("{}: {error}", path.display())
        })?;
        let key = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|pem| SecretKey::from_pkcs8_pem(pem).ok())
            .ok_or_else(|| key_format::fault(path, &bytes))?;
        Ok(SigningKey {
            key: key.into(),
            purpose: PhantomData,
        })
    }

    /// `SHA256:` and the base64 SHA-256 of the public key (DER SubjectPublicKeyInfo).
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.key.verifying_key().into())
    }

    pub(crate) fn key(&self) -> &ecdsa::SigningKey {
        &self.key
    }
}

/// A key pair that was just made.
pub struct NewKeyPair {
    /// Where the private key is.
    pub private_key: PathBuf,
    /// Where the public key is.
    pub public_key: PathBuf,
    /// The public key, in the form for the partner.
    pub public_key_pem: String,
    /// The fingerprint, to compare over another channel.
    pub fingerprint: String,
}

/// Creates a key pair: `folder/id.pem` (mode 0600) and `folder/id.pub.pem`. Never overwrites.
pub fn make(folder: &Path, id: &str) -> io::Result<NewKeyPair> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if id.is_empty() || id.len() > 64 || id.starts_with('.') || !id.bytes().all(plain) {
        let rule = "the key's id must be 1 to 64 of A-Z, a-z, 0-9, '-', '_' and '.'";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, rule));
    }
    let (private_key, public_key) = (
        folder.join(format!("{id}.pem")),
        folder.join(format!("{id}.pub.pem")),
    );
    for path in [&private_key, &public_key] {
        if path.exists() {
            return Err(is_kept(path));
        }
    }
    fs::create_dir_all(folder)?;
    let secret = SecretKey::generate();
    let private_pem = secret
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(io::Error::other)?;
    let public_key_pem = secret
        .public_key()
        .to_public_key_pem(LineEnding::LF)
        .map_err(io::Error::other)?;
    create(&private_key, 0o600)?.write_all(private_pem.as_bytes())?;
    create(&public_key, 0o644)?.write_all(public_key_pem.as_bytes())?;
    let fingerprint = fingerprint(&secret.public_key());
    Ok(NewKeyPair {
        private_key,
        public_key,
        public_key_pem,
        fingerprint,
    })
}

fn create(path: &Path, mode: u32) -> io::Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path);
    file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => is_kept(path),
        kind => io::Error::new(kind, format!("{}: {error}", path.display())),
    })
}

fn is_kept(path: &Path) -> io::Error {
    let text = format!(
        "{} exists, and was kept as it is: take another key id or folder",
        path.display()
    );
    io::Error::new(io::ErrorKind::AlreadyExists, text)
}

/// The fingerprint of the key in a file, private or public, as [`SigningKey::fingerprint`] has it. The
/// error names the file.
pub fn fingerprint_of(path: &Path) -> Result<String, String> {
    let wrong = |problem: &str| format!("{} {problem}", path.display());
    let pem =
        fs::read_to_string(path).map_err(|error| wrong(&format!("can't be read: {error}")))?;
    if let Ok(public) = PublicKey::from_public_key_pem(&pem) {
        return Ok(fingerprint(&public));
    }
    let secret = SecretKey::from_pkcs8_pem(&pem)
        .map_err(|_| wrong("holds no P-521 key in PEM, neither a private nor a public one"))?;
    Ok(fingerprint(&secret.public_key()))
}

fn fingerprint(key: &PublicKey) -> String {
    let spki = key.to_public_key_der();
    let digest = spki.map(|der| Sha256::digest(der.as_bytes()));
    digest.map_or_else(
        |_| String::new(),
        |digest| format!("SHA256:{}", STANDARD.encode(digest)),
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_made_key_is_private_is_read_back_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let made = make(folder.path(), "pay-1").unwrap();
        assert_eq!(
            fs::metadata(&made.private_key)
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o600
        );
        let before = fs::read(&made.private_key).unwrap();
        let key = SigningKey::<Payment>::read(&made.private_key).unwrap();
        assert_eq!(key.fingerprint(), made.fingerprint);

        let error = make(folder.path(), "pay-1").err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        let text = error.to_string();
        assert!(text.contains("pay-1.pem exists, and was kept"), "{text}");
        // The private key alone was lost: its public key is kept all the same.
        let lost = folder.path().join("moved.pem");
        fs::rename(&made.private_key, &lost).unwrap();
        let error = make(folder.path(), "pay-1").err().unwrap().to_string();
        assert!(error.contains("pay-1.pub.pem exists"), "{error}");
        assert!(!made.private_key.exists());
        fs::rename(&lost, &made.private_key).unwrap();
        assert_eq!(fs::read(&made.private_key).unwrap(), before);
    }

    #[test]
    fn both_files_of_a_pair_have_its_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let made = make(folder.path(), "pay-1").unwrap();
        for path in [&made.private_key, &made.public_key] {
            assert_eq!(fingerprint_of(path), Ok(made.fingerprint.clone()));
        }
        let other = folder.path().join("other.pem");
        assert!(
            fingerprint_of(&other)
                .unwrap_err()
                .contains("other.pem can't be read")
        );
        fs::write(&other, "no key").unwrap();
        assert!(
            fingerprint_of(&other)
                .unwrap_err()
                .contains("other.pem holds no P-521 key")
        );
    }
}
