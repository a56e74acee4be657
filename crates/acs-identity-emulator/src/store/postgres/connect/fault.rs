//! The reasons why a statement was not carried out, or not answered.

use std::fmt;

use acs_identity_protocol::visible::inert;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};

use super::failure::Unreachable;

/// Whether a statement that failed may have changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It has changed nothing, and will not.
    None,
    /// It was sent, and its answer is missing.
    Unknown,
}

/// A failure of a statement.
#[derive(Debug)]
pub(crate) enum Fault {
    /// There is no connection.
    Unreachable(Unreachable),
    /// All connections were in use until the end of the operation.
    Busy,
    /// None was open before the end of the operation.
    NotOpen,
    /// The operation came to its end before the answer.
    Late(Effect),
    /// The connection was lost.
    Lost(Effect),
    /// The server has carried a statement out and warned: it may not be on the standby.
    Warned,
    /// The server refused the statement, so that it has changed nothing.
    Refused(Box<DbError>),
    /// The statement or its answer does not fit this program.
    Unexpected(String),
}

impl Fault {
    /// Returns the failure of a statement whose loss would have that effect.
    pub(super) fn of(error: Error, effect: Effect) -> Self {
        if let Some(refused) = error.as_db_error() {
            return match refused.parsed_severity() {
                Some(Severity::Error) => Self::Refused(Box::new(refused.clone())),
                // The transaction had ended before the statement came.
                _ if *refused.code() == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Self::Lost(Effect::None),
                // The server ends the connection after the others. Whether it carried the statement out is unknown.
                _ => Self::Lost(effect),
            };
        }
        let is_of_stream = std::error::Error::source(&error).is_some_and(|source| source.is::<std::io::Error>());
        if error.is_closed() || is_of_stream {
            return Self::Lost(effect);
        }
        Self::Unexpected(inert(&error.to_string()).to_string())
    }

    /// Returns whether the statement may have changed something.
    #[cfg(test)]
    pub(crate) fn effect(&self) -> Effect {
        match self {
            Self::Unreachable(_) | Self::Busy | Self::NotOpen | Self::Refused(_) => Effect::None,
            Self::Late(effect) | Self::Lost(effect) => *effect,
            Self::Warned | Self::Unexpected(_) => Effect::Unknown,
        }
    }

    /// Returns the code with which the server refused the statement.
    pub(crate) fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Refused(error) => Some(error.code()),
            _ => None,
        }
    }

    /// Checks whether the state of the connection is unknown afterwards.
    pub(super) fn spoils_connection(&self) -> bool {
        // A prepared statement whose result has other columns after a migration is refused until the connection ends.
        self.code().is_none_or(|code| *code == SqlState::FEATURE_NOT_SUPPORTED)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(unreachable) => unreachable.fmt(f),
            Self::Busy => f.write_str("all connections to the database are in use"),
            Self::NotOpen => f.write_str("no connection to the database was open in time"),
            // Only for a write does it matter whether the effect is known. Who has asked for a write says so.
            Self::Late(_) => f.write_str("the database did not answer in time"),
            Self::Lost(_) => f.write_str("the connection to the database was lost"),
            Self::Warned => f.write_str(
                "the database warned when it had carried the statement out: its wait for a standby may have been \
                 cancelled. Look into its log",
            ),
            Self::Refused(error) if *error.code() == SqlState::INVALID_SQL_STATEMENT_NAME => f.write_str(
                "the database has lost a prepared statement: leave prepare=yes out of the URL of the store where a \
                 pooler is in between",
            ),
            // The detail may contain data.
            Self::Refused(error) => {
                write!(
                    f,
                    "the database refused a statement: {} (SQLSTATE {})",
                    inert(error.message()),
                    error.code().code()
                )
            }
            Self::Unexpected(what) => write!(f, "the answer of the database cannot be used: {what}"),
        }
    }
}
