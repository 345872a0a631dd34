//! What an example prints.

use std::process::Output;

use anyhow::Context;
use serde_json::Value;

/// The lines of its standard output. Those that hold a message of the contract begin with the name of
/// its schema.
#[derive(Clone, PartialEq, Debug)]
pub struct Printed {
    /// Whether its exit code was 0.
    pub succeeded: bool,
    /// Each message with the name of its schema.
    pub messages: Vec<(String, Value)>,
    /// All other lines.
    pub words: Vec<String>,
}

impl Printed {
    pub(super) fn by(output: &Output) -> anyhow::Result<Printed> {
        let mut printed = Printed {
            succeeded: output.status.success(),
            messages: Vec::new(),
            words: Vec::new(),
        };
        for line in String::from_utf8(output.stdout.clone())?.lines() {
            match line.split_once(" {") {
                Some((schema, json)) => {
                    let json = serde_json::from_str(&format!("{{{json}"));
                    let message = json.with_context(|| format!("no JSON: {line}"))?;
                    printed.messages.push((schema.to_owned(), message));
                }
                None => printed.words.push(line.to_owned()),
            }
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        eprint!("{errors}");
        Ok(printed)
    }

    /// The only message, which is of this schema.
    pub fn message(&self, schema: &str) -> anyhow::Result<&Value> {
        match self.messages.as_slice() {
            [(name, message)] if name == schema => Ok(message),
            _ => anyhow::bail!("not one {schema}: {self:?}"),
        }
    }

    /// Whether a line begins so.
    pub fn says(&self, words: &str) -> bool {
        self.words.iter().any(|line| line.starts_with(words))
    }
}
