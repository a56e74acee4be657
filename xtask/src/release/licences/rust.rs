//! The licences of Rust's own library, which is linked into every program. They come from the toolchain and are
//! converted to text.

use std::fs;
use std::path::Path;

use super::Linked;
use crate::error::{At as _, Error};
use crate::release::{command, paths};

const NOTICES: &str = "share/doc/rust/COPYRIGHT-library.html";
const LICENCES: &str = "share/doc/rust/licenses";

/// Returns the library and each crate in it.
///
/// # Errors
///
/// When the toolchain does not have its licence texts.
pub fn linked() -> Result<Vec<Linked>, Error> {
    let version = command::said_by_rustc("release: ")?;
    let sysroot = paths::sysroot()?;
    let path = sysroot.join(NOTICES);
    let page = fs::read_to_string(&path).at(&path)?;
    let not_understood =
        || Error::new(format!("{}: it is laid out in a way that xtask does not know.", path.display()));
    let (_, body) = page.split_once("<h2 id=\"longer-version\">").ok_or_else(not_understood)?;
    let (own, others) = body.split_once("<h2 id=\"out-of-tree-dependencies\">").ok_or_else(not_understood)?;
    let mut texts = vec![("COPYRIGHT-library.html".to_owned(), plain(&format!("<h2>{own}")))];
    texts.extend(texts_of(&sysroot.join(LICENCES), own)?);
    let mut linked = vec![Linked {
        what: format!("Rust's standard library {version}"),
        licence: "MIT OR Apache-2.0, and others for some files".into(),
        source: "https://github.com/rust-lang/rust".into(),
        texts,
    }];
    for block in others.split("<h3>").skip(1) {
        linked.push(crate_of(block).ok_or_else(not_understood)?);
    }
    Ok(linked)
}

/// Returns the texts of the licences that a page names.
fn texts_of(folder: &Path, page: &str) -> Result<Vec<(String, String)>, Error> {
    let mut texts = Vec::new();
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).at(folder)? {
        names.push(entry.at(folder)?.path());
    }
    names.sort();
    for path in names {
        let is_named = path.file_stem().is_some_and(|stem| {
            let words = page.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'));
            words.into_iter().any(|word| stem.to_str() == Some(word))
        });
        if is_named {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            texts.push((name, fs::read_to_string(&path).at(&path)?));
        }
    }
    Ok(texts)
}

/// Parses a crate: its name with its version, its licence, and its files.
fn crate_of(block: &str) -> Option<Linked> {
    let (heading, rest) = block.split_once("</h3>")?;
    let heading = plain(heading);
    let name = heading.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let version = name
        .match_indices('-')
        .map(|(at, _)| at)
        .find(|at| name[at + 1..].starts_with(|c: char| c.is_ascii_digit()))?;
    let name = format!("{} {}", &name[..version], &name[version + 1..]);
    let line = |label: &str| {
        let (_, value) = rest.split_once(&format!("<b>{label}:</b>"))?;
        Some(plain(value.split_once("</p>")?.0).trim().to_owned())
    };
    let mut texts = Vec::new();
    for file in rest.split("<summary>").skip(1) {
        let (name, text) = file.split_once("</summary>")?;
        let (_, text) = text.split_once("<pre>")?;
        texts.push((plain(name), plain(text.split_once("</pre>")?.0)));
    }
    let source = line("URL")?;
    // Some crates have no file. For them, the page has only the authors and the name of the licence.
    if texts.is_empty() {
        texts.push(("its manifest".into(), plain(rest)));
    }
    Some(Linked { what: format!("{name} (in Rust's standard library)"), licence: line("License")?, source, texts })
}

/// Converts HTML to text, without tags and without empty lines between them.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if !in_tag => text.push(character),
            _ => {}
        }
    }
    for (entity, character) in [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&lt;", "<")] {
        text = text.replace(entity, character);
    }
    for (entity, character) in [("&gt;", ">"), ("&quot;", "\""), ("&#38;", "&"), ("&amp;", "&")] {
        text = text.replace(entity, character);
    }
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.dedup_by(|one, other| one.is_empty() && other.is_empty());
    lines.join("\n").trim_matches('\n').to_owned()
}
