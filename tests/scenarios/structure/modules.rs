//! The modules of a crate, and what each imports of the others, read from the source's text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The modules of a crate by their paths, such as `["callback", "head"]`, with their code.
pub(super) type Modules = BTreeMap<Vec<String>, String>;

/// Without tests, comments and the root, which only puts the others together.
pub(super) fn modules(source: &Path) -> Modules {
    let (mut modules, mut folders) = (Modules::new(), vec![source.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let file = entry.unwrap().path();
            let path = file.strip_prefix(source).unwrap().with_extension("");
            let path: Vec<String> = path
                .iter()
                .map(|it| it.to_str().unwrap().to_owned())
                .collect();
            if path
                .iter()
                .any(|it| ["tests", "main", "lib", "bin"].contains(&it.as_str()))
            {
                continue;
            }
            if file.is_dir() {
                folders.push(file);
                continue;
            }
            let text = fs::read_to_string(file).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let code = code.lines().map(|it| it.split("//").next().unwrap());
            modules.insert(path, code.collect::<Vec<&str>>().join("\n"));
        }
    }
    modules
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
