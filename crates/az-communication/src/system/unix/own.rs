//! This program itself, as Linux knows it.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Needs no name: a link, a bind mount, and a file that was deleted meanwhile have the same number.
pub fn is_this_file(path: &Path) -> bool {
    let identity = |path: &Path| fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
    let own = identity(Path::new("/proc/self/exe"));
    own.is_some() && identity(path) == own
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
