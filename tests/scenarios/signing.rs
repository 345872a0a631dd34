//! The page about signing: its commands give what it says, and its example is one of the vectors.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use harness::{installed, not_tested};
use serde_json::Value;

const PAGE: &str = "docs/signing.md";
const VECTORS: &str = "activities/tests/signing_vectors.json";

/// Stands between the outputs of two commands.
const CUT: &str = "-- cut here --";

#[test]
fn every_openssl_command_of_the_page_gives_what_the_page_says() {
    if installed("openssl").is_none() {
        return not_tested(PAGE, "openssl is missing (Debian: openssl)");
    }
    let examples = examples(&read(PAGE));
    assert!(examples.len() >= 6, "{examples:?}");
    let script: String = examples
        .iter()
        .map(|(command, _)| format!("{command}\necho; echo '{CUT}'\n"))
        .collect();
    let output = run(&script);
    let mut outputs = output.split(CUT);
    for (command, expected) in examples {
        let output = outputs.next().unwrap();
        assert_eq!(output.trim(), expected, "{command}");
    }
}

#[test]
fn its_example_is_one_of_the_vectors() {
    let page = read(PAGE);
    let vectors: Value = serde_json::from_str(&read(VECTORS)).unwrap();
    let accepted = vectors["accepted"].as_array().unwrap();
    let vector = accepted.iter().find(|it| it["name"] == "extra payment");
    let vector = vector.unwrap();
    for field in [
        "body_utf8",
        "string_to_sign",
        "signature_rfc6979_base64",
        "another_valid_signature_base64",
    ] {
        assert!(page.contains(vector[field].as_str().unwrap()), "{field}");
    }
    let keys = vectors["keys"].as_array().unwrap();
    let key = keys.iter().find(|it| it["key_id"] == vector["key_id"]);
    let public = key.unwrap()["public_key_spki_pem"].as_str().unwrap();
    assert!(page.contains(public.trim()), "the public key");
}

/// Each block of commands, with the block of text that follows it: its output.
fn examples(page: &str) -> Vec<(String, String)> {
    let blocks: Vec<&str> = page.split("```").skip(1).step_by(2).collect();
    let mut examples = Vec::new();
    for pair in blocks.windows(2) {
        if let Some(command) = pair[0].strip_prefix("sh\n") {
            let output = pair[1].strip_prefix("text\n").expect(command);
            examples.push((command.to_owned(), output.trim().to_owned()));
        }
    }
    examples
}

/// Runs it all in one shell, in a folder of its own.
fn run(script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh")
        .arg("-eu")
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = shell.stdin.take().unwrap();
    input.write_all(script.as_bytes()).unwrap();
    drop(input);
    let output = shell.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn read(file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(file)).unwrap()
}
