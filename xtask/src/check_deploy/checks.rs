//! The checks, one for each tool and kind of file.

mod kubernetes;
mod programs;
mod services;

use super::check::Check;
use super::verdict::ask;

pub(super) fn all() -> Vec<Check> {
    let mut checks = containers();
    checks.extend(kubernetes::all());
    checks.extend(services::all());
    checks.extend(programs::all());
    checks
}

fn containers() -> Vec<Check> {
    let compose = "compose/compose.yaml";
    vec![
        Check::new(
            "Dockerfile, by hadolint",
            [("Dockerfile", "FROM scratch AS base", "FROM debian AS base")],
            |stage| {
                let mut hadolint = stage.tools.command("hadolint")?;
                ask(hadolint.arg(stage.deploy.join("Dockerfile")))
            },
        ),
        Check::new(
            "compose.yaml, by the Compose specification's schema",
            [(compose, "    healthcheck:", "    healthchecks:")],
            |stage| {
                let mut schema = stage.tools.command("check-jsonschema")?;
                schema.args(["--builtin-schema", "vendor.compose-spec"]);
                ask(schema.arg(stage.deploy.join("compose/compose.yaml")))
            },
        ),
        Check::new(
            "compose.yaml, by dclint",
            [(compose, "127.0.0.1:8233:8080", "8233:8080")],
            |stage| {
                let mut dclint = stage.tools.command("dclint")?;
                dclint.current_dir(stage.deploy.join("compose"));
                ask(dclint.args([
                    "-c",
                    ".dclintrc.yaml",
                    "--max-warnings",
                    "0",
                    "compose.yaml",
                ]))
            },
        )
        .needing("dclint", "npm"),
    ]
}
