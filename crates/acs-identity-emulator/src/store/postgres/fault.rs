//! What follows from a failure of the database. It hangs on SQLSTATE codes, never on words.

use tokio_postgres::error::SqlState;

use super::connect::{self, Effect};
use super::trouble::Trouble;
use crate::store::failure::StoreError;

/// Why statements did not end as they should.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// There is no connection, or no time was left, so nothing was done.
    Unreachable(String),
    /// The connection ended, or the time was over, after the statement was sent. A write may have been carried out.
    Lost(String),
    /// Nothing was done because of what happened at the same time. The same statement may succeed soon.
    Busy(String),
    /// The statement has waited too long for a lock. Nothing was done.
    Locked(String),
    /// The server has no space left. Nothing was done.
    Full,
    /// The server refused the statement with this code. Nothing was done.
    Refused(SqlState, String),
    /// The answer to a statement cannot be read.
    Unexpected(String),
    /// Something else failed before a statement was sent.
    Failed(String),
    /// The stored data is not what was written.
    Damaged(String),
}

impl From<connect::Fault> for Fault {
    fn from(fault: connect::Fault) -> Self {
        let why = fault.to_string();
        match fault {
            connect::Fault::Unreachable(_)
            | connect::Fault::Busy
            | connect::Fault::NotOpen
            | connect::Fault::Late(Effect::None) => Self::Unreachable(why),
            connect::Fault::Late(Effect::Unknown) | connect::Fault::Lost(Effect::Unknown) | connect::Fault::Warned => {
                Self::Lost(why)
            }
            // The next connection may be a good one.
            connect::Fault::Lost(Effect::None) => Self::Busy(why),
            connect::Fault::Unexpected(_) => Self::Unexpected(why),
            connect::Fault::Refused(refusal) => Self::of_code(refusal.code(), why),
        }
    }
}

impl Fault {
    /// Returns the fault for a statement that the server refused.
    fn of_code(code: &SqlState, why: String) -> Self {
        match code {
            &SqlState::T_R_DEADLOCK_DETECTED
            | &SqlState::T_R_SERIALIZATION_FAILURE
            // The server was the primary, and is a standby now. The pool connects to another one.
            | &SqlState::READ_ONLY_SQL_TRANSACTION
            // A prepared statement of before a migration. The pool makes another connection.
            | &SqlState::FEATURE_NOT_SUPPORTED => Self::Busy(why),
            &SqlState::LOCK_NOT_AVAILABLE => Self::Locked(why),
            // A statement that is cancelled while its commit waits for a standby is committed.
            &SqlState::QUERY_CANCELED => Self::Lost(why),
            &SqlState::DISK_FULL => Self::Full,
            &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => Self::Damaged(why),
            code => Self::Refused(code.clone(), why),
        }
    }

    /// Returns the fault for a value of a row that has another type or is missing.
    pub(super) fn of_value(error: &tokio_postgres::Error) -> Self {
        Self::Damaged(error.to_string())
    }

    /// Returns whether statements that read, or that were not committed, may succeed if they are repeated soon.
    pub(super) fn of_a_read_may_pass(&self, trouble: &Trouble) -> bool {
        match self {
            Self::Busy(_) | Self::Locked(_) | Self::Lost(_) => true,
            Self::Unreachable(_) => trouble.may_pass(),
            _ => false,
        }
    }

    /// Returns the store error for statements that read, or that were not committed.
    pub(super) fn of_read(self) -> StoreError {
        match self {
            Self::Unreachable(why) | Self::Lost(why) | Self::Busy(why) | Self::Locked(why) => {
                StoreError::Unreachable(why)
            }
            Self::Full => StoreError::ServerFull,
            Self::Refused(_, why) | Self::Unexpected(why) | Self::Failed(why) => StoreError::Failed(why),
            Self::Damaged(what) => StoreError::Damaged { what },
        }
    }

    /// Returns the store error for a write.
    pub(super) fn of_write(self) -> StoreError {
        match self {
            Self::Lost(why) | Self::Unexpected(why) => StoreError::Unknown(why),
            other => other.of_read(),
        }
    }
}
