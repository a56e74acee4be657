//! This program's file and its callers on Linux.

use std::env;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The path of this program's file, which stays valid when the file is renamed.
const OWN: &str = "/proc/self/exe";

/// Checks whether a file is this program. It compares ids instead of names, so it recognizes links, bind mounts and
/// deleted files.
pub fn is_this_file(path: &Path) -> bool {
    let own = identity(OWN);
    own.is_some() && identity(path) == own
}

fn identity(path: impl AsRef<Path>) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Returns the path of this program's file. If another file has replaced it in the meantime, the path leads to the
/// original file.
pub fn own_program() -> PathBuf {
    let path = env::current_exe();
    let own = identity(OWN);
    if own.is_some() && path.as_ref().ok().and_then(identity) != own {
        return OWN.into();
    }
    path.unwrap_or_else(|_| env::args_os().next().unwrap_or_default().into())
}

/// Checks whether a script runs this program as its child. In that case, the script's interpreter is the parent
/// process.
pub fn is_caller(path: &Path) -> bool {
    let parent = std::os::unix::process::parent_id();
    let words = fs::read(format!("/proc/{parent}/cmdline")).unwrap_or_default();
    let script = path.canonicalize().ok();
    // The interpreter and its options come before the script.
    script.is_some()
        && words.split(|byte| *byte == 0).take(4).any(|word| {
            word.contains(&b'/') && Path::new(std::ffi::OsStr::from_bytes(word)).canonicalize().ok() == script
        })
}
