//! Finds the real `az` on PATH.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::delegate::broken::{Broken, Reason};
use crate::delegate::own;
use crate::system;
use crate::system::platform::Platform;

/// The `az` on PATH other than this program.
pub(crate) enum Found {
    /// A program that can be run.
    Program(PathBuf),
    /// There is only a program that cannot be run.
    Broken(Broken),
    /// There is no other `az`.
    NoOther,
}

/// The folders that execvp searches when PATH is not set.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The number of bytes at the start of a file that show its type.
const HEAD: u64 = 8192;

/// Finds the first other `az` after this one on PATH, otherwise the first one before it. Probable wrappers around this
/// program come last. `first` is true if no earlier hand-over led to this process.
pub(crate) fn find(first: bool) -> Found {
    let (mut before, mut behind, mut broken) = (Vec::new(), None, None);
    for candidate in candidates() {
        match usable(&candidate) {
            Ok(true) if own::is_ours(&candidate) => {
                behind.get_or_insert_with(Vec::new);
            }
            Ok(true) => behind.as_mut().unwrap_or(&mut before).push(candidate),
            Ok(false) => {}
            Err(reason) => {
                broken.get_or_insert(Broken { program: candidate, reason });
            }
        }
    }
    let mut programs = behind.unwrap_or_default();
    programs.append(&mut before);
    if programs.len() > 1 {
        programs
            .sort_by_cached_key(|program| own::is_named_in(&head(program)) || (first && system::is_caller(program)));
    }
    match (programs.into_iter().next(), broken) {
        (Some(program), _) => Found::Program(program),
        (None, Some(broken)) => Found::Broken(broken),
        (None, None) => Found::NoOther,
    }
}

/// Returns the paths where an `az` can be, in the order of PATH.
fn candidates() -> impl Iterator<Item = PathBuf> {
    let names = Platform::HERE.files_of_az();
    let path = env::var_os("PATH").unwrap_or_else(|| OsString::from(DEFAULT_PATH));
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.into_iter().flat_map(|folder| {
        // An empty element of PATH is the current folder. Without the `.`, the system would search PATH for `az`.
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        names.iter().map(move |name| folder.join(name))
    })
}

/// Returns each `az` on PATH that a shell could run.
pub(crate) fn on_path() -> impl Iterator<Item = PathBuf> {
    candidates().filter(|candidate| matches!(usable(candidate), Ok(true)))
}

/// Returns the file of a program that could not be started. This is the name itself if it contains a folder. Otherwise
/// it is the file that a shell would run with this PATH, or else the first file that a shell would skip.
pub(crate) fn program(name: &OsStr, path: Option<&OsStr>) -> Option<PathBuf> {
    let exists = |path: &Path| fs::symlink_metadata(path).is_ok();
    if Path::new(name).components().count() > 1 || name.as_encoded_bytes().contains(&b'/') {
        return Some(PathBuf::from(name)).filter(|path| exists(path));
    }
    let path = path.map(OsString::from).or_else(|| env::var_os("PATH")).unwrap_or_else(|| DEFAULT_PATH.into());
    let candidates: Vec<PathBuf> = env::split_paths(&path).map(|folder| folder.join(name)).collect();
    let runs = candidates.iter().find(|path| matches!(usable(path), Ok(true)));
    runs.or_else(|| candidates.iter().find(|path| usable(path).is_err())).cloned()
}

/// Returns the start of a file. It is empty if the file cannot be read.
pub(crate) fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    let _ = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    head
}

/// Checks whether a shell would run this file. Shells skip entries that are not files.
fn usable(path: &Path) -> Result<bool, Reason> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Ok(false),
        Ok(_) if system::is_executable(path) => Ok(true),
        Ok(_) => Err(Reason::NotExecutable),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_link(path) {
            Ok(target) => Err(Reason::DanglingLink(target)),
            Err(_) => Ok(false),
        },
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        // This user cannot run a program from a folder on PATH that they cannot open.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
        Err(error) => Err(Reason::System(error)),
    }
}
