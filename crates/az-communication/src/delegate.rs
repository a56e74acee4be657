//! Handing over to the real `az`: the next one on PATH, which takes the place of our process.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::CliError;
use crate::printer::Printer;

/// Replaces this process by the real `az` with the same words. Returns only where there is none.
pub fn to_other_az(words: &[OsString], printer: &Printer) {
    let Some(other) = find() else {
        return;
    };
    printer.debug(&format!("Handing over to {}", other.display()));
    let error = replace(Command::new(&other).args(words));
    printer.error(&CliError::new(format!("{} cannot be run: {error}.", other.display())));
}

#[cfg(unix)]
fn replace(command: &mut Command) -> std::io::Error {
    use std::os::unix::process::CommandExt as _;
    command.exec()
}

/// Where a process cannot be replaced, we wait and pass the exit code on.
#[cfg(not(unix))]
fn replace(command: &mut Command) -> std::io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}

/// The first `az` on PATH that stands behind us, or any one if we are not on PATH. Never ourselves, by whatever name.
pub fn find() -> Option<PathBuf> {
    let own = env::current_exe().ok().and_then(|path| path.canonicalize().ok());
    let names: &[&str] = if cfg!(windows) { &["az.cmd", "az.bat", "az.exe"] } else { &["az"] };
    let path = env::var_os("PATH")?;
    let candidates: Vec<PathBuf> = env::split_paths(&path)
        .flat_map(|dir| names.iter().map(move |name| dir.join(name)))
        .filter(|candidate| is_executable(candidate))
        .collect();
    let is_own = |candidate: &Path| own.is_some() && candidate.canonicalize().ok() == own;
    let behind = candidates.iter().position(|candidate| is_own(candidate)).map_or(0, |at| at + 1);
    candidates.into_iter().skip(behind).find(|candidate| !is_own(candidate))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
