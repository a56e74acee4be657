//! The licence texts of crates: the files in the crate, or else the text of the licence that its manifest names.

use std::fs;
use std::path::Path;

use super::Linked;
use crate::error::{At as _, Error};
use crate::release::tree::{Crate, Tree};

/// Code that crates bundle without a licence file: the crate, its name, and the text in packaging/licences.
const BUNDLED: [(&str, &str, &str); 1] = [("libsqlite3-sys", "SQLite", "SQLite.txt")];

/// The beginnings of the names of licence files, in lower case.
const BEGINNINGS: [&str; 6] = ["license", "licence", "unlicense", "copying", "copyright", "notice"];

/// The extensions of files that are not licence texts.
const CODE: [&str; 8] = ["rs", "c", "h", "py", "json", "toml", "html", "tmpl"];

/// Returns all crates with their texts.
///
/// # Errors
///
/// When a crate has no text.
pub fn linked(root: &Path, tree: &Tree) -> Result<Vec<Linked>, Error> {
    let mut linked = Vec::new();
    for one in tree.crates() {
        let what = format!("{} {}", one.name, one.version);
        let texts = texts(root, one)?;
        let licence = one.licence.clone().unwrap_or_else(|| "see its text".into());
        let source = match (&one.checksum, &one.repository) {
            (Some(_), _) => format!("https://crates.io/crates/{}/{}", one.name, one.version),
            (None, repository) => repository.clone().unwrap_or_else(|| "this repository".into()),
        };
        linked.push(Linked { what, licence, source: source.clone(), texts });
        for (_, bundled, file) in BUNDLED.iter().filter(|(name, ..)| *name == one.name) {
            linked.push(Linked {
                what: format!("{bundled} (in {} {})", one.name, one.version),
                licence: "public domain".into(),
                source: source.clone(),
                texts: vec![((*file).to_owned(), standard(root, file)?)],
            });
        }
    }
    Ok(linked)
}

fn texts(root: &Path, one: &Crate) -> Result<Vec<(String, String)>, Error> {
    // Crates of this workspace have the licence of the repository.
    if one.checksum.is_none() {
        let path = root.join("LICENSE");
        return Ok(vec![("LICENSE".into(), fs::read_to_string(&path).at(&path)?)]);
    }
    let mut texts = Vec::new();
    find(&one.folder, "", &mut texts)?;
    if let Some(file) = &one.licence_file
        && !texts.iter().any(|(name, _)| name == file)
    {
        texts.push((file.clone(), read(&one.folder.join(file))?));
    }
    if texts.is_empty() {
        let missing = || Error::new(format!("{} {} has neither a licence file nor a licence.", one.name, one.version));
        let expression = one.licence.as_deref().ok_or_else(missing)?;
        let path = root.join("packaging/licences");
        let identifiers = satisfying(expression, |identifier| path.join(format!("{identifier}.txt")).exists());
        let Some(identifiers) = identifiers else {
            return Err(Error::new(format!(
                "{} {} has no licence file, and packaging/licences has no text of {expression}.",
                one.name, one.version
            )));
        };
        for identifier in identifiers {
            let text = standard(root, &format!("{identifier}.txt"))?;
            let holders = if one.authors.is_empty() { "its authors".into() } else { one.authors.join(", ") };
            texts.push((format!("its manifest says {identifier}"), text.replace("{holders}", &holders)));
        }
    }
    Ok(texts)
}

/// Finds the licence files in a folder and the folders below it, sorted.
fn find(folder: &Path, below: &str, texts: &mut Vec<(String, String)>) -> Result<(), Error> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).at(folder)? {
        entries.push(entry.at(folder)?.path());
    }
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let relative = format!("{below}{name}");
        if path.is_dir() {
            find(&path, &format!("{relative}/"), texts)?;
            continue;
        }
        let in_folder = below.trim_end_matches('/').rsplit('/').next().is_some_and(is_licence) && !below.is_empty();
        let is_code = path.extension().is_some_and(|end| CODE.iter().any(|code| end.eq_ignore_ascii_case(code)));
        if (in_folder || is_licence(&name)) && !is_code {
            texts.push((relative, read(&path)?));
        }
    }
    Ok(())
}

fn is_licence(name: &str) -> bool {
    let name = name.to_lowercase();
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Reads a licence file in any encoding.
fn read(path: &Path) -> Result<String, Error> {
    Ok(String::from_utf8_lossy(&fs::read(path).at(path)?).into_owned())
}

/// Returns a text of packaging/licences.
///
/// # Errors
///
/// When it does not exist.
pub fn standard(root: &Path, file: &str) -> Result<String, Error> {
    let path = root.join("packaging/licences").join(file);
    fs::read_to_string(&path).at(&path)
}

/// Returns available licences that satisfy an expression: all of an AND, the first available one of an OR. Returns
/// `None` if there are none, or if the expression is not supported.
fn satisfying(expression: &str, has: impl Fn(&str) -> bool + Copy) -> Option<Vec<String>> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let found = any_of(&mut rest, has);
    if rest.is_empty() { found.unwrap_or_default() } else { None }
}

