//! Where the links of the built book lead: to a file of the book, and in a page to a place that it has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The links that lead nowhere, each with its page.
pub(super) fn broken(html: &Path) -> anyhow::Result<Vec<String>> {
    let mut pages = BTreeMap::new();
    read_pages(html, &mut pages)?;
    let places: BTreeMap<&Path, BTreeSet<&str>> = pages
        .iter()
        .map(|(page, text)| (page.as_path(), attributes(text, "id").collect()))
        .collect();
    let mut broken = Vec::new();
    for (page, text) in &pages {
        let folder = page.parent().context("a page lies in no folder")?;
        let links = attributes(text, "href").chain(attributes(text, "src"));
        for link in links.filter(|link| !is_outside(link)) {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => page.clone(),
                file => folder.join(file).canonicalize().unwrap_or_default(),
            };
            let is_there = match places.get(target.as_path()) {
                Some(places) => place.is_empty() || places.contains(place),
                None => target.is_file(),
            };
            if !is_there {
                let page = page.strip_prefix(html).unwrap_or(page);
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    Ok(broken)
}

fn read_pages(folder: &Path, pages: &mut BTreeMap<PathBuf, String>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path().canonicalize()?;
        if path.is_dir() {
            read_pages(&path, pages)?;
        // 404.html is shown under any address, so its links are not relative to a place.
        } else if path.extension().is_some_and(|it| it == "html") && !path.ends_with("404.html") {
            let text = fs::read_to_string(&path)?;
            pages.insert(path, text);
        }
    }
    Ok(())
}

/// The values of an attribute. mdBook writes text so that no quotation mark and no `<` is left in it.
fn attributes<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let start = format!(" {name}=\"");
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&start)?;
        let (value, after) = after.split_once('"')?;
        rest = after;
        Some(value)
    })
}

fn is_outside(link: &str) -> bool {
    ["http://", "https://", "data:", "mailto:"]
        .iter()
        .any(|it| link.starts_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_no_file_and_to_no_place_are_found() {
        let page = r##"<h1 id="top">A</h1> <a href="#top">1</a> <a href="#gone">2</a> <a href="no.html">3</a>
            <a href="a.html#top">4</a> <a href="a.html#gone">5</a> <a href="https://a.example/">6</a>"##;
        let folder = std::env::temp_dir().join(format!("links-of-a-book-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a.html"), page).unwrap();
        let found = broken(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(
            found,
            ["a.html: #gone", "a.html: no.html", "a.html: a.html#gone"]
        );
    }
}
