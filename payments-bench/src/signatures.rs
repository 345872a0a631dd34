//! One signature, beside the bare crate's and beside other libraries.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use activities::partner::sky::key_pair::{self, Payment, SigningKey};
use activities::partner::sky::signature::{sign, string_to_sign};
use anyhow::{Context, anyhow};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair};
use p521::ecdsa::Signature;
use p521::ecdsa::signature::Signer;
use p521::elliptic_curve::Generate;

use crate::Arguments;
use crate::report::Figure;

/// How many in a round.
const TIMES: u32 = 200;

/// Ours includes the hash of the body, the lines that are signed, and their encoding.
pub(crate) fn signatures(arguments: &Arguments) -> anyhow::Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    key_pair::make(folder.path(), "own")?;
    let own = SigningKey::<Payment>::read(&folder.path().join("own.pem"))
        .map_err(|problem| anyhow!(problem))?;
    let bare = p521::ecdsa::SigningKey::generate();
    let aws_lc = EcdsaKeyPair::generate(&ECDSA_P521_SHA512_ASN1_SIGNING)
        .map_err(|_| anyhow!("aws-lc makes no key"))?;
    let random = SystemRandom::new();
    let lines = || string_to_sign("/v1/initSession", "m-1001", "own", 0, b"{}");
    let signed = lines();
    let (mut owns, mut bares, mut aws_lcs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..arguments.rounds {
        owns.push(time(|| sign(&own, &lines()).len()));
        bares.push(time(|| {
            let signature: Signature = bare.sign(signed.as_bytes());
            signature.to_bytes().len()
        }));
        aws_lcs.push(time(|| {
            let signature = aws_lc.sign(&random, signed.as_bytes());
            signature.map_or(0, |it| it.as_ref().len())
        }));
    }
    let mut figures = vec![
        Figure::new(
            "signature, beside the bare crate",
            "µs",
            owns,
            bares.clone(),
        ),
        Figure::new(
            "signature by aws-lc, beside the crate",
            "µs",
            aws_lcs,
            bares.clone(),
        ),
    ];
    match openssl() {
        Ok(openssl) => {
            let what = "signature by OpenSSL, beside the crate";
            figures.push(Figure::new(what, "µs", vec![openssl], bares));
        }
        Err(missing) => eprintln!("OpenSSL is left out: {missing:#}"),
    }
    Ok(figures)
}

/// What `openssl speed` says.
fn openssl() -> anyhow::Result<u64> {
    let output = Command::new("openssl")
        .args(["speed", "-mr", "-seconds", "1", "ecdsap521"])
        .output()
        .context("openssl can't be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("+F4:"));
    let a_second = line.and_then(|line| line.split(':').nth(2)?.parse::<f64>().ok());
    let a_second = a_second
        .filter(|it| *it > 1.0)
        .context("openssl speed says no figure")?;
    Ok(nanos(Duration::from_secs(1).div_f64(a_second)))
}

fn time(mut work: impl FnMut() -> usize) -> u64 {
    let begun = Instant::now();
    for _ in 0..TIMES {
        black_box(work());
    }
    nanos(begun.elapsed() / TIMES)
}

pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