/// Parses alternatives. The outer `None` means that the expression is not supported, the inner one that a licence is
/// not available.
fn any_of(words: &mut &[&str], has: impl Fn(&str) -> bool + Copy) -> Option<Option<Vec<String>>> {
    let mut first = all_of(words, has)?;
    while words.first() == Some(&"OR") {
        *words = &words[1..];
        let next = all_of(words, has)?;
        first = first.or(next);
    }
    Some(first)
}

fn all_of(words: &mut &[&str], has: impl Fn(&str) -> bool + Copy) -> Option<Option<Vec<String>>> {
    let mut all = one_of(words, has)?;
    while words.first() == Some(&"AND") {
        *words = &words[1..];
        let next = one_of(words, has)?;
        all = all.zip(next).map(|(all, next)| [all, next].concat());
    }
    Some(all)
}

fn one_of(words: &mut &[&str], has: impl Fn(&str) -> bool + Copy) -> Option<Option<Vec<String>>> {
    let (first, rest) = words.split_first()?;
    *words = rest;
    if *first != "(" {
        return Some(has(first).then(|| vec![(*first).to_owned()]));
    }
    let inner = any_of(words, has)?;
    let (close, rest) = words.split_first()?;
    *words = rest;
    (*close == ")").then_some(inner)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{satisfying, texts};
    use crate::release::tree::Crate;

    /// Makes a crate of a registry with these files.
    fn made(name: &str, licence: Option<&str>, files: &[&str]) -> Crate {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tests").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for file in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, file).unwrap();
        }
        Crate {
            name: name.into(),
            version: "1.2.3".into(),
            description: None,
            licence: licence.map(ToOwned::to_owned),
            licence_file: None,
            authors: vec!["Somebody".into()],
            repository: None,
            folder,
            checksum: Some("00".into()),
            needs: BTreeSet::new(),
        }
    }

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
    }

    #[test]
    fn the_files_of_a_crate_are_taken_also_those_of_what_it_bundles() {
        let files =
            ["LICENSE-MIT", "UNLICENSE", "src/license.rs", "src/main.rs", "c/COPYING", "c/LICENSES/a.txt", "notice.md"];
        let found = texts(root(), &made("bundling", Some("MIT"), &files)).unwrap();
        let names: Vec<String> = found.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["LICENSE-MIT", "UNLICENSE", "c/COPYING", "c/LICENSES/a.txt", "notice.md"]);
    }

    #[test]
    fn a_crate_without_a_file_gets_the_text_of_its_licence_with_its_authors() {
        let found = texts(root(), &made("bare", Some("Nonesuch-1.0 OR MIT"), &["src/main.rs"])).unwrap();
        let [(name, text)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(name, "its manifest says MIT");
        assert!(text.starts_with("MIT License\n\nCopyright (c) Somebody\n"), "{text}");
    }

    #[test]
    fn a_missing_text_is_an_error_that_names_the_crate() {
        let refused = |name, licence| texts(root(), &made(name, licence, &[])).unwrap_err().to_string();
        assert_eq!(
            refused("unknown", Some("Nonesuch-1.0")),
            "unknown 1.2.3 has no licence file, and packaging/licences has no text of Nonesuch-1.0."
        );
        assert_eq!(refused("unsaid", None), "unsaid 1.2.3 has neither a licence file nor a licence.");
    }

    #[test]
    fn of_alternatives_the_first_one_is_taken_whose_text_is_there_and_of_a_conjunction_all() {
        let all = |expression: &str| {
            satisfying(expression, |identifier| ["MIT", "ISC"].contains(&identifier)).map(|found| found.join(", "))
        };
        assert_eq!(all("MIT").as_deref(), Some("MIT"));
        assert_eq!(all("Apache-2.0/MIT").as_deref(), Some("MIT"));
        assert_eq!(all("(Apache-2.0 OR ISC) AND MIT").as_deref(), Some("ISC, MIT"));
        assert_eq!(all("MIT OR Apache-2.0 AND ISC").as_deref(), Some("MIT"));
        assert_eq!(all("Apache-2.0 AND MIT"), None);
        assert_eq!(all("MIT WITH something"), None);
        assert_eq!(all("(MIT"), None);
        assert_eq!(all(""), None);
    }
}
