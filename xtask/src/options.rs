//! The options of the commands.

use std::path::PathBuf;

use crate::error::Error;

/// The parsed options.
#[derive(Debug, Default)]
pub struct Options {
    /// The artefacts to write. Empty means all.
    pub only: Vec<String>,
    /// A program that is already built.
    pub program: Option<PathBuf>,
    /// The folder of the artefacts.
    pub dist: Option<PathBuf>,
    /// The revision of the Debian package of this version.
    pub deb_revision: Option<u32>,
    /// The number of crates that are compiled at once.
    pub jobs: Option<String>,
    /// Whether uncommitted changes are allowed.
    pub allow_dirty: bool,
}

impl Options {
    /// Reads the words after a command.
    ///
    /// # Errors
    ///
    /// When one is unknown, or its value is missing.
    pub fn read(words: &[String]) -> Result<Self, Error> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let (name, inline) =
                word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
            let mut value = || {
                let value = inline.map(ToOwned::to_owned).or_else(|| words.next().cloned());
                value.filter(|value| !value.is_empty()).ok_or_else(|| Error::new(format!("{name} has no value.")))
            };
            match name {
                "--only" => options.only.extend(value()?.split(',').map(ToOwned::to_owned)),
                "--program" => options.program = Some(value()?.into()),
                "--dist" => options.dist = Some(value()?.into()),
                "--jobs" | "-j" => options.jobs = Some(value()?),
                "--deb-revision" => {
                    let number = value()?;
                    options.deb_revision =
                        Some(number.parse().map_err(|_| {
                            Error::new(format!("--deb-revision must be a number, but it is '{number}'."))
                        })?);
                }
                "--allow-dirty" => options.allow_dirty = true,
                _ => return Err(Error::new(format!("{word} is not an option. `cargo xtask --help` lists them."))),
            }
        }
        Ok(options)
    }
}
