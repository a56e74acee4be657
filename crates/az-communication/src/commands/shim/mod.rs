//! `shim install|remove|status`: manages a file `az` that comes before the real one on PATH and calls this program.

pub(crate) mod file;
pub(crate) mod install;
pub(crate) mod place;
pub(crate) mod profile;
pub(crate) mod record;
pub(crate) mod remove;
pub(crate) mod script;
pub(crate) mod status;

use std::env;
use std::path::{Path, PathBuf};

use file::Found;
use pyjmespath::Value;

use crate::delegate::{self, OnPath};
use crate::knack::argument::{Argument, Completion};
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::report::printer::Level;
use crate::system::system_text;

/// `--dir`.
const DIR: Argument = Argument::new(&["--dir"], "Folder of the shim.").completion(Completion::File).extension();

/// Returns the given folder as an absolute path.
fn given_folder(invocation: &Invocation<'_>) -> Option<PathBuf> {
    let given = invocation.given(&DIR).map(PathBuf::from)?;
    Some(std::path::absolute(&given).unwrap_or(given))
}

/// Returns the file that a shim calls. It is the path where a shell finds this program, because this path does not
/// change when a package is updated.
///
/// # Errors
///
/// When the system does not know the path of this program.
fn own_file() -> Result<PathBuf, CliError> {
    match delegate::found_by_name().filter(|path| !place::is_of_a_run(folder_of(path))) {
        Some(path) => Ok(behind_shim(path)),
        None => env::current_exe()
            .map_err(|error| CliError::new(format!("The file of this program is not known: {}.", system_text(&error)))),
    }
}

/// If a path is a shim, returns the target of the shim, because a shim must not call itself.
fn behind_shim(path: PathBuf) -> PathBuf {
    match place::look(&path) {
        Found::Shim(target) if path.file_name().is_some_and(|name| name == file::NAME) => folder_of(&path).join(target),
        _ => path,
    }
}

/// Prints a message about what was done.
fn say(invocation: &Invocation<'_>, text: &str) {
    if invocation.printer.shows(Level::Warning) {
        invocation.printer.lines(&format!("{text}\n"));
    }
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> CliError {
    CliError::new(format!("{} cannot be {what}: {}.", path.display(), system_text(error)))
}

/// Converts a path to text, or to null.
fn text(path: Option<&Path>) -> Value {
    path.map_or(Value::Null, |path| path.to_string_lossy().into_owned().into())
}

/// Returns each `az` on PATH, except the files that exist only for one run of the emulator.
fn on_path() -> Vec<OnPath> {
    delegate::on_path().into_iter().filter(|az| !place::is_of_a_run(folder_of(&az.path))).collect()
}

/// Returns the folder of a file on PATH.
fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
