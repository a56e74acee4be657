//! Failures of SQLite as types.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::files::is_full;
use crate::store::failure::StoreError;

/// A statement failed, a file beside the database cannot be written, or a row differs from the row that was written.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Beside(std::io::Error),
    Damaged(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Beside(error)
    }
}

/// Returns whether the shared memory beside the log could not grow. It holds no durable data.
fn is_shared_memory(code: i32) -> bool {
    matches!(code, ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_SHMMAP | ffi::SQLITE_IOERR_SHMOPEN)
}

impl Fault {
    /// Returns the store error for a failed write. If a write failed on its way to the disk, the store stops: after a
    /// failed fsync, the content of the disk is unknown, and another fsync would report success.
    pub(super) fn of_write(self) -> StoreError {
        self.described(|error, text| match error {
            code if is_shared_memory(code) => StoreError::Full,
            _ => StoreError::Stopped(text),
        })
    }

    /// Returns whether the system refused a write, but did not report a full disk. The reason can be a quota.
    pub(super) fn is_refused_write(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_WRITE)
    }

    /// Returns the store error for a failed read. A failed read does not mean that the written data is damaged.
    pub(super) fn of_read(self) -> StoreError {
        self.described(|_, text| StoreError::Failed(text))
    }

    fn described(self, of_io: impl FnOnce(i32, String) -> StoreError) -> StoreError {
        let error = match self {
            Self::Damaged(what) => return StoreError::Damaged { what },
            Self::Beside(error) if is_full(&error) => return StoreError::Full,
            Self::Beside(error) => return StoreError::Failed(error.to_string()),
            Self::Sql(error) => error,
        };
        let text = error.to_string();
        if let Some(ffi::Error { code, extended_code }) = error.sqlite_error() {
            return match code {
                ErrorCode::DiskFull => StoreError::Full,
                ErrorCode::SystemIoFailure => of_io(*extended_code, text),
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged { what: text },
                _ => StoreError::Failed(text),
            };
        }
        match error {
            // The value has another type than the value that was written.
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..) => StoreError::Damaged { what: text },
            _ => StoreError::Failed(text),
        }
    }
}
