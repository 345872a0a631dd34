//! What our own programs say to the shipped configurations, and whether an image's root can run them.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use harness::program;

use crate::check_deploy::check::Check;
use crate::check_deploy::stage::Stage;
use crate::check_deploy::verdict::{Verdict, all as all_of, ask};

const WORKERS: [&str; 4] = [
    "compose/worker.toml",
    "examples/sky-worker.toml",
    "kubernetes/base/worker.toml",
    "systemd/worker.toml",
];

const GATEWAYS: [&str; 4] = [
    "compose/gateway.toml",
    "examples/sky-callback-gateway.toml",
    "kubernetes/base/gateway.toml",
    "systemd/gateway.toml",
];

/// The user of the images.
const IMAGES_USER: u32 = 65532;

pub(super) fn all() -> Vec<Check> {
    let mut worker_faults = WORKERS.map(|file| (file, "[billing]", "[biling]")).to_vec();
    worker_faults.push(("compose/prepare", "key pay-1\n", "\n"));
    worker_faults.push((
        "systemd/temporal.env",
        "TEMPORAL_NAMESPACE=",
        "TEMPORAL_TLS=",
    ));
    let gateway_faults = GATEWAYS.map(|file| (file, "private_listen =", "private_listens ="));
    vec![
        Check::new(
            "each worker.toml, by sky-worker check",
            worker_faults,
            |stage| {
                all_of(WORKERS.map(|file| {
                    let mut worker = ours(stage, "sky-worker")?;
                    ask(worker
                        .arg("check")
                        .arg("--config")
                        .arg(configuration(stage, file)?))
                }))
            },
        )
        .needing("openssl", "Debian: openssl"),
        Check::new(
            "each gateway.toml, by sky-callback-gateway check",
            gateway_faults,
            |stage| {
                all_of(GATEWAYS.map(|file| {
                    let mut gateway = ours(stage, "sky-callback-gateway")?;
                    ask(gateway
                        .arg("check")
                        .arg("--config")
                        .arg(configuration(stage, file)?))
                }))
            },
        )
        .needing("openssl", "Debian: openssl"),
        Check::new(
            "the worker in an image's root, without a shell, as its user",
            [(
                "image-root",
                "cp -L /etc/ssl/certs/",
                "echo /etc/ssl/certs/",
            )],
            in_an_images_root,
        )
        .needing("openssl", "Debian: openssl"),
    ]
}

/// One of our programs, in the environment that systemd's units give it.
fn ours(stage: &Stage, name: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(program(name)?);
    command.env_clear();
    let temporal = fs::read_to_string(stage.deploy.join("systemd/temporal.env"))?;
    for line in temporal.lines().filter(|line| !line.starts_with('#')) {
        let (variable, value) = line.split_once('=').context("systemd/temporal.env")?;
        command.env(variable, value);
    }
    Ok(command)
}

/// The configuration with throw-away secrets in the place of those of a deployment, and beside them,
/// as systemd hands both over.
fn configuration(stage: &Stage, file: &str) -> anyhow::Result<PathBuf> {
    let folder = stage.secrets()?;
    let secrets = folder.display().to_string();
    let path = stage.rewrite(file, |text| {
        text.replace(
            "/etc/sky/tls/tls.crt",
            &format!("{secrets}/tls-certificate.pem"),
        )
        .replace("/etc/sky/tls/tls.key", &format!("{secrets}/tls-key.pem"))
        .replace("/etc/sky/secrets", &secrets)
        .replace("\"secrets/", &format!("\"{secrets}/"))
    })?;
    let beside = folder.join("configuration.toml");
    fs::copy(path, &beside)?;
    Ok(beside)
}

/// Without its certificate authorities the worker would end with 78, without a library not start.
fn in_an_images_root(stage: &Stage) -> anyhow::Result<Verdict> {
    let root = stage.deploy.join("root");
    let mut lay_out = Command::new(stage.deploy.join("image-root"));
    if let refused @ Verdict::Refused(_) = ask(lay_out.arg(&root).arg(program("sky-worker")?))? {
        return Ok(refused);
    }
    let etc = root.join("etc/sky");
    fs::rename(stage.secrets()?, etc.join("secrets"))?;
    fs::copy(
        stage.deploy.join("compose/worker.toml"),
        etc.join("worker.toml"),
    )?;
    let mut chroot = if belongs_to_root(&root)? {
        for secret in fs::read_dir(etc.join("secrets"))? {
            chown(secret?.path(), Some(IMAGES_USER), Some(IMAGES_USER))?;
        }
        chown(etc.join("secrets"), Some(IMAGES_USER), Some(IMAGES_USER))?;
        let mut chroot = Command::new("chroot");
        chroot.arg(format!("--userspec={IMAGES_USER}:{IMAGES_USER}"));
        chroot
    } else {
        let mut unshare = Command::new("unshare");
        unshare.args(["--map-root-user", "chroot"]);
        unshare
    };
    chroot
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    chroot.arg(root).arg("/usr/local/bin/sky-worker");
    ask(chroot.args(["check", "--config", "/etc/sky/worker.toml"]))
}

fn belongs_to_root(made_by_us: &Path) -> anyhow::Result<bool> {
    Ok(fs::metadata(made_by_us)?.uid() == 0)
}
