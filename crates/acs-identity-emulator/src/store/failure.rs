//! The reasons why the store does not execute an operation.

use std::fmt;

/// A failure of the store itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreError {
    /// The disk is full. A later operation may succeed.
    Full,
    /// The disk of the machine with the data is full. A later operation may succeed.
    ServerFull,
    /// The folder, or a file in it, was removed, replaced or written by another program while it was in use.
    Gone,
    /// The store is closed, or an earlier write did not reach the disk. No further operation is acknowledged.
    Stopped(String),
    /// The stored data differs from the data that was written.
    Damaged { what: String },
    /// The machine with the data cannot be reached, so nothing was done. A later operation may succeed.
    Unreachable(String),
    /// The machine with the data did not say whether the operation was done.
    Unknown(String),
    /// Another failure.
    Failed(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the disk is full"),
            Self::ServerFull => f.write_str("the disk of the database server is full"),
            Self::Gone => f.write_str("a file of the data folder was removed, replaced or written by another program"),
            Self::Stopped(why) => write!(f, "the store has stopped: {why}"),
            Self::Damaged { what } => write!(f, "the store is damaged: {what}"),
            Self::Unreachable(why) => write!(f, "the store cannot be reached: {why}"),
            Self::Unknown(why) => write!(f, "it is not known whether the change was stored: {why}"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// The reason why an operation of a caller was not executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The access key with which the caller authenticated is no longer in force.
    KeyGone,
    /// The process has an old copy of what all processes of a shared store have. Nothing was done.
    Stale,
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
