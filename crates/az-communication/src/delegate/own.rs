//! Recognizes this program in files: the file itself under any name, copies of it, and other versions.

use std::env;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use memchr::memmem;

use crate::system;

/// A text that is part of every build of this program, because `is_ours` searches files for it. It must never change.
pub const MARKER: &str = "az-communication 5f1cf9b8: this program hands over to another az";

/// The number of bytes that are read at a time.
const CHUNK: usize = 1 << 20;

/// Checks whether a file is this program.
pub(crate) fn is_ours(path: &Path) -> bool {
    system::is_this_file(path) || contains_marker(path).unwrap_or(false)
}

fn contains_marker(path: &Path) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    let finder = memmem::Finder::new(MARKER.as_bytes());
    // The end of each chunk is kept before the next one, so that a marker across two chunks is found.
    let mut buffer = Vec::with_capacity(CHUNK + MARKER.len());
    loop {
        let kept = buffer.len();
        if (&mut file).take(CHUNK as u64).read_to_end(&mut buffer)? == 0 {
            return Ok(false);
        }
        // A script is not this program, even if it contains the marker.
        if kept == 0 && buffer.starts_with(b"#!") {
            return Ok(false);
        }
        if finder.find(&buffer).is_some() {
            return Ok(true);
        }
        buffer.drain(..buffer.len().saturating_sub(MARKER.len()));
    }
}

/// Checks whether a script contains this program's path or its file name (other than `az`), as a wrapper does.
pub(crate) fn is_named_in(head: &[u8]) -> bool {
    if !head.starts_with(b"#!") {
        return false;
    }
    let path = path_of_this_program();
    let name = path.as_deref().and_then(Path::file_name).filter(|name| *name != "az").map(PathBuf::from);
    let called = env::args_os().next().map(PathBuf::from).filter(|path| path.is_absolute());
    [path, name, called]
        .into_iter()
        .flatten()
        .any(|path| memmem::find(head, path.as_os_str().as_encoded_bytes()).is_some())
}

fn path_of_this_program() -> Option<PathBuf> {
    env::current_exe().ok().and_then(|path| path.canonicalize().ok())
}
