//! The manifests: kustomize puts each overlay together, and Kubernetes' own schemas judge the result.

use crate::check_deploy::check::Check;
use crate::check_deploy::stage::Stage;
use crate::check_deploy::verdict::{Verdict, ask};

/// The oldest version that the manifests are for: `preStop.sleep` is on by default from 1.30.
const KUBERNETES: &str = "1.30";

pub(super) fn all() -> Vec<Check> {
    let base = [
        ("kustomization.yaml", "resources:", "resource:"),
        ("namespace.yaml", "metadata:", "metadate:"),
        ("worker.yaml", "resources:", "resourcez:"),
        ("gateway.yaml", "readinessProbe:", "readyProbe:"),
        ("network-policies.yaml", "podSelector:", "podsSelector:"),
    ];
    let autoscaling = [
        ("kustomization.yaml", "op: remove", "op: rm"),
        ("scaler.yaml", "name: sky-worker", "name: sky"),
    ];
    let monitoring = [
        ("kustomization.yaml", "pod-", "pods-"),
        ("pod-monitors.yaml", "metadata:", "metadata"),
    ];
    let self_hosted = [
        ("kustomization.yaml", "images:", "image:"),
        ("network-policy.yaml", "egress:", "exgress:"),
        ("scaler.yaml", "name: sky-worker", "name: sky"),
        ("temporal.yaml", "envFrom", "envForm"),
    ];
    let cloud = [
        ("kustomization.yaml", "images:", "image:"),
        ("network-policy.yaml", "cidr:", "cird:"),
        ("scaler.yaml", "name: sky-worker", "name: sky"),
        ("temporal-worker.yaml", "envFrom", "envForm"),
        ("temporal-gateway.yaml", "envFrom", "envForm"),
        ("trigger-authentication.yaml", "metadata:", "metadata"),
    ];
    let versioned = [("kustomization.yaml", "components:", "component:")];
    let controller = [
        (
            "kustomization.yaml",
            "worker-deployment.yaml",
            "worker-deployments.yaml",
        ),
        ("worker-deployment.yaml", "metadata:\n", "metadata\n"),
        ("name-references.yaml", "fieldSpecs:", "fieldSpecs: x"),
    ];
    vec![
        Check::new(
            "Kubernetes with its own Temporal, by kustomize and kubernetes-validate",
            faults("base", base)
                .chain(faults("components/autoscaling", autoscaling))
                .chain(faults("components/monitoring", monitoring))
                .chain(faults("overlays/self-hosted", self_hosted)),
            |stage| overlay(stage, "self-hosted"),
        ),
        Check::new(
            "Kubernetes with Temporal Cloud, by kustomize and kubernetes-validate",
            faults("overlays/temporal-cloud", cloud),
            |stage| overlay(stage, "temporal-cloud"),
        ),
        Check::new(
            "Kubernetes with Temporal's worker controller, by kustomize and kubernetes-validate",
            faults("overlays/temporal-cloud-versioned", versioned)
                .chain(faults("components/worker-controller", controller)),
            |stage| overlay(stage, "temporal-cloud-versioned"),
        ),
    ]
}

/// The faults in the files of one folder.
fn faults<const N: usize>(
    folder: &str,
    faults: [(&'static str, &'static str, &'static str); N],
) -> impl Iterator<Item = (String, &'static str, &'static str)> {
    faults
        .map(|(file, from, to)| (format!("kubernetes/{folder}/{file}"), from, to))
        .into_iter()
}

fn overlay(stage: &Stage, name: &str) -> anyhow::Result<Verdict> {
    let manifests = stage.deploy.join(format!("{name}.yaml"));
    let mut kustomize = stage.tools.command("kubectl")?;
    kustomize
        .arg("kustomize")
        .arg(stage.deploy.join("kubernetes/overlays").join(name))
        .arg("--output")
        .arg(&manifests);
    if let refused @ Verdict::Refused(_) = ask(&mut kustomize)? {
        return Ok(refused);
    }
    let mut validate = stage.tools.command("kubernetes-validate")?;
    ask(validate
        .args(["--quiet", "--strict", "-k", KUBERNETES])
        .arg(manifests))
}
