//! The paths of this machine, which must not be in the program.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::command;
use crate::error::{At as _, Error};

/// Returns the prefixes of paths and their replacements for rustc. The longest come last, because rustc uses the last
/// one that matches.
///
/// # Errors
///
/// When rustc does not print where its own files are.
pub fn prefixes(root: &Path) -> Result<Vec<(String, String)>, Error> {
    let mut prefixes = Vec::new();
    let mut add = |from: &Path, to: &str| {
        for form in forms(from) {
            prefixes.push((form, to.to_owned()));
        }
    };
    let cargo_home = cargo_home()?;
    add(root, "/az-communication");
    add(&cargo_home, "/cargo");
    // The names of registries are read from this machine, because it may have a mirror.
    let sources = cargo_home.join("registry/src");
    for entry in fs::read_dir(&sources).at(&sources)? {
        add(&entry.at(&sources)?.path(), "/crates");
    }
    // If the sources of Rust's library are installed, rustc writes their paths instead of these.
    let rust = format!("/rustc/{}", command::said_by_rustc("commit-hash: ")?);
    add(&sysroot()?.join("lib/rustlib/src/rust"), &rust);
    prefixes.sort_by_key(|(from, _)| from.len());
    Ok(prefixes)
}

/// Refuses a program that contains a path of this machine.
///
/// # Errors
///
/// When it contains one.
pub fn check(program: &[u8], root: &Path) -> Result<(), Error> {
    let mut folders = vec![root.to_owned(), cargo_home()?, sysroot()?];
    folders.extend(env::var_os("HOME").map(PathBuf::from));
    folders.extend(env::var_os("RUSTUP_HOME").map(PathBuf::from));
    match first_path(program, &folders) {
        None => Ok(()),
        Some(path) => Err(Error::new(format!(
            "The program has a path of this machine in it: {path}. See `paths.rs` of xtask, which says what is replaced."
        ))),
    }
}

/// Returns the first path in the program that is below one of these folders.
fn first_path(program: &[u8], folders: &[PathBuf]) -> Option<String> {
    folders.iter().flat_map(|folder| forms(folder)).find_map(|form| {
        let needle = format!("{}/", form.trim_end_matches('/'));
        // The home folder of a daemon may be the root folder.
        let at = (needle != "/").then(|| find(program, needle.as_bytes())).flatten()?;
        let rest = &program[at..(at + 200).min(program.len())];
        let end = rest.iter().position(|byte| !byte.is_ascii_graphic()).unwrap_or(rest.len());
        Some(String::from_utf8_lossy(&rest[..end]).into_owned())
    })
}

/// Returns a path as it was given, and without links.
fn forms(path: &Path) -> Vec<String> {
    let mut forms = vec![path.to_string_lossy().into_owned()];
    if let Ok(real) = path.canonicalize() {
        forms.push(real.to_string_lossy().into_owned());
    }
    forms.dedup();
    forms
}

fn cargo_home() -> Result<PathBuf, Error> {
    let given = env::var_os("CARGO_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let found = given.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    found.ok_or_else(|| Error::new("HOME and CARGO_HOME are not set. One of them must name cargo's folder."))
}

/// Returns the folder of the toolchain.
///
/// # Errors
///
/// When rustc does not print it.
pub fn sysroot() -> Result<PathBuf, Error> {
    Ok(command::output(command::rustc().args(["--print", "sysroot"]))?.trim().into())
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::first_path;

    #[test]
    fn a_path_below_one_of_the_folders_is_found() {
        let folders: Vec<PathBuf> = ["/", "/nowhere/me", "/nowhere/src/"].map(PathBuf::from).to_vec();
        let found = |program: &str| first_path(program.as_bytes(), &folders);
        assert_eq!(found("\0/crates/hyper/src/lib.rs\0/nowhere/meadow/nowhere/src"), None);
        assert_eq!(found("\0/nowhere/me/.cargo/x.rs\0more").as_deref(), Some("/nowhere/me/.cargo/x.rs"));
        assert_eq!(found("/nowhere/src/a").as_deref(), Some("/nowhere/src/a"));
    }
}
