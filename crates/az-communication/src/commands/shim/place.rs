//! Chooses the folder of a shim.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use acs_identity_emulator::trust::TEMPORARY_PREFIX;

use crate::commands::shim::file::{self, Found};
use crate::commands::shim::{folder_of, record};
use crate::delegate::OnPath;
use crate::report::error::CliError;
use crate::system;

/// The folder for the user's own programs, below the home folder.
const USUAL: &str = ".local/bin";

/// Returns the folder of an existing shim. Otherwise returns a folder on PATH that belongs to this user and comes
/// before the real `az`: the usual folder if it is one of these, or else the first one. Otherwise returns the usual
/// folder.
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
        CliError::new("There is no home folder, and no folder on PATH before the real az belongs to this user.")
            .hint("Choose a folder: --dir DIR")
    })
}

/// Finds out which kind of file exists at the path of a shim.
pub(crate) fn look(shim: &Path) -> Found {
    file::look(shim, record::about(shim).map(|noted| noted.target).as_deref())
}

/// Checks whether a folder belongs to this user, is below the home folder and can be written by this user. The home
/// folder is checked because all folders belong to root.
fn is_own(folder: &Path) -> bool {
    let is_at_home = system::home().is_some_and(|home| !home.is_empty() && folder.starts_with(home));
    is_at_home && !is_of_a_run(folder) && system::is_own_folder(folder)
}

/// Checks whether a folder contains the files of one run of the emulator. It contains a link to this program and is
/// removed soon.
pub(crate) fn is_of_a_run(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(TEMPORARY_PREFIX.as_bytes()))
}

/// Checks whether a path belongs to one project or one command. `npx` and `uvx` put such folders on PATH for a single
/// command, and their contents are gone after the next installation.
pub(crate) fn is_passing(path: &Path) -> bool {
    let is_of_project = path.ancestors().any(|folder| {
        let is = |folder: &Path, name: &str| folder.file_name().is_some_and(|own| own == name);
        // The modules of a complete Node.js installation are in `lib`.
        is(folder, "node_modules") && !folder.parent().is_some_and(|above| is(above, "lib"))
    });
    let usual = system::home().map(|home| PathBuf::from(home).join(".cache"));
    let caches = ["UV_CACHE_DIR", "XDG_CACHE_HOME"].into_iter().filter_map(env::var_os).map(PathBuf::from).chain(usual);
    is_of_project || caches.filter(|cache| cache.is_absolute()).any(|cache| path.starts_with(cache))
}

/// Checks whether a folder belongs to a Python environment, which is on PATH in one shell only.
fn is_of_environment(folder: &Path) -> bool {
    env::var_os("VIRTUAL_ENV").is_some_and(|environment| !environment.is_empty() && folder.starts_with(environment))
}

/// Creates a folder and all missing folders above it. Returns the new folders, each before the folders in it.
///
/// # Errors
///
/// When a folder cannot be created.
pub(crate) fn make(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let mut missing: Vec<PathBuf> =
        folder.ancestors().take_while(|folder| fs::symlink_metadata(folder).is_err()).map(Path::to_owned).collect();
    missing.reverse();
    for (at, folder) in missing.iter().enumerate() {
        if let Err(error) = fs::create_dir(folder) {
            // If a folder cannot be created, the new folders above it are useless and are removed.
            missing[..at].iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
            return Err(crate::commands::shim::cannot("created", folder, &error));
        }
    }
    Ok(missing)
}
