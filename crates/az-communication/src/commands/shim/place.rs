//! Which folder a shim goes into.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use acs_identity_emulator::trust::TEMPORARY_PREFIX;

use crate::commands::shim::file::{self, Found};
use crate::commands::shim::{folder_of, record};
use crate::delegate::OnPath;
use crate::report::error::CliError;
use crate::system;

/// The folder of a user's own programs, below the home folder.
const USUAL: &str = ".local/bin";

/// The folder where a shim stands already, else the first one on PATH that is this user's own and stands before the real `az`,
/// with the usual one preferred, else the usual one.
///
/// # Errors
///
/// When there is no home folder.
pub(crate) fn choose(on_path: &[OnPath]) -> Result<PathBuf, CliError> {
    let usual = system::home().map(|home| PathBuf::from(home).join(USUAL));
    let path: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    let is_in_use = |shim: &Path| {
        let folder = folder_of(shim);
        (Some(folder) == usual.as_deref() || path.iter().any(|on_path| on_path == folder))
            && !matches!(look(shim), Found::Nothing | Found::Other(_))
    };
    if let Some(noted) = record::read().into_iter().find(|noted| is_in_use(&noted.shim)) {
        return Ok(folder_of(&noted.shim).to_owned());
    }
    if let Some(first) = on_path.first().filter(|first| first.is_ours && !is_passing(&first.path)) {
        return Ok(folder_of(&first.path).to_owned());
    }
    let real = on_path.iter().find(|az| !az.is_ours).map(|az| folder_of(&az.path).to_owned());
    let before: Vec<PathBuf> = path
        .iter()
        .cloned()
        .take_while(|folder| Some(folder) != real.as_ref())
        .filter(|folder| {
            is_own(folder)
                && !is_passing(folder)
                && !is_of_environment(folder)
                && !matches!(look(&folder.join(file::NAME)), Found::Other(_))
        })
        .collect();
    let chosen = before.iter().find(|folder| Some(*folder) == usual.as_ref()).or(before.first()).cloned();
    chosen.or(usual).ok_or_else(|| {
        CliError::new("There is no home folder, and no folder on PATH before that of the real az is this user's own.")
            .hint("Choose a folder: --dir DIR")
    })
}

/// What stands there.
pub(crate) fn look(shim: &Path) -> Found {
    file::look(shim, record::about(shim).map(|noted| noted.target).as_deref())
}

/// Whether it is a folder of this user, below the home folder, that this user can write. To root, all folders belong.
fn is_own(folder: &Path) -> bool {
    let is_at_home = system::home().is_some_and(|home| !home.is_empty() && folder.starts_with(home));
    is_at_home && !is_of_a_run(folder) && system::is_own_folder(folder)
}

/// Whether a folder has the files of one run of the emulator. It has a link to this program, and is gone soon.
pub(crate) fn is_of_a_run(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(TEMPORARY_PREFIX.as_bytes()))
}

/// Whether a path belongs to one project or one command: `npx` and `uvx` put such folders on PATH for a command alone, and what is
/// in them is gone after the next installation.
pub(crate) fn is_passing(path: &Path) -> bool {
    let is_of_project = path.ancestors().any(|folder| {
        let is = |folder: &Path, name: &str| folder.file_name().is_some_and(|own| own == name);
        // Those of a whole installation of Node.js are in `lib`.
        is(folder, "node_modules") && !folder.parent().is_some_and(|above| is(above, "lib"))
    });
    let usual = system::home().map(|home| PathBuf::from(home).join(".cache"));
    let caches = ["UV_CACHE_DIR", "XDG_CACHE_HOME"].into_iter().filter_map(env::var_os).map(PathBuf::from).chain(usual);
    is_of_project || caches.filter(|cache| cache.is_absolute()).any(|cache| path.starts_with(cache))
}

/// Whether a folder is that of a Python environment, which is on PATH in one shell.
fn is_of_environment(folder: &Path) -> bool {
    env::var_os("VIRTUAL_ENV").is_some_and(|environment| !environment.is_empty() && folder.starts_with(environment))
}

/// Makes a folder with what is missing above it. Returns what was made, each folder before those in it.
///
/// # Errors
///
/// When one cannot be made.
pub(crate) fn make(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let mut missing: Vec<PathBuf> =
        folder.ancestors().take_while(|folder| fs::symlink_metadata(folder).is_err()).map(Path::to_owned).collect();
    missing.reverse();
    for (at, folder) in missing.iter().enumerate() {
        if let Err(error) = fs::create_dir(folder) {
            // Nothing is left of a folder that is of no use.
            missing[..at].iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
            return Err(crate::commands::shim::cannot("made", folder, &error));
        }
    }
    Ok(missing)
}
