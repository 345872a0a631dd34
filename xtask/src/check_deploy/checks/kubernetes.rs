//! The manifests: kustomize puts each overlay together, and Kubernetes' own schemas judge the result.

use crate::check_deploy::check::Check;
use crate::check_deploy::stage::Stage;
use crate::check_deploy::verdict::{Verdict, ask};

/// The oldest version that the manifests are for: `preStop.sleep` is on by default from 1.30.
const KUBERNETES: &str = "1.30";

pub(super) fn all() -> Vec<Check> {
    vec![
        Check::new(
            "Kubernetes with its own Temporal, by kustomize and kubernetes-validate",
            [
                (
                    "kubernetes/base/kustomization.yaml",
                    "resources:",
                    "resource:",
                ),
                ("kubernetes/base/namespace.yaml", "metadata:", "metadate:"),
                ("kubernetes/base/worker.yaml", "resources:", "resourcez:"),
                (
                    "kubernetes/base/gateway.yaml",
                    "readinessProbe:",
                    "readyProbe:",
                ),
                (
                    "kubernetes/base/network-policies.yaml",
                    "podSelector:",
                    "podsSelector:",
                ),
                (
                    "kubernetes/components/autoscaling/kustomization.yaml",
                    "op: remove",
                    "op: rm",
                ),
                (
                    "kubernetes/components/autoscaling/scaler.yaml",
                    "name: sky-worker",
                    "name: sky",
                ),
                (
                    "kubernetes/components/monitoring/kustomization.yaml",
                    "pod-",
                    "pods-",
                ),
                (
                    "kubernetes/components/monitoring/pod-monitors.yaml",
                    "metadata:",
                    "metadata",
                ),
                (
                    "kubernetes/overlays/self-hosted/kustomization.yaml",
                    "images:",
                    "image:",
                ),
                (
                    "kubernetes/overlays/self-hosted/network-policy.yaml",
                    "egress:",
                    "exgress:",
                ),
                (
                    "kubernetes/overlays/self-hosted/scaler.yaml",
                    "name: sky-worker",
                    "name: sky",
                ),
                (
                    "kubernetes/overlays/self-hosted/temporal.yaml",
                    "envFrom",
                    "envForm",
                ),
            ],
            |stage| overlay(stage, "self-hosted"),
        ),
        Check::new(
            "Kubernetes with Temporal Cloud, by kustomize and kubernetes-validate",
            [
                (
                    "kubernetes/overlays/temporal-cloud/kustomization.yaml",
                    "images:",
                    "image:",
                ),
                (
                    "kubernetes/overlays/temporal-cloud/network-policy.yaml",
                    "cidr:",
                    "cird:",
                ),
                (
                    "kubernetes/overlays/temporal-cloud/scaler.yaml",
                    "name: sky-worker",
                    "name: sky",
                ),
                (
                    "kubernetes/overlays/temporal-cloud/temporal-worker.yaml",
                    "envFrom",
                    "envForm",
                ),
                (
                    "kubernetes/overlays/temporal-cloud/temporal-gateway.yaml",
                    "envFrom",
                    "envForm",
                ),
                (
                    "kubernetes/overlays/temporal-cloud/trigger-authentication.yaml",
                    "metadata:",
                    "metadata",
                ),
            ],
            |stage| overlay(stage, "temporal-cloud"),
        ),
        Check::new(
            "Kubernetes with Temporal's worker controller, by kustomize and kubernetes-validate",
            [
                (
                    "kubernetes/overlays/temporal-cloud-versioned/kustomization.yaml",
                    "components:",
                    "component:",
                ),
                (
                    "kubernetes/components/worker-controller/kustomization.yaml",
                    "worker-deployment.yaml",
                    "worker-deployments.yaml",
                ),
                (
                    "kubernetes/components/worker-controller/worker-deployment.yaml",
                    "metadata:\n",
                    "metadata\n",
                ),
                (
                    "kubernetes/components/worker-controller/name-references.yaml",
                    "fieldSpecs:",
                    "fieldSpecs: x",
                ),
            ],
            |stage| overlay(stage, "temporal-cloud-versioned"),
        ),
    ]
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
