//! `release`: builds the program and all artefacts. This file has the order of the steps and the only table of
//! artefacts.

mod build;
pub mod command;
mod deb;
mod elf;
mod image;
mod licences;
mod npm;
mod pack;
mod page_packages;
mod parts;
mod paths;
mod sbom;
mod sums;
mod tarball;
mod time;
mod tree;
mod wheel;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use parts::Parts;

use crate::error::{At as _, Error};
use crate::options::Options;
use crate::say;

/// Something that users install.
struct Artefact {
    /// The name for `--only`.
    name: &'static str,
    /// Writes its files, and returns their paths.
    write: fn(&Parts, &Path) -> Result<Vec<PathBuf>, Error>,
}

/// The artefacts in the order in which they are written.
const ARTEFACTS: &[Artefact] = &[
    // For every Linux.
    Artefact { name: "tarball", write: tarball::write },
    // For Python.
    Artefact { name: "wheel", write: wheel::write },
    // For Node.js (two packages).
    Artefact { name: "npm", write: npm::write },
    // For Debian and its derivatives.
    Artefact { name: "deb", write: deb::write },
    // For containers: the emulator's image in two forms.
    Artefact { name: "image", write: image::write },
    // The bill of materials as a separate file.
    Artefact { name: "sbom", write: sbom::write },
];

/// Returns the names of all artefacts.
pub fn names() -> Vec<&'static str> {
    ARTEFACTS.iter().map(|artefact| artefact.name).collect()
}

/// Builds the program, checks it, and returns its path.
///
/// # Errors
///
/// When it cannot be built, is not static, or contains paths of this machine.
pub fn program(root: &Path, options: &Options) -> Result<PathBuf, Error> {
    let target = command::host()?;
    let path = say::step("Building the program", || build::build(root, &target, options.jobs.as_deref()))?;
    let bytes = fs::read(&path).at(&path)?;
    elf::check_static(&bytes, &path)?;
    paths::check(&bytes, root)?;
    eprintln!("The program is static, has {}, and no path of this machine.", say::size(bytes.len() as u64));
    Ok(path)
}

/// Writes the artefacts, and finally their sums.
///
/// # Errors
///
/// When the tree has changes, or a step fails. In these cases, SHA256SUMS does not exist.
pub fn release(root: &Path, options: &Options) -> Result<(), Error> {
    let start = Instant::now();
    let chosen = choose(&options.only)?;
    if !options.allow_dirty {
        refuse_dirty(root)?;
    }
    let dist = options.dist.clone().unwrap_or_else(|| root.join("dist"));
    fs::create_dir_all(&dist).at(&dist)?;
    sums::remove(&dist)?;
    let path = match &options.program {
        Some(path) => path.clone(),
        None => program(root, options)?,
    };
    let bytes = fs::read(&path).at(&path)?;
    elf::check_static(&bytes, &path)?;
    let collect = || parts::collect(root, &command::host()?, epoch(root)?, bytes, options.deb_revision.unwrap_or(1));
    let parts = say::step("Collecting the parts", collect)?;
    let mut files = Vec::new();
    for artefact in chosen {
        files.extend(say::step(&format!("Writing {}", artefact.name), || (artefact.write)(&parts, &dist))?);
    }
    sums::write(&dist, &files)?;
    eprintln!("Everything is in {}: {:.0} s", dist.display(), start.elapsed().as_secs_f64());
    Ok(())
}

fn choose(only: &[String]) -> Result<Vec<&'static Artefact>, Error> {
    if let Some(unknown) = only.iter().find(|name| !names().contains(&name.as_str())) {
        return Err(Error::new(format!("'{unknown}' is not an artefact. There are {}.", names().join(", "))));
    }
    let is_chosen = |artefact: &&Artefact| only.is_empty() || only.iter().any(|name| name == artefact.name);
    Ok(ARTEFACTS.iter().filter(is_chosen).collect())
}

/// Refuses a tree with changes, because a release must have the content of a commit.
fn refuse_dirty(root: &Path) -> Result<(), Error> {
    let status = command::output(command::git(root).args(["status", "--porcelain"]))?;
    match status.trim_end() {
        "" => Ok(()),
        changes => Err(Error::new(format!(
            "These files have changes that are not committed. Commit them, or give --allow-dirty.\n{changes}"
        ))),
    }
}

/// Returns the time for all files: SOURCE_DATE_EPOCH, or else the date of the last commit.
fn epoch(root: &Path) -> Result<u64, Error> {
    let text = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) if !text.is_empty() => text,
        _ => command::output(command::git(root).args(["log", "-1", "--format=%ct"]))?,
    };
    let text = text.trim();
    text.parse().map_err(|_| Error::new(format!("SOURCE_DATE_EPOCH must be a number of seconds, but it is '{text}'.")))
}
