//! Errors of starting the emulator.

use std::fmt;
use std::path::PathBuf;

/// Why the emulator cannot start.
#[derive(Debug)]
pub enum Error {
    /// A file or folder cannot be used.
    File(PathBuf, std::io::Error),
    /// A file of ours holds something else.
    Content(PathBuf, String),
    /// The data folder is in use by another process.
    InUse(PathBuf),
    /// The database file is damaged, or made by a newer version. It was not touched.
    Database(PathBuf, String),
    /// Keys or certificates cannot be made.
    Crypto(String),
    /// The network.
    Network(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{} cannot be used: {error}", path.display()),
            Self::Content(path, what) => write!(f, "{} {what}", path.display()),
            Self::InUse(path) => write!(f, "the data folder {} is in use by another emulator", path.display()),
            Self::Database(path, what) => write!(f, "the database {} cannot be used: {what}", path.display()),
            Self::Crypto(what) => write!(f, "keys cannot be made: {what}"),
            Self::Network(error) => write!(f, "the network cannot be used: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Network(error)
    }
}
