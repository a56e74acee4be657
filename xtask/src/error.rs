//! The error that ends a command.

use std::fmt;
use std::io;
use std::path::Path;

/// The message for the user: what went wrong, and where.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    /// Creates an error with this text.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Adds the file on which an operation failed.
pub trait At<T> {
    /// Returns the same result, with the path in its error.
    ///
    /// # Errors
    ///
    /// When the operation failed.
    fn at(self, path: &Path) -> Result<T, Error>;
}

impl<T, E: fmt::Display> At<T> for Result<T, E> {
    fn at(self, path: &Path) -> Result<T, Error> {
        self.map_err(|error| Error(format!("{}: {error}", path.display())))
    }
}

/// This is for writing into memory, which has no path and does not fail.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}
