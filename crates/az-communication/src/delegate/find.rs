//! Which `az` on PATH is the real one.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::delegate::broken::{Broken, Reason};
use crate::delegate::own;
use crate::system;
use crate::system::platform::Platform;

/// What stands on PATH beside this program.
pub(crate) enum Found {
    /// One that can be run.
    Program(PathBuf),
    /// Only one that cannot be run.
    Broken(Broken),
    /// No other one.
    Nobody,
}

/// Where execvp looks when PATH is not set.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// How much of a file tells what it is.
const HEAD: u64 = 8192;

/// The first other `az` behind this one, else the first one before it. What probably is a wrapper around this program comes
/// last. `first` says that nothing was handed over on the way here.
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
        (None, None) => Found::Nobody,
    }
}

/// Where an `az` may stand, in the order of PATH.
fn candidates() -> impl Iterator<Item = PathBuf> {
    let names = Platform::HERE.files_of_az();
    let path = env::var_os("PATH").unwrap_or_else(|| OsString::from(DEFAULT_PATH));
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.into_iter().flat_map(|folder| {
        // An empty element is the current folder. `az` alone would be looked for on PATH.
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        names.iter().map(move |name| folder.join(name))
    })
}

/// Each `az` on PATH that a shell could run.
pub(crate) fn on_path() -> impl Iterator<Item = PathBuf> {
    candidates().filter(|candidate| matches!(usable(candidate), Ok(true)))
}

/// The file of a program that could not be started: the name itself where it has a folder, else what a shell would run on
/// that PATH, else what it would pass over there.
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

/// The start of a file; empty where it cannot be read.
pub(crate) fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    let _ = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    head
}

/// Whether a shell would run that file. Shells pass over what is not a file.
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
        // A folder of PATH that is closed to this user has nothing for them.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
        Err(error) => Err(Reason::System(error)),
    }
}
