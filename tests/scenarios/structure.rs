//! How the source code is divided: no files of a crate import each other in a circle, and the pure
//! part of the workflows knows neither Temporal nor the steps that carry it out.

mod modules;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use modules::{Modules, for_tests_alone, imports, modules};

/// What each module of a crate imports, or each folder with the file beside it.
type Imports = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

#[test]
fn no_files_of_a_crate_import_each_other_in_a_circle() {
    let circles = crates().into_iter().flat_map(|folder| {
        let modules = modules(&folder.join("src"));
        circles(&folder, &imports_of_all(&modules))
    });
    assert_eq!(circles.collect::<Vec<String>>(), [""; 0]);
}

/// A folder and the file of its name are one. Those that stand side by side are compared.
#[test]
fn no_folders_of_a_crate_import_each_other_in_a_circle() {
    // What ends a payment starts its second look, a workflow that is made of the same steps.
    let allowed = (["flow".to_owned()], ["look_again".to_owned()]);
    let circles = crates().into_iter().flat_map(|folder| {
        let source = folder.join("src");
        let modules = modules(&source);
        let tests = for_tests_alone(&source);
        let is_test = |path: &[String]| tests.iter().any(|test| path.starts_with(test));
        let mut folders = Imports::new();
        for (from, targets) in imports_of_all(&modules) {
            for to in targets.iter().filter(|to| !is_test(to) && !is_test(&from)) {
                let side_by_side = from
                    .iter()
                    .zip(to)
                    .position(|(ours, theirs)| ours != theirs);
                let Some(at) = side_by_side else { continue };
                let (from, to) = (from[..=at].to_vec(), to[..=at].to_vec());
                if (&from[..], &to[..]) != (&allowed.0[..], &allowed.1[..]) {
                    folders.entry(from).or_default().insert(to);
                }
            }
        }
        circles(&folder, &folders)
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

/// Whatever both of them need, such as `markdown`, is outside of `flow`. The rules know the types that
/// others rely on, and not the other way round.
#[test]
fn the_domain_does_not_know_the_steps_that_carry_it_out() {
    let modules = modules(&root().join("workflows/src"));
    for (folder, unknown) in [
        ("contract", &["flow", "operation"][..]),
        ("operation", &["flow"]),
        ("markdown", &["flow", "operation"]),
    ] {
        let importing = modules.keys().filter(|path| {
            let imports = imports(path, &modules);
            path[0] == folder && imports.iter().any(|it| unknown.contains(&it[0].as_str()))
        });
        let importing: Vec<String> = importing.map(|path| path.join("::")).collect();
        assert_eq!(importing, [""; 0], "import one of {unknown:?}");
    }
}

/// What crosses the trait `Partner` is in our terms, so another partner is one more folder.
#[test]
fn only_its_adapter_knows_a_partners_words() {
    let words = [
        "completeMerchantAcquiring",
        "processPaymentReversal",
        "initSession",
        "request_not_found",
        "key_unknown",
        "partnerPaymentId",
        "\"PENDING\"",
        "\"COMPLETED\"",
        "\"DECLINED\"",
        "\"PAYMENT\"",
        "\"REVERSAL\"",
        "payment_intents",
        "idempotency_error",
        "requires_confirmation",
    ];
    let adapters = [
        "activities/src/partner/sky",
        "activities/src/partner/stripe",
        // The exceptions that ARCHITECTURE.md names.
        "callback-gateway/src/callback",
        "callback-gateway/src/webhook",
        "operator-cli/src/reconciliation/day_report",
    ];
    for adapter in adapters {
        let file = root().join(format!("{adapter}.rs"));
        assert!(file.is_file(), "{adapter} is not there any more");
    }
    let programs = [
        "workflows",
        "activities",
        "worker",
        "callback-gateway",
        "payments-client",
        "operator-cli",
    ];
    let told = programs.iter().flat_map(|name| {
        let modules = modules(&root().join(name).join("src"));
        let modules = modules
            .into_iter()
            .map(move |(path, code)| (format!("{name}/src/{}", path.join("/")), code));
        let outside = modules.filter(|(path, _)| {
            !adapters.iter().any(|adapter| {
                let inside = path.strip_prefix(adapter);
                inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        });
        let knowing = outside.flat_map(|(path, code)| {
            let known = words.iter().filter(|word| code.contains(**word));
            let known = known.map(|word| format!("{path} says {word}"));
            known.collect::<Vec<String>>()
        });
        knowing.collect::<Vec<String>>()
    });
    assert_eq!(told.collect::<Vec<String>>(), [""; 0]);
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The folders of all crates.
fn crates() -> Vec<PathBuf> {
    let folders = fs::read_dir(root()).unwrap().map(|it| it.unwrap().path());
    let crates: Vec<PathBuf> = folders.filter(|it| it.join("src").is_dir()).collect();
    assert!(crates.len() > 10, "{crates:?}");
    crates
}

fn imports_of_all(modules: &Modules) -> Imports {
    let imports = modules
        .keys()
        .map(|path| (path.clone(), imports(path, modules)));
    imports.collect()
}

/// Those that import themselves, over any number of imports.
fn circles(folder: &Path, imports: &Imports) -> Vec<String> {
    let in_a_circle = imports.keys().filter(|start| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&Vec<String>> = imports[*start].iter().collect();
        while let Some(at) = next.pop() {
            if seen.insert(at) {
                next.extend(imports.get(at).into_iter().flatten());
            }
        }
        seen.contains(start)
    });
    let names = in_a_circle.map(|it| format!("{}: {}", folder.display(), it.join("::")));
    names.collect()
}
