//! One check: what it runs, and the broken copies that it must refuse.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use super::stage::Stage;
use super::tools::Tools;
use super::verdict::Verdict;

/// What became of a check.
#[derive(Debug)]
pub(super) enum Outcome {
    Passed { broken_copies: usize },
    Failed(String),
    ToolMissing(String),
}

/// Makes one file of the folder `deploy` wrong.
pub(super) struct Fault {
    pub(super) file: String,
    from: &'static str,
    to: &'static str,
}

impl Fault {
    fn apply(&self, deploy: &Path) -> anyhow::Result<()> {
        let path = deploy.join(&self.file);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        ensure!(
            text.contains(self.from),
            "{} no longer contains {:?}: choose another fault",
            self.file,
            self.from
        );
        Ok(fs::write(&path, text.replace(self.from, self.to))?)
    }
}

type Run = Box<dyn Fn(&Stage) -> anyhow::Result<Verdict>>;

pub(super) struct Check {
    pub(super) what: &'static str,
    /// The installed program that it needs besides the fetched tools, with Debian's package.
    needs: Option<(&'static str, &'static str)>,
    pub(super) faults: Vec<Fault>,
    run: Run,
}

impl Check {
    pub(super) fn new(
        what: &'static str,
        faults: impl IntoIterator<Item = (impl Into<String>, &'static str, &'static str)>,
        run: impl Fn(&Stage) -> anyhow::Result<Verdict> + 'static,
    ) -> Check {
        let faults = faults.into_iter().map(|(file, from, to)| {
            let file = file.into();
            Fault { file, from, to }
        });
        Check {
            what,
            needs: None,
            faults: faults.collect(),
            run: Box::new(run),
        }
    }

    pub(super) fn needing(self, program: &'static str, package: &'static str) -> Check {
        Check {
            needs: Some((program, package)),
            ..self
        }
    }

    /// Runs it on the files as they are, and on one broken copy after another.
    pub(super) fn prove(&self, tools: &Tools) -> anyhow::Result<Outcome> {
        if let Some((program, package)) = self.needs
            && tools.find(program).is_none()
        {
            return Ok(Outcome::ToolMissing(format!("{program} ({package})")));
        }
        if let Verdict::Refused(why) = self.verdict(tools, None)? {
            return Ok(Outcome::Failed(why));
        }
        for fault in &self.faults {
            if let Verdict::Accepted = self.verdict(tools, Some(fault))? {
                let Fault { file, from, to } = fault;
                let why = format!("it accepts {file} with {to:?} in place of {from:?}");
                return Ok(Outcome::Failed(why));
            }
        }
        Ok(Outcome::Passed {
            broken_copies: self.faults.len(),
        })
    }

    fn verdict(&self, tools: &Tools, fault: Option<&Fault>) -> anyhow::Result<Verdict> {
        let stage = Stage::set(tools)?;
        if let Some(fault) = fault {
            fault.apply(&stage.deploy)?;
        }
        (self.run)(&stage).with_context(|| self.what.to_owned())
    }
}
