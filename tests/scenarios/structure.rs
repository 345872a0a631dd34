//! How the source code is divided: no files of a crate import each other in a circle, and the pure
//! part of the workflows does not know Temporal.

mod modules;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use modules::{imports, modules};

#[test]
fn no_files_of_a_crate_import_each_other_in_a_circle() {
    let crates = fs::read_dir(root()).unwrap().map(|it| it.unwrap().path());
    let crates: Vec<PathBuf> = crates.filter(|it| it.join("src").is_dir()).collect();
    assert!(crates.len() > 10, "{crates:?}");
    let circles = crates.iter().flat_map(|folder| {
        let modules = modules(&folder.join("src"));
        let imports = modules.keys().map(|it| (it, imports(it, &modules)));
        let imports: BTreeMap<_, _> = imports.collect();
        let in_a_circle = imports.keys().filter(|it| reaches_itself(it, &imports));
        let names = in_a_circle.map(|it| format!("{}: {}", folder.display(), it.join("::")));
        names.collect::<Vec<String>>()
    });
    assert_eq!(circles.collect::<Vec<String>>(), [""; 0]);
}

#[test]
fn what_may_be_done_next_is_decided_without_temporal() {
    let modules = modules(&root().join("workflows/src"));
    let pure = modules.iter().filter(|(path, _)| path[0] == "operation");
    assert!(pure.clone().count() > 10);
    for (path, code) in pure {
        assert!(
            !code.contains("temporalio"),
            "{} names Temporal's SDK",
            path.join("::")
        );
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Over any number of imports.
fn reaches_itself(
    module: &Vec<String>,
    imports: &BTreeMap<&Vec<String>, BTreeSet<Vec<String>>>,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&Vec<String>> = imports[module].iter().collect();
    while let Some(at) = next.pop() {
        if seen.insert(at) {
            next.extend(&imports[at]);
        }
    }
    seen.contains(module)
}
