//! The reasons why no host of a database can be used.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use acs_identity_protocol::visible::inert;
use rustls::CertificateError;
use tokio_postgres::error::{DbError, SqlState};

use crate::database::PostgresHost;

/// What is wrong with a host.
#[derive(Debug)]
pub(crate) enum Problem {
    /// Its name has no address.
    Name(io::Error),
    /// It refused the connection: no server listens there.
    Refused,
    /// The socket cannot be opened.
    Socket(io::Error),
    /// The connection broke while it was set up.
    Broken(io::Error),
    /// The server ended the connection without saying why.
    Closed,
    /// It did not answer in time.
    Silent(Duration),
    /// What answered does not speak the protocol of PostgreSQL.
    NotPostgres,
    /// It has no TLS.
    NoTls,
    /// The host cannot be named in TLS.
    HostName,
    /// Its certificate was not accepted.
    Certificate(CertificateError),
    /// TLS failed for another reason.
    Tls(rustls::Error),
    /// It asks for a password, and none was given.
    NoPassword,
    /// The exchange of the password failed on this side.
    Exchange(String),
    /// It refused the user or the password.
    Authentication(String),
    /// The database does not exist.
    NoDatabase(String),
    /// It has no free connections.
    Full(String),
    /// It is starting or stopping.
    NotReady(String),
    /// It accepts no writes.
    ReadOnly,
    /// Another error of the server.
    Server(SqlState, String),
}

impl Problem {
    /// Returns the problem of a socket that could not be opened.
    pub(super) fn of_socket(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            _ => Self::Socket(error),
        }
    }

    /// Returns the problem of a connection that broke.
    pub(super) fn of_stream(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Broken(error),
        }
    }

    /// Returns the problem that the server reported.
    pub(super) fn of_server(error: &DbError) -> Self {
        let message = inert(error.message()).to_string();
        match error.code() {
            &SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                Self::Authentication(message)
            }
            &SqlState::INVALID_CATALOG_NAME => Self::NoDatabase(message),
            &SqlState::TOO_MANY_CONNECTIONS => Self::Full(message),
            &SqlState::CANNOT_CONNECT_NOW | &SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN => {
                Self::NotReady(message)
            }
            code => Self::Server(code.clone(), message),
        }
    }

    /// Returns what the user can do.
    fn advice(&self) -> &'static str {
        match self {
            Self::Name(_) => "Check the host in the URL of the store, and the name server",
            Self::Refused => "Check that PostgreSQL runs there and listens on that address and port",
            Self::Socket(error) => match error.kind() {
                io::ErrorKind::NotFound => "Check that PostgreSQL runs, and that its sockets are in that folder",
                io::ErrorKind::PermissionDenied => "Run as a user who may use the socket, or connect by TCP",
                io::ErrorKind::Unsupported => "Connect by TCP: this system has no Unix sockets",
                _ => "Check the network",
            },
            Self::Broken(_) | Self::Closed => "Look into the log of the server",
            Self::Silent(_) => {
                "Check the network and the firewall. connect_timeout in the URL of the store sets another limit"
            }
            Self::NotPostgres => "Check the port in the URL of the store",
            Self::NoTls => "Turn TLS on in the server, or use sslmode=disable if nobody can listen on the network",
            Self::HostName => "Use the name of the host that its certificate has",
            Self::Certificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
                "Give the certificate of its authority by sslrootcert=FILE in the URL of the store"
            }
            Self::Certificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
                "Use a host that the certificate names as subjectAltName (a common name does not count), or \
                 sslmode=verify-ca"
            }
            Self::Certificate(_) => "Give the server another certificate, not that of an authority",
            Self::Tls(_) => "Look into the log of the server",
            Self::NoPassword => "Give one by PGPASSWORD, by ~/.pgpass or by --store-password-file",
            Self::Exchange(_) | Self::Authentication(_) => {
                "Check the user and the password, and pg_hba.conf of the server, which may ask for TLS (sslmode=require)"
            }
            Self::NoDatabase(_) => "Make it (CREATE DATABASE), or name another one in the URL of the store",
            Self::Full(_) => "Raise max_connections of the server, or put a pooler before it",
            Self::NotReady(_) => "Wait until it has started",
            Self::ReadOnly => "Promote it, or name the host that accepts writes in the URL of the store, after a comma",
            Self::Server(..) => "Look into the log of the server",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => write!(f, "its name has no address: {}", plain(error).trim_end_matches('.')),
            Self::Refused => f.write_str("the connection was refused"),
            Self::Socket(error) | Self::Broken(error) => f.write_str(&plain(error)),
            Self::Closed => f.write_str("it ended the connection"),
            Self::Silent(limit) => write!(f, "it did not answer within {} ms", limit.as_millis()),
            Self::NotPostgres => f.write_str("what answers there is not a PostgreSQL server"),
            Self::NoTls => f.write_str("it has no TLS"),
            Self::HostName => f.write_str("its name cannot be in a certificate"),
            // The signature of an authority with the same name as a trusted one, and another key.
            Self::Certificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
                f.write_str("its certificate does not come from a trusted authority")
            }
            Self::Certificate(error) => write!(f, "its certificate {}", fault_of(error)),
            Self::Tls(error) => write!(f, "TLS failed: {}", cause_of(error)),
            Self::NoPassword => f.write_str("it asks for a password, and none was given"),
            Self::Exchange(what) => write!(f, "the password could not be exchanged: {what}"),
            Self::Authentication(what) => write!(f, "it refused the login: {what}"),
            Self::NoDatabase(what) | Self::Full(what) | Self::NotReady(what) => f.write_str(what),
            Self::ReadOnly => f.write_str("it accepts no writes (it is a standby, or read-only)"),
            Self::Server(code, what) => write!(f, "{what} (SQLSTATE {})", code.code()),
        }
    }
}

