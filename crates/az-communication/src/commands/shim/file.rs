//! The file of a shim: a link, or a script where users lack the rights to create links.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::commands::shim::script;
use crate::report::program::OWN_NAME;
use crate::system::platform::Platform;
use crate::{delegate, system};

/// The name of the file.
pub(crate) const NAME: &str = Platform::HERE.file_of_shim();

/// The kind of file at the path of a shim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// No file.
    Nothing,
    /// A shim that calls this program by that path.
    Shim(PathBuf),
    /// A shim whose program does not exist any more.
    Dangling(PathBuf),
    /// A copy of this program, not a shim.
    Program,
    /// Another file, with a description.
    Other(String),
}

/// Finds out which kind of file exists at a path. `recorded` is the target that a shim at this path had when it was
/// created.
pub(crate) fn look(path: &Path, recorded: Option<&Path>) -> Found {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Found::Nothing;
    };
    if metadata.is_symlink() {
        return look_at_link(path, recorded);
    }
    if metadata.is_dir() {
        return Found::Other("a folder".to_owned());
    }
    if !metadata.is_file() {
        return Found::Other("not a file".to_owned());
    }
    if let Some(target) = script::target_of(path).filter(|_| !system::LINKS) {
        return if target.exists() { Found::Shim(target) } else { Found::Dangling(target) };
    }
    match delegate::is_ours(path) {
        true => Found::Program,
        false => Found::Other("a file of another program".to_owned()),
    }
}

fn look_at_link(path: &Path, recorded: Option<&Path>) -> Found {
    let target = fs::read_link(path).unwrap_or_default();
    if fs::metadata(path).is_ok() {
        return match delegate::is_ours(path) {
            true => Found::Shim(target),
            false => Found::Other(format!("a link to {}", target.display())),
        };
    }
    // A missing target is recognized by its name or by the record.
    let is_named_so = target.file_stem().is_some_and(|name| name == OWN_NAME);
    match is_named_so || recorded == Some(&target) {
        true => Found::Dangling(target),
        false => Found::Other(format!("a link to {}, which does not exist", target.display())),
    }
}

/// Creates a shim that calls this program.
///
/// # Errors
///
/// When a file of that name exists, or when the folder cannot be written.
pub(crate) fn make(path: &Path, program: &Path) -> io::Result<()> {
    if system::LINKS {
        return system::link(program, path);
    }
    let text = script::text(program, script::home().as_deref()).ok_or(io::ErrorKind::InvalidFilename)?;
    fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}
