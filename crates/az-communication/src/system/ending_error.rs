//! Errors of waiting for signals or for a command.

use std::fmt;
use std::io;

use super::error_text::system_text;

/// The reason why a process cannot wait.
#[derive(Debug)]
// Some systems do not use all variants.
#[allow(dead_code)]
pub enum EndingError {
    /// Signals cannot be handled.
    Signals(io::Error),
    /// The state of the command is not known.
    Command(io::Error),
}

impl fmt::Display for EndingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signals(error) => write!(f, "Signals cannot be handled: {}.", system_text(error)),
            Self::Command(error) => write!(f, "The state of the command is not known: {}.", system_text(error)),
        }
    }
}

impl std::error::Error for EndingError {}
