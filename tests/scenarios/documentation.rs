//! What the documents name exists: the tests that prove something, and the files that they link to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Each failure that is survived, with the tests that prove it.
const SURVIVES: &str = "docs/survives.md";

#[test]
fn every_test_that_a_document_names_exists() {
    let tests = Tests::of_this_repository();
    for document in documents() {
        for name in code_spans(&read(&document)).filter(|it| is_test_path(it)) {
            assert!(tests.has(&name), "{}: `{name}`", document.display());
        }
    }
}

#[test]
fn every_failure_that_is_survived_names_what_proves_it() {
    let tests = Tests::of_this_repository();
    let mut proven = 0;
    for line in read(&Path::new(ROOT).join(SURVIVES)).lines() {
        let cells: Vec<&str> = line.split(" | ").collect();
        let [failure, proof] = cells.as_slice() else {
            continue;
        };
        if proof.starts_with("test") || proof.starts_with("---") {
            continue;
        }
        let names: Vec<String> = code_spans(proof).collect();
        let links_to_a_run = proof.contains("](campaign.md)");
        assert!(!names.is_empty() || links_to_a_run, "{failure}: no test");
        for name in names {
            let is_there = Path::new(ROOT).join(&name).exists() || tests.has(&name);
            assert!(is_there, "{failure}: `{name}` is no test");
        }
        proven += 1;
    }
    assert!(proven >= 90, "only {proven} failures");
}

#[test]
fn every_file_that_a_document_links_to_exists() {
    for document in documents() {
        let text = read(&document);
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let file = document.parent().unwrap().join(target);
            assert!(file.exists(), "{}: {target}", document.display());
        }
    }
}

#[test]
fn every_page_of_the_documentation_is_in_the_book() {
    let docs = Path::new(ROOT).join("docs");
    let summary = read(&docs.join("SUMMARY.md"));
    let pages = files(&docs, "md").into_iter();
    let pages = pages.map(|page| page.strip_prefix(&docs).unwrap().display().to_string());
    let missing = pages.filter(|page| !summary.contains(&format!("]({page})")));
    assert_eq!(missing.collect::<Vec<String>>(), ["SUMMARY.md"]);
}

/// The schema of the state is generated from the code.
#[test]
fn the_diagram_of_phases_has_those_that_the_code_has() {
    let schema = read(&Path::new(ROOT).join("docs/api/schemas/state.json"));
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let phases = schema["$defs"]["Phase"]["oneOf"].as_array().unwrap();
    let phases: BTreeSet<&str> = phases
        .iter()
        .map(|it| it["const"].as_str().unwrap())
        .collect();

    let page = read(&Path::new(ROOT).join("docs/concepts.md"));
    let (_, diagram) = page.split_once("[*] --> submitting").unwrap();
    let (diagram, _) = diagram.split_once("```").unwrap();
    let steps = diagram.lines().filter_map(|line| line.split_once(" --> "));
    let states = steps.flat_map(|(from, to)| [from, to.split(':').next().unwrap()]);
    let frame = ["[*]", "by_itself"];
    let states: BTreeSet<&str> = states
        .map(str::trim)
        .filter(|it| !frame.contains(it))
        .collect();
    assert_eq!(states, phases);
}

/// The names of all tests: `module::test`, `test` and `module`, with `*` for what a name leaves open.
struct Tests(BTreeSet<String>);

impl Tests {
    fn of_this_repository() -> Tests {
        let mut names = BTreeSet::new();
        for file in files(Path::new(ROOT), "rs") {
            let module = file.file_stem().unwrap().to_str().unwrap();
            let text = read(&file);
            let named_at_run_time = file.starts_with(Path::new(ROOT).join("tests/network"));
            let texts = named_at_run_time.then(|| texts_in(&text));
            for test in tests_in(&text)
                .into_iter()
                .chain(texts.into_iter().flatten())
            {
                names.insert(format!("{module}::{test}"));
                names.insert(test);
                names.insert(module.to_owned());
            }
        }
        Tests(names)
    }

    fn has(&self, name: &str) -> bool {
        match name.split_once('*') {
            None => self.0.contains(name),
            Some((start, end)) => {
                let mut names = self.0.iter();
                names.any(|it| it.starts_with(start) && it.ends_with(end))
            }
        }
    }
}

/// The functions below an attribute for tests.
fn tests_in(text: &str) -> Vec<String> {
    let mut tests = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        is_test |= line.starts_with("#[") && line.contains("test");
        if let Some((_, name)) = line.split_once("fn ") {
            let name = name.split('(').next().unwrap();
            if is_test {
                tests.push(name.to_owned());
            }
            is_test = false;
        }
    }
    tests
}

/// The texts that may name a test, with `*` for each `{}`.
fn texts_in(text: &str) -> Vec<String> {
    let literals = text.split('"').skip(1).step_by(2);
    let names = literals.map(|literal| {
        let mut parts = literal.split(['{', '}']).step_by(2);
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |name, part| name + "*" + part)
    });
    names.filter(|it| is_word(&it.replace('*', ""))).collect()
}

/// `module::test`, where the module is one of tests.
fn is_test_path(name: &str) -> bool {
    let parts: Vec<&str> = name.split("::").collect();
    matches!(parts.as_slice(), [module, test] if is_word(module) && is_word(&test.replace('*', "")))
}

fn is_word(text: &str) -> bool {
    let allowed = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    text.bytes().all(allowed)
}

/// The text between backquotes, except in code blocks.
fn code_spans(text: &str) -> impl Iterator<Item = String> {
    let prose: String = text.split("```").step_by(2).collect();
    let spans: Vec<String> = prose
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    spans.into_iter()
}

fn documents() -> Vec<PathBuf> {
    files(Path::new(ROOT), "md")
}

/// All files of this kind in the repository.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !["target", ".git", ".venv", "node_modules"].contains(&name) {
                found.extend(files(&path, extension));
            }
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
