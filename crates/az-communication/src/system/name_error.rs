//! Why a name has no address.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use super::system_text;

/// Why there is no address for a name.
#[derive(Debug)]
pub enum NameError {
    /// There is no such name, or it has no address.
    NotFound(String),
    /// Whether there is such a name is unknown: the name, and what each server did that was asked.
    NoAnswer(String, Vec<(IpAddr, ServerFailure)>),
    /// This machine cannot ask about the name.
    System(String, io::Error),
}

impl NameError {
    /// What the system said, where it let nobody be asked.
    pub fn of_the_system(&self) -> Option<&io::Error> {
        match self {
            Self::System(_, error) => Some(error),
            Self::NoAnswer(_, servers) => servers.iter().find_map(|(_, failure)| match failure {
                ServerFailure::Unreachable(error) => error.as_ref(),
                _ => None,
            }),
            Self::NotFound(_) => None,
        }
    }
}

/// Why a name server gave no answer.
#[derive(Debug)]
pub enum ServerFailure {
    /// It answers with an error: `SERVFAIL`, `REFUSED` and the like.
    Code(String),
    /// It did not answer in this time.
    Silent(Duration),
    /// It cannot be reached, and the system's reason where that is known.
    Unreachable(Option<io::Error>),
    /// Its answer is not one.
    Malformed,
}

impl fmt::Display for ServerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => f.write_str(code),
            Self::Silent(time) => write!(f, "silent for {} s", time.as_secs().max(1)),
            Self::Unreachable(Some(error)) => f.write_str(&system_text(error)),
            Self::Unreachable(None) => f.write_str("cannot be reached"),
            Self::Malformed => f.write_str("a malformed response"),
        }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(host) => write!(f, "The host '{host}' cannot be found."),
            Self::NoAnswer(host, servers) => {
                write!(f, "The host '{host}' cannot be looked up: no answer from the name service")?;
                for (at, (server, failure)) in servers.iter().enumerate() {
                    write!(f, "{}{server}: {failure}", if at == 0 { " (" } else { "; " })?;
                }
                f.write_str(if servers.is_empty() { "." } else { ")." })
            }
            Self::System(host, error) => {
                write!(f, "The host '{host}' cannot be looked up: {}.", system_text(error))
            }
        }
    }
}

impl std::error::Error for NameError {}
