//! The tarball: the program and its files in one folder, with the layout of /usr/local.

use std::fs;
use std::path::{Path, PathBuf};

use super::pack::{self, Entry};
use super::parts::{NAME, Parts};
use crate::error::{At as _, Error};

/// Writes the tarball.
///
/// # Errors
///
/// When a file of the repository is missing, or the tarball cannot be written.
pub fn write(parts: &Parts, dist: &Path) -> Result<Vec<PathBuf>, Error> {
    let top = parts.label();
    let mut entries = vec![
        Entry::program(format!("{top}/bin/{NAME}"), parts.program.clone()),
        Entry::file(format!("{top}/THIRD-PARTY-LICENCES"), parts.licences.clone()),
        Entry::file(format!("{top}/{NAME}.cdx.json"), parts.sbom.clone()),
    ];
    for file in ["LICENSE", "README.md", "CHANGELOG.md"] {
        entries.push(Entry::file(format!("{top}/{file}"), parts.read(file)?));
    }
    for file in &parts.completions {
        entries.push(Entry::file(format!("{top}/completions/{}", file.name), file.bytes.clone()));
    }
    for page in &parts.man_pages {
        entries.push(Entry::file(format!("{top}/man/man1/{}", page.name), page.bytes.clone()));
    }
    let path = dist.join(format!("{top}.tar.gz"));
    fs::write(&path, pack::gzip(&pack::tar(entries, parts.epoch, "")?)?).at(&path)?;
    Ok(vec![path])
}
