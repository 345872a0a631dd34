//! A short run of the fuzz targets, on stable: every file of the corpus, and mutations of them that
//! follow from a seed. CONTRIBUTING.md explains how to run the fuzzer itself.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fs;
use std::path::Path;

#[path = "../../fuzz/properties.rs"]
mod properties;

/// How many changed inputs are tried.
const CHANGES: usize = 20_000;

#[test]
fn bodies_keep_what_must_hold() {
    short_run("body", properties::of_body);
}

#[test]
fn tokens_keep_what_must_hold() {
    short_run("token", properties::of_query);
}

#[test]
fn webhooks_keep_what_must_hold() {
    short_run("webhook", properties::of_webhook);
}

fn short_run(target: &str, property: fn(&[u8])) {
    let corpus = corpus(target);
    assert!(corpus.len() >= 10, "only {} files", corpus.len());
    for input in &corpus {
        property(input);
    }
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..CHANGES {
        let mut input = random.choice(&corpus).cloned().unwrap_or_default();
        for _ in 0..random.usize(1..4) {
            change(&mut input, &corpus, &mut random);
        }
        property(&input);
    }
}

/// What a fuzzer does: bytes that differ, are missing or are there twice, and parts of another input.
fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut fastrand::Rng) {
    let at = random.usize(0..=input.len());
    let to = random.usize(at..=input.len());
    match random.u8(0..5) {
        0 => input.insert(at, random.u8(..)),
        1 => input.insert(at, *random.choice(b"\"\\{}[]:,.=&%0*- ").unwrap_or(&b'0')),
        2 => drop(input.drain(at..to.min(at + 8))),
        3 => input.extend_from_within(at..to),
        _ => {
            let other = random.choice(corpus).cloned().unwrap_or_default();
            let from = random.usize(0..=other.len());
            input.splice(at..to, other[from..].iter().copied());
        }
    }
    input.truncate(8 * 1024);
}

/// The files, in the order of their names.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let entries = fs::read_dir(folder.join(target)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}
