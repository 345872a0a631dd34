//! `cargo xtask check-deploy`: each file in `deploy` is given to the tool that knows its format, and
//! then a broken copy of it, which the tool must refuse. So a check that passes anything is found.

mod check;
mod checks;
mod files;
mod stage;
mod tools;
mod verdict;

use std::env;

use anyhow::ensure;

use crate::build::build_with_tests;
use check::Outcome;
use tools::Tools;

/// Builds what the tests need too, so that CI builds it once, fetches the tools and checks everything.
/// What could not be checked because a tool is missing is printed and counted, and is a failure only
/// with `SKY_REQUIRE_ALL`.
pub(crate) async fn check_deploy() -> anyhow::Result<()> {
    build_with_tests().await?;
    let tools = Tools::fetch()?;
    let (mut passed, mut refusals, mut failures, mut missing) = (0, 0, 0, Vec::new());
    for check in checks::all() {
        match check.prove(&tools)? {
            Outcome::Passed { broken_copies } => {
                passed += 1;
                refusals += broken_copies;
                println!(
                    "passed   {}: {broken_copies} broken copies refused",
                    check.what
                );
            }
            Outcome::Failed(why) => {
                failures += 1;
                println!("FAILED   {}: {why}", check.what);
            }
            Outcome::ToolMissing(tool) => {
                println!("missing  {}: {tool}", check.what);
                missing.push(tool);
            }
        }
    }
    missing.dedup();
    println!(
        "{passed} checks passed, and refused {refusals} broken copies; {failures} failed; {} tools are \
         missing{}{}",
        missing.len(),
        if missing.is_empty() { "" } else { ": " },
        missing.join("; ")
    );
    println!("not checked: {}", files::UNCHECKED.join("; "));
    ensure!(failures == 0, "{failures} checks failed");
    let may_miss_some = env::var_os("SKY_REQUIRE_ALL").is_none();
    ensure!(missing.is_empty() || may_miss_some, "tools are missing");
    Ok(())
}
