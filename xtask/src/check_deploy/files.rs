//! Every file in `deploy` is checked, or said not to be.

/// What no tool here knows, with why.
pub(super) const UNCHECKED: [&str; 6] = [
    "kubernetes/README.md (prose)",
    "compose/grafana/datasources.yaml (Grafana alone reads it)",
    "compose/grafana/dashboards.yaml (Grafana alone reads it)",
    "compose/.dclintrc.yaml (dclint's own settings)",
    "kinds of KEDA, of the Prometheus Operator and of Temporal's controller (their schemas are not at hand: \
     only that kustomize reads them)",
    "the images' builds (no container engine)",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::check_deploy::checks;
    use crate::check_deploy::stage::DEPLOY;

    fn files(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(DEPLOY).unwrap().display().to_string();
            if name.ends_with("/secrets") || name.ends_with("/.env") {
                continue;
            }
            if path.is_dir() {
                files(&path, found);
            } else {
                found.push(name);
            }
        }
    }

    #[test]
    fn each_deployed_file_has_a_broken_copy_that_must_be_refused_or_is_said_to_be_unchecked() {
        let mut shipped = Vec::new();
        files(Path::new(DEPLOY), &mut shipped);
        let checks = checks::all();
        let broken: BTreeSet<&str> = checks
            .iter()
            .flat_map(|check| check.faults.iter().map(|fault| fault.file.as_str()))
            .collect();
        let said = |file: &str| UNCHECKED.iter().any(|it| it.starts_with(file));
        shipped.retain(|file| !broken.contains(file.as_str()) && !said(file));
        assert!(shipped.is_empty(), "nothing checks {shipped:#?}");
    }
}
