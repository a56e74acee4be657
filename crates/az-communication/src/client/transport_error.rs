//! Why a request got no answer: what failed, and how far the request got.

use std::fmt;
use std::io;

use azure_core::error::{Error, ErrorKind};

use super::failure::Reached;
use crate::error::system_text;

/// Why a request got no answer.
#[derive(Debug)]
pub enum TransportError {
    /// The name has no address.
    UnknownHost(String),
    /// Nobody answered at the address.
    Connect(String, io::Error),
    /// The proxy refused, or is none.
    Proxy(String),
    /// The server's certificate is not to be trusted.
    Certificate(String, rustls::Error),
    /// TLS failed otherwise.
    Tls(String, rustls::Error),
    /// The server ended the connection without an answer.
    Closed(String),
    /// The connection failed on the way.
    Io(String, io::Error),
    /// The server does not speak HTTP.
    Protocol(String, &'static str),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownHost(host) => write!(f, "The host '{host}' cannot be found."),
            Self::Connect(address, error) => write!(f, "Cannot connect to {address}: {}.", system_text(error)),
            Self::Proxy(what) => write!(f, "The proxy cannot be used: {what}."),
            Self::Certificate(host, error) => {
                write!(f, "The certificate of {host} cannot be trusted: {}.", certificate_text(error))
            }
            Self::Tls(host, error) => write!(f, "No secure connection to {host}: {error}."),
            Self::Closed(host) => write!(f, "{host} closed the connection without a response."),
            Self::Io(host, error) => write!(f, "The connection to {host} failed: {}.", system_text(error)),
            Self::Protocol(host, what) => write!(f, "The response of {host} is not HTTP: {what}."),
        }
    }
}

impl std::error::Error for TransportError {}

fn certificate_text(error: &rustls::Error) -> String {
    use rustls::CertificateError as E;
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            E::UnknownIssuer => "it was issued by an unknown authority".into(),
            E::Expired | E::ExpiredContext { .. } => "it has expired".into(),
            E::NotValidYet | E::NotValidYetContext { .. } => "it is not valid yet".into(),
            E::NotValidForName | E::NotValidForNameContext { .. } => "it is for another name".into(),
            other => other.to_string(),
        },
        rustls::Error::General(text) => text.clone(),
        other => other.to_string(),
    }
}

impl TransportError {
    /// How far the request got.
    pub fn reached(&self) -> Reached {
        match self {
            Self::Closed(_) | Self::Io(..) => Reached::Maybe,
            Self::Protocol(..) => Reached::Answered,
            _ => Reached::No,
        }
    }

    /// azure_core's kind of it.
    fn kind(&self) -> ErrorKind {
        match self.reached() {
            Reached::No => ErrorKind::Connection,
            Reached::Maybe | Reached::Answered => ErrorKind::Io,
        }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::new(error.kind(), error)
    }
}
