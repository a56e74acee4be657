//! Why a database cannot be opened.

use std::fmt;

use tokio_postgres::error::SqlState;

use super::fault::Fault;
use super::secret::Mismatch;

/// The reason why a database cannot be opened.
#[derive(Debug)]
pub(crate) enum OpenError {
    /// It cannot be reached.
    Unreachable(String),
    /// The connection ended while the tables were made or migrated. Whether that was done is seen when it is begun
    /// again.
    Interrupted(String),
    /// Another process made or migrated the tables, or held them locked.
    Locked,
    /// Its encoding is not UTF-8, but this one.
    Encoding(String),
    /// The transactions of its user are of this kind by default.
    Isolation(String),
    /// The tables are in this schema, which the search path of the user does not name.
    Elsewhere(String),
    /// It has tables of something else, such as this one.
    Foreign(String),
    /// It lacks this table, which it had.
    Incomplete(String),
    /// The user may not make or use tables there.
    NotOwner(String),
    /// There is no schema for its tables.
    NoSchema,
    /// It belongs to a newer version of the program: its version, and the newest one that is known.
    Newer { version: i32, known: i32 },
    /// It is encrypted, and there is no key.
    NoKey,
    /// It is encrypted with another key.
    OtherKey,
    /// It is in clear, and there is a key.
    InClear,
    /// The system refused to start the worker.
    Worker(std::io::Error),
    /// TLS cannot be set up.
    Tls(String),
    /// Something else failed.
    Failed(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) | Self::Interrupted(why) | Self::Failed(why) => f.write_str(why),
            Self::Locked => f.write_str(
                "another process makes or migrates the tables of the database, or has locked them, for too long. End \
                 it, or try again later",
            ),
            Self::Encoding(encoding) => write!(
                f,
                "the encoding of the database is {encoding}. It must be UTF8: make another database with \
                 CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
            ),
            Self::Isolation(isolation) => write!(
                f,
                "the transactions of the user are '{isolation}' by default. They must be 'read committed': use ALTER ROLE \
                 … SET default_transaction_isolation = 'read committed', or the same with ALTER DATABASE"
            ),
            Self::Elsewhere(schema) => write!(
                f,
                "the tables of an emulator are in the schema '{schema}' of the database, and the search path of the user \
                 does not find them. Use ALTER ROLE … SET search_path with this schema, or give the emulator a database \
                 of its own"
            ),
            Self::Foreign(table) => write!(
                f,
                "the database has a table '{table}' of something else. Give the emulator a database of its own"
            ),
            Self::Incomplete(table) => write!(
                f,
                "the database lacks the table '{table}', and has others of an emulator. Restore a backup, or give the \
                 emulator an empty database"
            ),
            Self::NotOwner(why) => write!(
                f,
                "{why}. Make the user the owner of the database (ALTER DATABASE … OWNER TO …) or of its tables"
            ),
            Self::NoSchema => f.write_str(
                "the search path of the user names no schema that exists, so no tables can be made. Make the schema \
                 (CREATE SCHEMA …), or use ALTER ROLE … SET search_path with one that exists",
            ),
            Self::Newer { version, known } => write!(
                f,
                "the database has schema {version} of a newer version of this program, and this one knows schemas up \
                 to {known}. Nothing was changed. Use the newer version"
            ),
            Self::NoKey => f.write_str(
                "the secrets in the database are encrypted, and no key was given. Give it by --store-key-file",
            ),
            Self::OtherKey => f.write_str(
                "the secrets in the database are encrypted with another key than the one that was given. Give that key \
                 by --store-key-file",
            ),
            Self::InClear => f.write_str(
                "the secrets in the database are in clear, but a key was given. Start without the key, or export the \
                 state and import it into an empty database",
            ),
            Self::Worker(error) => write!(f, "the thread for the database cannot be started: {error}"),
            Self::Tls(why) => write!(f, "TLS to the database cannot be set up: {why}"),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unreachable(why) | Fault::Busy(why) => Self::Unreachable(why),
            Fault::Lost(why) => Self::Interrupted(why),
            Fault::Locked(_) => Self::Locked,
            Fault::Refused(SqlState::INSUFFICIENT_PRIVILEGE, why) => Self::NotOwner(why),
            Fault::Refused(SqlState::INVALID_SCHEMA_NAME, _) => Self::NoSchema,
            other => Self::Failed(other.of_read().to_string()),
        }
    }
}

impl From<Mismatch> for OpenError {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::NoKey => Self::NoKey,
            Mismatch::OtherKey => Self::OtherKey,
            Mismatch::InClear => Self::InClear,
        }
    }
}
