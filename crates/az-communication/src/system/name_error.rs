//! Reasons why a host name has no address.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use super::error_text::system_text;

/// The reason why there is no address for a name.
#[derive(Debug)]
pub enum NameError {
    /// The name does not exist, or it has no address.
    NotFound(String),
    /// It is not known whether the name exists. The fields are the name, and the failure of each server that was asked.
    NoAnswer(String, Vec<(IpAddr, ServerFailure)>),
    /// This machine cannot look up the name.
    System(String, io::Error),
}

impl NameError {
    /// Returns the system's error if it prevented the lookup.
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

/// The reason why a name server gave no answer.
#[derive(Debug)]
pub enum ServerFailure {
    /// The server answered with an error code, such as `SERVFAIL` or `REFUSED`.
    Code(String),
    /// The server did not answer in this time.
    Silent(Duration),
    /// The server cannot be reached. The field is the system's error, if it is known.
    Unreachable(Option<io::Error>),
    /// The server's answer is malformed.
    Malformed,
}

impl fmt::Display for ServerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => f.write_str(code),
            Self::Silent(time) => write!(f, "timed out after {} s", time.as_secs().max(1)),
            Self::Unreachable(Some(error)) => f.write_str(&system_text(error)),
            Self::Unreachable(None) => f.write_str("cannot be reached"),
            Self::Malformed => f.write_str("malformed response"),
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
