//! The modules of a crate, and what each imports of the others, read from the source's text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The modules of a crate by their paths, such as `["callback", "head"]`, with their code.
pub(super) type Modules = BTreeMap<Vec<String>, String>;

/// Without tests, comments and the root, which only puts the others together.
pub(super) fn modules(source: &Path) -> Modules {
    let left_out = ["tests", "main", "lib", "bin"];
    let files = files(source).into_iter();
    let modules =
        files.filter(|(path, _)| !path.iter().any(|name| left_out.contains(&name.as_str())));
    let code = modules.map(|(path, text)| {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let code = code.lines().map(|it| it.split("//").next().unwrap());
        (path, code.collect::<Vec<&str>>().join("\n"))
    });
    code.collect()
}

/// The modules that are declared for tests alone. What is in their folders is not named.
pub(super) fn for_tests_alone(source: &Path) -> Vec<Vec<String>> {
    let declared = files(source).into_iter().flat_map(|(path, text)| {
        let is_root = path.len() == 1 && (path[0] == "main" || path[0] == "lib");
        let parent = if is_root { Vec::new() } else { path };
        let guarded = text.split("#[cfg(test)]\n").skip(1);
        let names = guarded.filter_map(|rest| {
            let line = rest.lines().next()?.strip_suffix(';')?;
            Some(line.split_once("mod ")?.1.to_owned())
        });
        let names = names.map(|name| [&parent[..], &[name]].concat());
        names.collect::<Vec<Vec<String>>>()
    });
    declared.collect()
}

/// All files with Rust code, by their paths without the ending.
fn files(source: &Path) -> Vec<(Vec<String>, String)> {
    let (mut files, mut folders) = (Vec::new(), vec![source.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let file = entry.unwrap().path();
            if file.is_dir() {
                folders.push(file);
                continue;
            }
            if file.extension().is_none_or(|it| it != "rs") {
                continue;
            }
            let path = file.strip_prefix(source).unwrap().with_extension("");
            let path = path.iter().map(|it| it.to_str().unwrap().to_owned());
            files.push((path.collect(), fs::read_to_string(&file).unwrap()));
        }
    }
    files
}

/// The other modules of the crate that the paths in a module's code lead to.
pub(super) fn imports(module: &[String], modules: &Modules) -> BTreeSet<Vec<String>> {
    let in_this_crate = paths(&modules[module]).into_iter().filter_map(|path| {
        let child = [module, &[path[0].to_owned()]].concat();
        let mut target = match path[0] {
            "crate" => Vec::new(),
            "self" | "super" => module.to_vec(),
            _ if modules.contains_key(&child) => module.to_vec(),
            _ => return None,
        };
        for name in path {
            match name {
                "crate" | "self" => {}
                "super" => drop(target.pop()),
                name => target.push(name.to_owned()),
            }
        }
        while !modules.contains_key(&target) {
            target.pop()?;
        }
        Some(target)
    });
    in_this_crate.filter(|it| it != module).collect()
}

/// All paths of at least two names, such as `["crate", "callback", "head"]`. Each in braces is one.
fn paths(code: &str) -> Vec<Vec<&str>> {
    let is_name = |it: char| it.is_alphanumeric() || it == '_' || it == '*';
    let (mut paths, mut path, mut braces) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rest, mut last) = (code, "");
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ':' if rest.starts_with("::") => 2,
            it if is_name(it) => rest.find(|it| !is_name(it)).unwrap_or(rest.len()),
            it => it.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        match token {
            "::" => {}
            "{" if last == "::" => braces.push(std::mem::take(&mut path)),
            "{" => braces.push(Vec::new()),
            "}" => drop(braces.pop()),
            name if is_name(first) => {
                if last != "::" {
                    path = braces.last().cloned().unwrap_or_default();
                }
                path.push(name);
                if path.len() > 1 && !after.starts_with("::") {
                    paths.push(path.clone());
                }
            }
            _ => {}
        }
        (rest, last) = (after, token);
    }
    paths
}