/// Returns what is wrong with a certificate. The texts of rustls have names of its types.
fn fault_of(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "is not valid yet",
        CertificateError::Revoked => "was revoked",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "does not have the name of the host"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => "is not one for servers",
        CertificateError::BadEncoding => "cannot be read",
        _ => "is not one that a server may have (RFC 5280)",
    }
}

/// Returns why TLS failed. The texts of rustls have names of its types.
fn cause_of(error: &rustls::Error) -> String {
    match error {
        rustls::Error::AlertReceived(_) => "the server ended the handshake with an alert".to_owned(),
        rustls::Error::PeerIncompatible(_) => {
            "it speaks neither TLS 1.2 nor 1.3, or has no cipher in common".to_owned()
        }
        rustls::Error::PeerMisbehaved(_) | rustls::Error::InvalidMessage(_) => "what it sent is not TLS".to_owned(),
        other => inert(&other.to_string()).to_string(),
    }
}

/// Returns the text of a system error without the suffix that Rust appends ("(os error 13)").
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split_once(" (os error").map_or(text.as_str(), |(text, _)| text);
    inert(text).to_string()
}

/// No host of the database can be used. `Display` says why for each of them, and what to do next.
#[derive(Debug, Clone)]
pub(crate) struct Unreachable(Arc<[(PostgresHost, Problem)]>);

impl Unreachable {
    pub(super) fn new(hosts: Vec<(PostgresHost, Problem)>) -> Self {
        Self(hosts.into())
    }

    /// Returns the hosts, and what is wrong with each.
    #[cfg(test)]
    pub(crate) fn problems(&self) -> impl Iterator<Item = (&PostgresHost, &Problem)> {
        self.0.iter().map(|(host, problem)| (host, problem))
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            [] => f.write_str("the connections to the database are closed"),
            [(host, problem)] => write!(f, "the database at {host} cannot be used: {problem}. {}", problem.advice()),
            several => {
                f.write_str("no host of the database can be used: ")?;
                for (number, (host, problem)) in several.iter().enumerate() {
                    let separator = if number == 0 { "" } else { "; " };
                    write!(f, "{separator}{host}: {problem} ({})", problem.advice())?;
                }
                Ok(())
            }
        }
    }
}
