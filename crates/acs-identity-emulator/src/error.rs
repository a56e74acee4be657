//! Errors of starting the emulator.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use acs_identity_protocol::time::utc;
use time::OffsetDateTime;

use crate::clock::{EARLIEST, LATEST};

/// The reason why the emulator cannot start.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be used.
    File(PathBuf, std::io::Error),
    /// A file of the emulator has unexpected content.
    Content(PathBuf, String),
    /// The data folder cannot be used because of its name, its owner or its mode.
    Folder(PathBuf, String),
    /// The given access key differs from the access key of the folder.
    AccessKey(PathBuf),
    /// Data that is not in a folder cannot be used, and the reason.
    Store(String),
    /// The data folder is in use by another process.
    InUse(PathBuf),
    /// The database file cannot be opened, or was made by a newer version. It was not changed.
    Database(PathBuf, String),
    /// The database file is damaged, or is not a database of the emulator. It was not changed.
    Damaged(PathBuf, String),
    /// A file of the user's own certificate cannot be used.
    OwnCertificate(OwnFile, Box<Error>),
    /// The file with the control secret cannot be used, or has unexpected content.
    ControlSecret(Box<Error>),
    /// The authority of the certificates cannot be used. It is replaced only on request.
    Authority(String),
    /// The authority of the certificates may not sign for some of the names.
    Names(String),
    /// A host that no certificate can name, and the reason.
    HostName(String, &'static str),
    /// Keys or certificates cannot be made.
    Crypto(String),
    /// The state to import cannot be used. The data folder was not changed.
    Import(String),
    /// The seed contradicts the configuration or the data folder.
    Seed(String),
    /// The state cannot be exported.
    Export(String),
    /// The machine's clock shows a time that cannot be used.
    Clock,
    /// The service's clock cannot show that time.
    ClockTime(OffsetDateTime),
    /// A revocation would take longer than 15 minutes, which is the longest that the service documents.
    RevocationDelay(Duration),
    /// Listening on an address failed.
    Listen(SocketAddr, std::io::Error),
    /// The system refuses to start the threads that are needed.
    Threads(std::io::Error),
    /// An error of the network.
    Network(std::io::Error),
}

/// One of the two files of the user's own certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnFile {
    /// The certificate and the certificates of its issuers.
    Certificate,
    /// The private key.
    Key,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{} cannot be used: {}", path.display(), system_text(error)),
            Self::Content(path, what) => write!(f, "{} {what}", path.display()),
            Self::Folder(path, why) => write!(f, "the data folder '{}' cannot be used: {why}", path.display()),
            Self::AccessKey(path) => write!(
                f,
                "the data folder {} has a primary access key that differs from the given key. A folder keeps the key \
                 of its first start or of its last regeneration: leave out the key, or use a new folder",
                path.display()
            ),
            Self::Store(why) => write!(f, "the data cannot be used: {why}"),
            Self::InUse(path) => write!(f, "the data folder {} is in use by another emulator", path.display()),
            Self::Database(path, what) | Self::Damaged(path, what) => {
                write!(f, "the database {} cannot be used: {what}", path.display())
            }
            Self::OwnCertificate(_, error) | Self::ControlSecret(error) => error.fmt(f),
            Self::Authority(what) | Self::Names(what) => f.write_str(what),
            Self::HostName(name, problem) => write!(f, "the host name '{name}' {problem}"),
            Self::Crypto(what) => write!(f, "keys cannot be made: {what}"),
            Self::Import(why) => write!(f, "the state cannot be imported: {why}"),
            Self::Seed(why) => write!(f, "the seed cannot be used: {why}"),
            Self::Export(why) => write!(f, "the state cannot be exported: {why}"),
            Self::Clock => f.write_str("the clock of this machine is before 1970 or near the year 10000"),
            Self::ClockTime(time) => write!(
                f,
                "the clock of the service cannot show {}, but times from {} to {}",
                utc(*time),
                utc(EARLIEST),
                utc(LATEST)
            ),
            Self::RevocationDelay(delay) => {
                write!(f, "a revocation takes at most 15 minutes to come into force, and not {delay:?}")
            }
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {}", system_text(error)),
            Self::Threads(error) => write!(f, "threads cannot be started: {}", system_text(error)),
            Self::Network(error) => write!(f, "the network cannot be used: {}", system_text(error)),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(_, error) | Self::Listen(_, error) | Self::Threads(error) | Self::Network(error) => Some(error),
            // Their texts are those of the errors in them.
            Self::OwnCertificate(_, error) | Self::ControlSecret(error) => error.source(),
            _ => None,
        }
    }
}

/// Returns the text of a system error without the suffix that Rust appends ("(os error 13)").
fn system_text(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map(|(text, _)| text.to_owned()).unwrap_or(text)
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Network(error)
    }
}

impl From<crate::random::NoRandom> for Error {
    fn from(error: crate::random::NoRandom) -> Self {
        Self::Crypto(error.to_string())
    }
}
