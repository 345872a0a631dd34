//! The book's source: the pages that the summary lists and the files that they link to, at their places in the repository.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, ensure};

const SUMMARY: &str = "docs/SUMMARY.md";

/// What makes a book of the pages.
const FRAME: [&str; 3] = ["book.toml", "book.css", "diagrams.js"];

/// Fills `folder` with the frame and the source.
pub(super) fn stage(root: &Path, folder: &Path) -> anyhow::Result<()> {
    let source = folder.join("source");
    if source.exists() {
        fs::remove_dir_all(&source)?;
    }
    fs::create_dir_all(&source)?;
    for file in FRAME {
        copy(&root.join("docs/book").join(file), &folder.join(file))?;
    }
    let summary = read(&root.join(SUMMARY))?;
    let mut from_the_root = summary.clone();
    for link in links(&summary) {
        let page = at(Path::new(SUMMARY), link);
        let page = page.to_str().context("a page's name is not UTF-8")?;
        from_the_root = from_the_root.replace(&format!("]({link})"), &format!("]({page})"));
    }
    fs::write(source.join("SUMMARY.md"), &from_the_root)?;
    for page in links(&from_the_root) {
        let text = read(&root.join(page))?;
        copy(&root.join(page), &source.join(page))?;
        // Another page is not copied here: where the summary lacks it, the link to it is broken.
        for link in links(&text).filter(|link| !link.ends_with(".md")) {
            let linked = at(Path::new(page), link);
            let file = root.join(&linked);
            ensure!(
                !file.is_dir(),
                "{page} links to the folder {link}: link to a file in it"
            );
            if file.is_file() {
                copy(&file, &source.join(&linked))?;
            }
        }
    }
    Ok(())
}

/// The files that a page links to, without the place in them.
pub(super) fn links(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    let targets = prose.flat_map(|text| text.split("](").skip(1));
    let files = targets.filter_map(|link| link.split([')', '#']).next());
    files.filter(|file| !file.is_empty() && !file.contains("://"))
}

/// The path from the root of what `page` calls `link`.
fn at(page: &Path, link: &str) -> PathBuf {
    let mut path = page.parent().unwrap_or(Path::new("")).to_owned();
    for component in Path::new(link).components() {
        match component {
            Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to.parent().context("a file lies in no folder")?)?;
    fs::copy(from, to).with_context(|| format!("{} can't be copied", from.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_that_a_page_links_to_are_found_from_the_root() {
        let page = "[a](../README.md#x), ![b](pictures/b.png), [c](#here), [d](https://d.example)\n```\n[e](f)\n```\n";
        assert_eq!(
            links(page).collect::<Vec<&str>>(),
            ["../README.md", "pictures/b.png"]
        );
        let page = Path::new("docs/runbook/README.md");
        assert_eq!(at(page, "../../README.md"), Path::new("README.md"));
        assert_eq!(
            at(page, "phases/closed.md"),
            Path::new("docs/runbook/phases/closed.md")
        );
    }
}
