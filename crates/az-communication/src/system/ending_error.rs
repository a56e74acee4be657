//! Why a process cannot wait for signals or for its command.

use std::fmt;
use std::io;

use super::system_text;

/// Why a process cannot wait.
#[derive(Debug)]
// Not every system has all of them.
#[allow(dead_code)]
pub enum EndingError {
    /// Signals cannot be handled.
    Signals(io::Error),
    /// It is unknown what became of the command.
    Command(io::Error),
}

impl fmt::Display for EndingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signals(error) => write!(f, "Signals cannot be handled: {}.", system_text(error)),
            Self::Command(error) => write!(f, "The command was lost: {}.", system_text(error)),
        }
    }
}

impl std::error::Error for EndingError {}
