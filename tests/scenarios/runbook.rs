//! The runbook: complete, with uniform pages, and with commands that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::program;
use workflows::contract::state::Phase;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/runbook");

/// The sections of each page, in this order.
const HEADINGS: [&str; 5] = [
    "## What it means",
    "## Look at",
    "## Do",
    "## Never",
    "## Safe",
];

#[test]
fn every_page_is_listed_and_says_what_to_do_and_what_never() {
    let index = fs::read_to_string(Path::new(FOLDER).join("README.md")).unwrap();
    for page in pages() {
        let path = page.strip_prefix(FOLDER).unwrap().display().to_string();
        let path = path.trim_start_matches('/');
        assert!(index.contains(&format!("({path})")), "{path} is not listed");
        let text = fs::read_to_string(&page).unwrap();
        let headings = text.lines().filter(|line| line.starts_with("## "));
        assert_eq!(headings.collect::<Vec<_>>(), HEADINGS, "{path}");
    }
}

#[test]
fn every_phase_has_a_page() {
    for phase in Phase::ALL {
        let page = format!("{FOLDER}/phases/{}.md", phase.as_str());
        assert!(Path::new(&page).is_file(), "{page} is missing");
    }
}

#[test]
fn every_command_of_ours_in_it_is_one() {
    let mut commands = BTreeSet::new();
    for page in pages() {
        let text = fs::read_to_string(page).unwrap();
        for name in ["sky-payments", "sky-worker"] {
            let verbs = text.match_indices(name).filter_map(|(at, _)| {
                let rest = text[at + name.len()..].strip_prefix(' ')?;
                let is_word = |it: char| it.is_ascii_lowercase() || it == '-';
                let end = rest.find(|it| !is_word(it)).unwrap_or(rest.len());
                Some((name, rest[..end].to_owned()))
            });
            commands.extend(verbs);
        }
    }
    assert!(commands.len() >= 8, "{commands:?}");
    for (name, verb) in commands {
        let mut command = Command::new(program(name).unwrap());
        let output = command.args([&verb, "--help"]).output().unwrap();
        assert!(output.status.success(), "there is no {name} {verb}");
    }
}

fn pages() -> Vec<PathBuf> {
    let folders = ["alerts", "phases"].map(|folder| Path::new(FOLDER).join(folder));
    let pages = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    pages.map(|page| page.unwrap().path()).collect()
}
