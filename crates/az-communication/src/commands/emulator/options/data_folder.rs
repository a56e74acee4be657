//! Decides where the data is stored: in memory, in a database, in the folder of an option or a variable, or in the
//! default folder.

use std::path::{Path, PathBuf};

use acs_identity_emulator::{PostgresStorage, Storage};

use crate::commands::emulator::options::declared::{
    DATA_DIR, IN_MEMORY, RUN_DATA_DIR, RUN_IN_MEMORY, RUN_STORE, RUN_STORE_KEY_FILE, RUN_STORE_PASSWORD_FILE, STORE,
    STORE_KEY_FILE, STORE_PASSWORD_FILE,
};
use crate::commands::emulator::options::read::{absolute, flag, given, option};
use crate::commands::emulator::options::store;
use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::service::emulator_files;

/// Where the data is stored.
pub(crate) enum Data {
    Memory,
    Folder(PathBuf),
    Database(Box<PostgresStorage>),
}

impl Data {
    /// Returns the data folder, if there is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Memory | Self::Database(_) => None,
        }
    }

    /// Returns it for the configuration of an emulator.
    pub(crate) fn to_storage(&self) -> Storage {
        match self {
            Self::Memory => Storage::Memory,
            Self::Folder(folder) => Storage::Folder(folder.clone()),
            Self::Database(database) => Storage::Postgres(database.clone()),
        }
    }
}

/// The options of `start` for a database.
const OF_START: store::Options =
    store::Options { url: &STORE, key_file: &STORE_KEY_FILE, password_file: &STORE_PASSWORD_FILE };

/// Returns where `start` stores the data. An option on the command line takes precedence over the variables of the
/// others, and the variable of a database over the variable of a folder. `warns` is false in the process of an emulator
/// in the background.
///
/// # Errors
///
/// Fails when two of them are given, when one of them is not valid, or when there is no folder.
pub(crate) fn of_start(invocation: &Invocation<'_>, warns: bool) -> Result<Data, CliError> {
    let has = |option| invocation.arguments.has(option);
    refuse_several(&[&STORE, &IN_MEMORY, &DATA_DIR].map(|option| (has(option), option.key())))?;
    if !has(&IN_MEMORY)
        && !has(&DATA_DIR)
        && let Some(database) = store::given(invocation, &OF_START, warns)?
    {
        if !has(&STORE) && flag(invocation, &IN_MEMORY)? {
            let variables = [&STORE, &IN_MEMORY].map(|option| option.variable_name().unwrap_or_default());
            return Err(CliError::usage(format!("{} and {} are both set.", variables[0], variables[1]))
                .hint("Set one of them."));
        }
        return Ok(Data::Database(Box::new(database)));
    }
    if in_memory(invocation)? { Ok(Data::Memory) } else { data_dir(invocation).map(Data::Folder) }
}

/// The options of `run` for a database.
const OF_RUN: store::Options =
    store::Options { url: &RUN_STORE, key_file: &RUN_STORE_KEY_FILE, password_file: &RUN_STORE_PASSWORD_FILE };

/// Returns where `run` stores the data: in memory by default.
///
/// # Errors
///
/// Fails when two places are given, or when one of them is not valid.
pub(crate) fn of_run(invocation: &Invocation<'_>) -> Result<Data, CliError> {
    let has = |option| invocation.arguments.has(option);
    let places = [&RUN_STORE, &RUN_IN_MEMORY, &RUN_DATA_DIR];
    refuse_several(&places.map(|option| (has(option), option.key())))?;
    let is_elsewhere = |option: &Argument| places.iter().any(|place| place.key() != option.key() && has(place));
    if !is_elsewhere(&RUN_STORE)
        && let Some(database) = store::given(invocation, &OF_RUN, true)?
    {
        return Ok(Data::Database(Box::new(database)));
    }
    if has(&RUN_IN_MEMORY) || (!has(&RUN_DATA_DIR) && flag(invocation, &RUN_IN_MEMORY)?) {
        return Ok(Data::Memory);
    }
    match option(invocation, &RUN_DATA_DIR)? {
        Some(given) => absolute(given.value.into()).map(Data::Folder),
        None => Ok(Data::Memory),
    }
}

/// Refuses more than one place for the data on the command line.
///
/// # Errors
///
/// Fails when two options are given.
pub(crate) fn refuse_several(options: &[(bool, &str)]) -> Result<(), CliError> {
    let given: Vec<&str> = options.iter().filter(|(is_given, _)| *is_given).map(|(_, name)| *name).collect();
    match given[..] {
        [first, second, ..] if first.ends_with("store") => {
            Err(CliError::usage(format!("{first} and {second} cannot be given together."))
                .hint("Leave out one of them. Data in a database is not stored on this machine."))
        }
        [_, _, ..] => Err(both()),
        _ => Ok(()),
    }
}

/// Returns whether the data is stored in memory. An option on the command line takes precedence over the variable of
/// the other option.
///
/// # Errors
///
/// Fails when both options are on the command line, or when the value of the variable is not a boolean.
pub(crate) fn in_memory(invocation: &Invocation<'_>) -> Result<bool, CliError> {
    match (invocation.arguments.has(&IN_MEMORY), given(invocation, &DATA_DIR)?) {
        (true, Some(_)) => Err(both()),
        (false, Some(_)) => Ok(false),
        (_, None) => flag(invocation, &IN_MEMORY),
    }
}

/// Returns the error for both options on the command line.
pub(crate) fn both() -> CliError {
    CliError::usage("--in-memory and --data-dir cannot be given together.")
        .hint("Leave out one of them. Data in memory is not stored in a folder.")
}

/// Returns the folder for the data, as an absolute path.
///
/// # Errors
///
/// Fails when it cannot be determined, or when its path is not UTF-8.
pub(crate) fn data_dir(invocation: &Invocation<'_>) -> Result<PathBuf, CliError> {
    match option(invocation, &DATA_DIR)? {
        Some(given) => absolute(given.value.into()),
        None => absolute(emulator_files::data_dir()?),
    }
}
