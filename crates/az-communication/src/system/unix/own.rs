//! This program itself, as Linux knows it.

use std::env;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// This program, whatever its name is now.
const OWN: &str = "/proc/self/exe";

/// Needs no name: a link, a bind mount, and a file that was deleted meanwhile have the same number.
pub fn is_this_file(path: &Path) -> bool {
    let own = identity(OWN);
    own.is_some() && identity(path) == own
}

fn identity(path: impl AsRef<Path>) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// The file of this very program. Where another one has taken its place meanwhile, Linux still knows the former.
pub fn own_program() -> PathBuf {
    let path = env::current_exe();
    let own = identity(OWN);
    if own.is_some() && path.as_ref().ok().and_then(identity) != own {
        return OWN.into();
    }
    path.unwrap_or_else(|_| env::args_os().next().unwrap_or_default().into())
}

/// Whether a script runs this program as its child: its interpreter is our parent.
pub fn is_caller(path: &Path) -> bool {
    let parent = std::os::unix::process::parent_id();
    let words = fs::read(format!("/proc/{parent}/cmdline")).unwrap_or_default();
    let script = path.canonicalize().ok();
    // The interpreter and its options stand before the script.
    script.is_some()
        && words.split(|byte| *byte == 0).take(4).any(|word| {
            word.contains(&b'/') && Path::new(std::ffi::OsStr::from_bytes(word)).canonicalize().ok() == script
        })
}
