//! `shim remove`.

use std::fs;
use std::path::PathBuf;

use pyjmespath::Value;

use crate::commands::shim::file::{self, Found};
use crate::commands::shim::{DIR, place, record, say};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::service::answer::object;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Remove what `shim install` created.\n\nFolders that it created are removed too if they are empty.",
    arguments: &[DIR],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Remove the shim", command: "{}" }],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let (mut removed, mut folders) = (Vec::new(), Vec::new());
    for shim in shims(invocation) {
        match place::look(&shim) {
            Found::Shim(_) | Found::Dangling(_) => {
                fs::remove_file(&shim).map_err(|error| crate::commands::shim::cannot("removed", &shim, &error))?;
                say(invocation, &format!("Removed {}.", shim.display()));
                folders.extend(record::forget(&shim)?);
                removed.push(shim);
            }
            Found::Nothing => folders.extend(record::forget(&shim)?),
            found => {
                let what = match found {
                    Found::Other(what) => what,
                    _ => "this program itself".to_owned(),
                };
                let refused =
                    CliError::new(format!("{} is {what}, not a shim, so it was not removed.", shim.display()));
                // The record of the shim is outdated.
                folders.extend(record::forget(&shim)?);
                return Err(refused);
            }
        }
    }
    for folder in &folders {
        say(invocation, &format!("Removed the folder {}, which was empty.", folder.display()));
    }
    if removed.is_empty() {
        say(invocation, "There is no shim.");
    }
    let list = |paths: Vec<PathBuf>| -> Value {
        Value::Array(
            paths.into_iter().map(|path| path.to_string_lossy().into_owned().into()).collect::<Vec<Value>>().into(),
        )
    };
    Ok(Outcome::of(object([("removed", list(removed)), ("folders", list(folders))])))
}

/// Returns the shims to remove: the shim in the given folder, or else the recorded shims and the shim that a shell
/// would find.
fn shims(invocation: &Invocation<'_>) -> Vec<PathBuf> {
    if let Some(folder) = crate::commands::shim::given_folder(invocation) {
        return vec![folder.join(file::NAME)];
    }
    let mut shims: Vec<PathBuf> = record::read().into_iter().map(|noted| noted.shim).collect();
    let found = crate::commands::shim::on_path().into_iter().map(|az| az.path);
    let found = found.filter(|path| matches!(place::look(path), Found::Shim(_)));
    for shim in found {
        if !shims.contains(&shim) {
            shims.push(shim);
        }
    }
    shims
}
