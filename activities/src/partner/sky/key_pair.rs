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
use p521::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, LineEnding};
use p521::{SecretKey, ecdsa};
use sha2::{Digest, Sha256};

/// What a key may sign: extra payments or reversals.
pub trait Purpose: Send + Sync + 'static {
    /// The partner's name for it, in sessions and for keys.
    const WORD: &'static str;
    /// The path of the only call that moves money for this purpose.
    const SUBMISSION: &'static str;
}

/// Extra payments.
pub struct Payment;

/// Reversals.
pub struct Reversal;

impl Purpose for Payment {
    const WORD: &'static str = "PAYMENT";
    const SUBMISSION: &'static str = "/v1/completeMerchantAcquiring";
}

impl Purpose for Reversal {
    const WORD: &'static str = "REVERSAL";
    const SUBMISSION: &'static str = "/v1/processPaymentReversal";
}

/// A private key for one purpose, with the name under which the partner knows its public key.
pub struct SigningKey<P: Purpose> {
    id: String,
    key: ecdsa::SigningKey,
    purpose: PhantomData<P>,
}

impl<P: Purpose> SigningKey<P> {
    /// Reads a P-521 key in PKCS#8 PEM that nobody but its owner may read. The error says the fix.
    pub fn read(id: &str, path: &Path) -> Result<SigningKey<P>, String> {
        if id.is_empty() || id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the key's id must be 1 to 64 visible ASCII characters".to_owned());
        }
        let unreadable = || {
            format!(
                "{} does not hold a P-521 private key in PKCS#8 PEM; `sky-worker new-keys` makes one",
                path.display()
            )
        };
        let bytes =
            secret_file::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let pem = std::str::from_utf8(&bytes).map_err(|_| unreadable())?;
        let key = SecretKey::from_pkcs8_pem(pem).map_err(|_| unreadable())?;
        Ok(SigningKey {
            id: id.to_owned(),
            key: key.into(),
            purpose: PhantomData,
        })
    }

    /// The name under which the partner got the public key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `SHA256:` and the base64 SHA-256 of the public key (DER SubjectPublicKeyInfo).
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.key)
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
    fs::create_dir_all(folder)?;
    let secret = SecretKey::generate();
    let private_pem = secret
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(io::Error::other)?;
    let public_key_pem = secret
        .public_key()
        .to_public_key_pem(LineEnding::LF)
        .map_err(io::Error::other)?;
    let (private_key, public_key) = (
        folder.join(format!("{id}.pem")),
        folder.join(format!("{id}.pub.pem")),
    );
    create(&private_key, 0o600)?.write_all(private_pem.as_bytes())?;
    create(&public_key, 0o644)?.write_all(public_key_pem.as_bytes())?;
    let fingerprint = fingerprint(&secret.into());
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
    file.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn fingerprint(key: &ecdsa::SigningKey) -> String {
    let spki = key.verifying_key().to_public_key_der();
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
        let key = SigningKey::<Payment>::read("pay-1", &made.private_key).unwrap();
        assert_eq!(key.fingerprint(), made.fingerprint);

        let error = make(folder.path(), "pay-1").err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&made.private_key).unwrap(), before);
    }

    #[test]
    fn what_is_no_p521_key_is_refused_with_the_mend() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        // A P-256 key in PKCS#8, created with OpenSSL for this test.
        let p256 = "-----BEGIN PRIVATE KEY-----\n\
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgk9m/SCr1WLbyF8Vb\n\
            An6aP/VQ8FboVD0wMG8i6awa7hyhRANCAARXFoVPVY51HNZ37l6TakK6iuVP90ap\n\
            Dzjcfx1CmaHMzH7Vlb1m0t1xkH38cqdXOOVA9PlpJ4lkvF1POlSHF8XC\n\
            -----END PRIVATE KEY-----\n";
        for content in [p256, "", "no key"] {
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let error = SigningKey::<Reversal>::read("rev-1", &path).err().unwrap();
            assert!(error.contains("new-keys"), "{error}");
        }
    }
}
