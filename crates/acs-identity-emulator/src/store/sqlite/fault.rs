//! What goes wrong with SQLite, by type.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::store::StoreError;

/// A statement that failed, or a row that is not what was written.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Damaged(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

/// Whether the shared memory beside the log could not grow. It holds nothing that must last.
fn is_shared_memory(code: i32) -> bool {
    matches!(code, ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_SHMMAP | ffi::SQLITE_IOERR_SHMOPEN)
}

impl Fault {
    /// The error for who asked. A write that failed on its way to the disk stops the store: after a failed fsync, nobody
    /// knows what is on the disk, and another fsync says that all is well.
    pub(super) fn of_write(self) -> StoreError {
        self.described(|error, text| match error {
            code if is_shared_memory(code) => StoreError::Full,
            _ => StoreError::Stopped(text),
        })
    }

    /// Whether the system refused a write for another reason than a full disk, which can be a quota.
    pub(super) fn is_refused_write(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_WRITE)
    }

    /// The error for who asked. A read that failed says nothing about what is written.
    pub(super) fn of_read(self) -> StoreError {
        self.described(|_, text| StoreError::Failed(text))
    }

    fn described(self, of_io: impl FnOnce(i32, String) -> StoreError) -> StoreError {
        let error = match self {
            Self::Damaged(what) => return StoreError::Damaged { what },
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
            // A value of another type than was written.
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..) => StoreError::Damaged { what: text },
            _ => StoreError::Failed(text),
        }
    }
}
