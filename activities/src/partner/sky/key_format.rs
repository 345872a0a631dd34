//! What a file holds in place of a P-521 private key in PKCS#8 PEM, and how to get one from it.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The object identifier of P-521, in DER.
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];

/// Others, with their names.
const OTHERS: [(&[u8], &str); 6] = [
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], "P-256"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], "P-384"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x0a], "secp256k1"),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01],
        "RSA",
    ),
    (&[0x2b, 0x65, 0x70], "Ed25519"),
    (&[0x2b, 0x65, 0x71], "Ed448"),
];

const NEW_KEYS: &str = "`sky-worker new-keys` makes one, whose public half the partner needs";

/// What is wrong with the file, with its name and the fix.
pub(super) fn fault(path: &Path, content: &[u8]) -> String {
    let file = path.display();
    if content.is_empty() {
        return format!("{file} is empty, and must hold a P-521 private key: {NEW_KEYS}");
    }
    let Ok(text) = std::str::from_utf8(content) else {
        return if holds(content, P521) {
            let command = convert(path, "openssl pkey -inform DER");
            format!("{file} is DER, and must be PEM: run {command}")
        } else {
            none(path)
        };
    };
    let pem = Pem::last_of(text);
    let convertible = |format: &str| {
        let command = convert(path, "openssl pkey");
        format!("{file} holds a P-521 key in {format}, and must be PKCS#8 PEM: run {command}")
    };
    match pem.label {
        "EC PRIVATE KEY" if text.contains("ENCRYPTED") => locked(path),
        "EC PRIVATE KEY" if holds(&pem.der, P521) => convertible("SEC1 PEM"),
        "ENCRYPTED PRIVATE KEY" => locked(path),
        "OPENSSH PRIVATE KEY" if holds(&pem.der, b"nistp521") => format!(
            "{file} holds a P-521 key in OpenSSH's format, and must be PKCS#8 PEM: run `ssh-keygen \
             -p -N '' -m PKCS8 -f {}`, which converts it in place",
            quoted(path)
        ),
        "PUBLIC KEY" => is_public(path),
        "RSA PRIVATE KEY" => other(path, "RSA"),
        "CERTIFICATE" | "CERTIFICATE REQUEST" => {
            format!("{file} holds a certificate, and must hold the P-521 private key: {NEW_KEYS}")
        }
        "PRIVATE KEY" | "EC PRIVATE KEY" => {
            let known = OTHERS.iter().find(|(id, _)| holds(&pem.der, id));
            known.map_or_else(|| none(path), |(_, name)| other(path, name))
        }
        _ => none(path),
    }
}

/// Whether it is a public key, which others may well read.
pub(super) fn is_public_key(content: &[u8]) -> bool {
    std::str::from_utf8(content).is_ok_and(|text| Pem::last_of(text).label == "PUBLIC KEY")
}

/// What is wrong with a public key in the place of the private one.
pub(super) fn is_public(path: &Path) -> String {
    format!(
        "{} holds a public key, from which no private one can be made: name the file of the \
         private key, as `sky-worker new-keys` wrote it beside (without .pub)",
        path.display()
    )
}

fn locked(path: &Path) -> String {
    let command = convert(path, "openssl pkey");
    let file = path.display();
    format!(
        "{file} holds a key that is encrypted with a passphrase: write a copy that is not encrypted \
         with {command}"
    )
}

fn other(path: &Path, name: &str) -> String {
    let file = path.display();
    format!("{file} holds a key of {name}, and the partner takes P-521 alone: {NEW_KEYS}")
}

fn none(path: &Path) -> String {
    let file = path.display();
    format!("{file} does not hold a P-521 private key in PKCS#8 PEM: {NEW_KEYS}")
}

/// The command that writes the key as it must be, and what to do then.
fn convert(path: &Path, program: &str) -> String {
    let to = path.with_extension("pkcs8.pem");
    let (from, to) = (quoted(path), quoted(&to));
    format!("`{program} -in {from} -out {to}`, and name that file")
}

/// The path as a shell reads it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if path.bytes().all(plain) {
        path
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A block of a PEM file.
#[derive(Default)]
struct Pem<'a> {
    label: &'a str,
    der: Vec<u8>,
}

impl Pem<'_> {
    /// The last block: OpenSSL writes a key's parameters before it.
    fn last_of(text: &str) -> Pem<'_> {
        let Some((_, block)) = text.rsplit_once("-----BEGIN ") else {
            return Pem::default();
        };
        let (label, rest) = block.split_once("-----").unwrap_or((block, ""));
        let (base64, _) = rest.split_once("-----").unwrap_or((rest, ""));
        let base64: String = base64.split_whitespace().collect();
        let der = STANDARD.decode(base64).unwrap_or_default();
        Pem { label, der }
    }
}

#[cfg(test)]
mod tests;
