//! SHA256SUMS, as `sha256sum --check` reads it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::pack;
use crate::error::{At as _, Error};
use crate::say;

const NAME: &str = "SHA256SUMS";

/// Removes the sums of an earlier release, because a failed release must have none.
///
/// # Errors
///
/// When the file cannot be removed.
pub fn remove(dist: &Path) -> Result<(), Error> {
    let path = dist.join(NAME);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).at(&path),
        _ => Ok(()),
    }
}

/// Writes the sums of these files in the folder, and prints their sizes.
///
/// # Errors
///
/// When a file cannot be read, or the sums cannot be written.
pub fn write(dist: &Path, files: &[PathBuf]) -> Result<(), Error> {
    let mut lines = Vec::new();
    for path in files {
        let bytes = fs::read(path).at(path)?;
        let name = path.strip_prefix(dist).at(path)?.display();
        eprintln!("  {name}: {}", say::size(bytes.len() as u64));
        lines.push(format!("{}  {name}\n", pack::sha256(&bytes)));
    }
    lines.sort_by(|one, other| one[64..].cmp(&other[64..]));
    let path = dist.join(NAME);
    fs::write(&path, lines.concat()).at(&path)?;
    for entry in fs::read_dir(dist).at(dist)? {
        let entry = entry.at(dist)?.path();
        if entry != path && !files.iter().any(|file| file.starts_with(&entry)) {
            eprintln!("  {} is not of this release.", entry.display());
        }
    }
    Ok(())
}
