//! THIRD-PARTY-LICENCES: the licence texts of everything that is linked into the program, each text once.

mod crates;
mod rust;
mod system;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use super::page_packages;
use super::tree::Tree;
use crate::error::Error;

/// Something that is linked, and its licence texts.
#[derive(Debug)]
struct Linked {
    /// Its name with its version: `hyper 1.12.0`.
    what: String,
    /// Its licence, as an SPDX expression or as text.
    licence: String,
    /// The place of its source.
    source: String,
    /// The texts, each with the name of its file.
    texts: Vec<(String, String)>,
}

/// Returns the file.
///
/// # Errors
///
/// When a text is missing.
pub fn text(root: &Path, tree: &Tree, target: &str) -> Result<String, Error> {
    let mut linked = crates::linked(root, tree)?;
    linked.extend(page_packages::packages(root)?.into_iter().map(|package| Linked {
        what: format!("{} {} (in the emulator's page)", package.name, package.version),
        licence: package.licence,
        source: package.source,
        texts: vec![(package.file, package.text)],
    }));
    linked.extend(rust::linked()?);
    if target.ends_with("-linux-gnu") {
        linked.extend(system::linked(root, tree.root())?);
    }
    if let Some(bare) = linked.iter().find(|one| one.texts.iter().all(|(_, text)| text.trim().is_empty())) {
        return Err(Error::new(format!("{} has no licence text.", bare.what)));
    }
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    // Texts are compared word by word, because the same text is wrapped in several ways.
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut list = String::new();
    for one in &linked {
        let mut numbers = Vec::new();
        for (file, text) in &one.texts {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let number = *known.entry(words).or_insert(texts.len());
            if number == texts.len() {
                texts.push((tidy(text), Vec::new()));
            }
            texts[number].1.push(format!("{}: {file}", one.what));
            numbers.push((number + 1).to_string());
        }
        numbers.dedup();
        let _ = writeln!(list, "{}\n    licence: {}\n    source: {}", one.what, one.licence, one.source);
        let _ = writeln!(list, "    texts: {}\n", numbers.join(", "));
    }
    let top = tree.root();
    let mut out = format!(
        "Licences of what {} {} consists of\n\nThe program is linked statically. This file lists everything in it, made for {target}, and has all\n\
         licence texts below the list. {}'s own licence is in LICENSE.\n\n",
        top.name, top.version, top.name
    );
    out.push_str(&list);
    for (number, (text, users)) in texts.iter().enumerate() {
        let _ = writeln!(out, "{}\nText {}, of\n", "=".repeat(100), number + 1);
        for user in users {
            let _ = writeln!(out, "    {user}");
        }
        let _ = writeln!(out, "{}\n\n{text}\n", "-".repeat(100));
    }
    Ok(out)
}

/// Removes blanks at the ends of lines, and empty lines at both ends.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let lines = lines.join("\n");
    lines.trim_matches('\n').trim_start_matches('\u{feff}').to_owned()
}
