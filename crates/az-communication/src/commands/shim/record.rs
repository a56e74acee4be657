//! Records what was created for shims, in a file of the configuration folder, so that exactly this can be removed
//! later. Folders that existed before are kept.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use crate::files::private_file;
use crate::knack::config;
use crate::report::error::CliError;

const FILE: &str = "communication-shims.json";

/// The record of one shim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Noted {
    /// The path of the shim.
    pub(crate) shim: PathBuf,
    /// The path that the shim calls.
    pub(crate) target: PathBuf,
    /// The folders that were created for the shim and for this record, each before the folders in it.
    pub(crate) made: Vec<PathBuf>,
}

/// Reads the records. If they cannot be read, they are empty.
pub(crate) fn read() -> Vec<Noted> {
    let text = file().and_then(|file| fs::read(file).ok()).unwrap_or_default();
    let json: Json = serde_json::from_slice(&text).unwrap_or_default();
    json.as_array().into_iter().flatten().filter_map(noted).collect()
}

fn noted(json: &Json) -> Option<Noted> {
    let path = |json: &Json| json.as_str().map(PathBuf::from);
    Some(Noted {
        shim: path(json.get("shim")?)?,
        target: path(json.get("target")?)?,
        made: json.get("made")?.as_array()?.iter().filter_map(path).collect(),
    })
}

/// Returns the record of a shim.
pub(crate) fn about(shim: &Path) -> Option<Noted> {
    read().into_iter().find(|noted| noted.shim == shim)
}

/// Records what was created for a shim. This replaces an earlier record of the same shim.
///
/// # Errors
///
/// When the record cannot be written.
pub(crate) fn add(mut new: Noted) -> Result<(), CliError> {
    let is_text = |path: &PathBuf| path.to_str().is_some();
    if ![&new.shim, &new.target].into_iter().chain(&new.made).all(is_text) {
        return Err(CliError::new(format!(
            "The path {} is not valid UTF-8, so it was not recorded.",
            new.shim.display()
        )));
    }
    let mut all = read();
    if let Some(at) = all.iter().position(|noted| noted.shim == new.shim) {
        let former = all.remove(at);
        new.made.splice(0..0, former.made);
    }
    let folder = config::directory().filter(|folder| !folder.exists());
    if let Some(folder) = folder {
        private_file::make_folder(&folder)
            .map_err(|error| crate::commands::shim::cannot("created", &folder, &error))?;
        new.made.push(folder);
    }
    all.push(new);
    write(&all)
}

/// Deletes the record of a shim, and removes the folders that were created for it if they are empty. Returns the
/// removed folders.
///
/// # Errors
///
/// When the record cannot be written.
pub(crate) fn forget(shim: &Path) -> Result<Vec<PathBuf>, CliError> {
    let mut all = read();
    let Some(at) = all.iter().position(|noted| noted.shim == shim) else {
        return Ok(Vec::new());
    };
    let mut noted = all.remove(at);
    // Other shims may use the same folders. Their record then takes over these folders.
    if let Some(other) = all.first_mut() {
        let shared =
            |folder: &PathBuf| other.shim.starts_with(folder) || file().is_some_and(|file| file.starts_with(folder));
        let (kept, rest) = noted.made.into_iter().partition::<Vec<_>, _>(shared);
        noted.made = rest;
        other.made.splice(0..0, kept);
    }
    write(&all)?;
    Ok(noted.made.into_iter().rev().filter(|folder| fs::remove_dir(folder).is_ok()).collect())
}

fn write(all: &[Noted]) -> Result<(), CliError> {
    let Some(file) = file() else { return Ok(()) };
    let written = if all.is_empty() {
        match fs::remove_file(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    } else {
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        let entry = |noted: &Noted| {
            let made: Vec<String> = noted.made.iter().map(text).collect();
            json!({"shim": text(&noted.shim), "target": text(&noted.target), "made": made})
        };
        let list: Vec<Json> = all.iter().map(entry).collect();
        private_file::replace(&file, format!("{}\n", Json::from(list)).as_bytes())
    };
    written.map_err(|error| crate::commands::shim::cannot("written", &file, &error))
}

fn file() -> Option<PathBuf> {
    config::directory().map(|folder| folder.join(FILE))
}
