//! The configuration file and the `AZURE_*` variables that override it.
//!
//! The precedence is as in the reference: the command line, then `AZURE_{SECTION}_{OPTION}`, then the file.

pub(crate) mod ini;

use crate::system::home;
pub use ini::{Ini, IniError};

use std::env;
use std::io::ErrorKind;
use std::path::PathBuf;

use crate::files::text_file::{self, TextFault};
use crate::files::text_mode::universal_newlines;
use crate::report::error::CliError;

/// The configuration of the user who runs the command.
#[derive(Debug, Default)]
pub struct Config {
    file: Ini,
    unreadable: Option<String>,
}

/// Returns the configuration folder: `$AZURE_CONFIG_DIR`, or else `~/.azure`.
pub fn directory() -> Option<PathBuf> {
    let given = env::var_os("AZURE_CONFIG_DIR").filter(|dir| !dir.is_empty());
    given.map(PathBuf::from).or_else(|| home().map(|home| PathBuf::from(home).join(".azure")))
}

impl Config {
    /// Reads the configuration file. A missing file counts as an empty one. So does an unreadable file, as in the
    /// reference; then [`Config::unreadable`] returns the reason.
    ///
    /// # Errors
    ///
    /// When Python's configparser would refuse the content of the file.
    pub fn load() -> Result<Self, CliError> {
        let Some(path) = directory().map(|dir| dir.join("config")) else {
            return Ok(Self::default());
        };
        let broken = |what: String| {
            CliError::new(format!("The config file {} cannot be read: {what}.", path.display()))
                .hint("Correct the file, or set AZURE_CONFIG_DIR to another directory.")
        };
        let text = match text_file::read(&path, text_file::USUAL) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|_| broken("it is not UTF-8".into()))?,
            Err(TextFault::System(error)) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Self::default());
            }
            Err(why) => {
                let path = path.display();
                let unreadable = format!("The config file {path} cannot be read and is ignored: {why}.");
                return Ok(Self { file: Ini::default(), unreadable: Some(unreadable) });
            }
        };
        let file = universal_newlines(text).parse().map_err(|error: IniError| broken(error.to_string()))?;
        Ok(Self { file, unreadable: None })
    }

    /// Returns the reason why the file could not be read, as text. Returns `None` if it was read or does not exist.
    pub fn unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }

    /// Returns the value of an option from its variable, or else from the file.
    ///
    /// # Errors
    ///
    /// When the variable is not UTF-8, or when the value in the file refers to an option that does not exist
    /// (`%(name)s`).
    pub fn get(&self, section: &str, option: &str) -> Result<Option<String>, CliError> {
        let name = variable(section, option);
        if let Some(value) = env::var_os(&name) {
            let value = value.into_string().map_err(|_| CliError::new(format!("{name} is not valid UTF-8.")))?;
            return Ok(Some(value));
        }
        self.file
            .get(section, option)
            .map_err(|error| CliError::new(format!("The config option {section}.{option} cannot be read: {error}.")))
    }

    /// Returns the value of a Boolean option, or `false` if it is not set.
    ///
    /// # Errors
    ///
    /// When the value is not one of `1`, `yes`, `true`, `on`, `0`, `no`, `false` and `off`.
    pub fn get_bool(&self, section: &str, option: &str) -> Result<bool, CliError> {
        let Some(value) = self.get(section, option)? else {
            return Ok(false);
        };
        parse_bool(&value).ok_or_else(|| {
            CliError::new(format!("The config option {section}.{option} is not a boolean: '{value}'."))
                .hint(format!("Set {} or [{section}] {option} to yes or no.", variable(section, option)))
        })
    }
}

/// Parses a Boolean value as Python's configparser does.
pub fn parse_bool(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "yes" | "true" | "on" => Some(true),
        "0" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

fn variable(section: &str, option: &str) -> String {
    let mut name = ["AZURE_", section, "_", option].concat();
    name.make_ascii_uppercase();
    name
}
