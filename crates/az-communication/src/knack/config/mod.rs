//! The configuration file and the `AZURE_*` variables that stand in for it.
//!
//! Precedence as in the reference: the command line, then `AZURE_{SECTION}_{OPTION}`, then the file.

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

/// `$AZURE_CONFIG_DIR`, else `~/.azure`.
pub fn directory() -> Option<PathBuf> {
    let given = env::var_os("AZURE_CONFIG_DIR").filter(|dir| !dir.is_empty());
    given.map(PathBuf::from).or_else(|| home().map(|home| PathBuf::from(home).join(".azure")))
}

impl Config {
    /// Reads the configuration file. A missing one is empty, and so is one that cannot be read, as in the reference;
    /// [`Config::unreadable`] then says why.
    ///
    /// # Errors
    ///
    /// When the file is not what Python's configparser takes.
    pub fn load() -> Result<Self, CliError> {
        let Some(path) = directory().map(|dir| dir.join("config")) else {
            return Ok(Self::default());
        };
        let broken = |what: String| {
            CliError::new(format!("The config file {} cannot be read: {what}.", path.display()))
                .hint("Correct the file, or point AZURE_CONFIG_DIR at another directory.")
        };
        let text = match text_file::read(&path, text_file::USUAL) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|_| broken("it is not UTF-8".into()))?,
            Err(TextFault::System(error)) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Self::default());
            }
            Err(why) => {
                let path = path.display();
                let unreadable = format!("The config file {path} cannot be read, and is left out: {why}.");
                return Ok(Self { file: Ini::default(), unreadable: Some(unreadable) });
            }
        };
        let file = universal_newlines(text).parse().map_err(|error: IniError| broken(error.to_string()))?;
        Ok(Self { file, unreadable: None })
    }

    /// Why the file could not be read, in words; `None` where it was read, or is not there.
    pub fn unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }

    /// The value of an option: of its variable, else of the file.
    ///
    /// # Errors
    ///
    /// When the variable is not UTF-8, or the file's value refers to an option that does not exist (`%(name)s`).
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

    /// The value of a yes-or-no option; `false` where it is not set.
    ///
    /// # Errors
    ///
    /// When the value is none of `1`, `yes`, `true`, `on`, `0`, `no`, `false` and `off`.
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

/// Yes or no as Python's configparser reads it.
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
