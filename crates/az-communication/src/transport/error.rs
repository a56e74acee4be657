//! Reasons why a request has no response, and how far the request got.

use std::fmt;
use std::io;
use std::time::Duration;

use azure_core::error::{Error, ErrorKind};
use rustls::AlertDescription;

use crate::system::system_text;
use crate::transport::http::answer::{Broken, Failed};
use crate::transport::http::reached::Reached;
use crate::transport::http::wait::GraceEnded;
use crate::transport::names::NameError;
use crate::transport::proxy::proxy_error::ProxyError;
use crate::transport::redirect_fault::RedirectFault;
use crate::transport::tls::bundle_error::BundleError;
use crate::transport::tls::certificate_problem::{CertificateProblem, ProblemKind};
use crate::transport::tls::handshake_text;

/// The reason why a request has no response.
#[derive(Debug)]
pub enum TransportError {
    /// The name has no address.
    UnknownHost(String),
    /// It is not known whether the name has an address.
    NameService(NameError),
    /// The address did not accept the connection.
    Connect(String, io::Error),
    /// The proxy refused the connection, or it cannot be used.
    Proxy(ProxyError),
    /// The server's certificate cannot be trusted.
    Certificate(String, Box<CertificateProblem>),
    /// The bundle of authorities that a variable names cannot be used.
    Bundle(Box<BundleError>),
    /// TLS failed for another reason.
    Tls(String, rustls::Error),
    /// The server does not speak TLS.
    NotTls(String),
    /// The connection ended before the request was sent, most often during the TLS handshake.
    Unsent(String, Option<io::Error>),
    /// The server closed the connection without a response.
    Closed(String),
    /// The connection failed while the request was in progress.
    Io(String, io::Error),
    /// No complete response arrived in this time.
    Timeout {
        /// The server.
        host: String,
        /// The time limit.
        time: Duration,
        /// How far the request got.
        reached: Reached,
    },
    /// The response ended too early.
    CutOff(String),
    /// The server does not speak HTTP, or its response is malformed.
    Protocol(String, String),
    /// The request is not valid in HTTP.
    Request(String),
    /// The response redirects to an address that must not get the request.
    Redirect(RedirectFault),
    /// The user interrupted before the request was sent.
    Interrupted,
    /// The user interrupted while the request was in progress, and no complete response arrived in the remaining time.
    InterruptedWaiting {
        /// The server.
        host: String,
        /// How far the request got.
        reached: Reached,
    },
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownHost(host) => write!(f, "The host '{host}' cannot be found."),
            Self::NameService(error) => error.fmt(f),
            Self::Connect(address, error) => write!(f, "Cannot connect to {address}: {}.", system_text(error)),
            Self::Proxy(error) => error.fmt(f),
            Self::Certificate(host, problem) => {
                write!(f, "The certificate of {host} cannot be trusted: {problem}.")
            }
            Self::Bundle(error) => error.fmt(f),
            Self::Tls(host, error) => write!(f, "No secure connection to {host}: {}.", handshake_text::text(error)),
            Self::Closed(host) => write!(f, "{host} closed the connection without a response."),
            Self::Io(host, error) => write!(f, "The connection to {host} failed: {}.", system_text(error)),
            Self::NotTls(host) => write!(f, "The server at {host} does not speak TLS."),
            Self::Unsent(host, Some(error)) => {
                write!(f, "The connection to {host} failed before the request was sent: {}.", system_text(error))
            }
            Self::Unsent(host, None) => write!(f, "{host} closed the connection before the request was sent."),
            Self::Timeout { host, time, reached: Reached::Answered } => {
                write!(f, "The response of {host} was not complete within {} s.", time.as_secs())
            }
            Self::Timeout { host, time, .. } => write!(f, "{host} did not answer within {} s.", time.as_secs()),
            Self::CutOff(host) => write!(f, "The response of {host} was cut off."),
            Self::Protocol(host, what) => write!(f, "The response of {host} is not valid HTTP: {what}."),
            Self::Redirect(fault) => fault.fmt(f),
            Self::Request(what) => write!(f, "The request cannot be sent: {what}."),
            Self::Interrupted => f.write_str("Interrupted before the request was sent."),
            Self::InterruptedWaiting { host, .. } => write!(f, "Interrupted while waiting for the response of {host}."),
        }
    }
}

impl std::error::Error for TransportError {}

/// Checks whether an alert is about the handshake. In TLS 1.3, such an alert can arrive after the request was sent.
fn refuses_handshake(alert: AlertDescription) -> bool {
    use AlertDescription as A;
    matches!(
        alert,
        A::HandshakeFailure
            | A::NoCertificate
            | A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::CertificateRequired
            | A::UnknownCA
            | A::AccessDenied
            | A::ProtocolVersion
            | A::InsufficientSecurity
            | A::MissingExtension
            | A::UnsupportedExtension
            | A::UnrecognisedName
            | A::NoApplicationProtocol
    )
}

impl TransportError {
    /// Returns how far the request got.
    pub fn reached(&self) -> Reached {
        match self {
            Self::Closed(_) | Self::Io(..) => Reached::Maybe,
            Self::CutOff(_) | Self::Protocol(..) => Reached::Answered,
            Self::Timeout { reached, .. } | Self::InterruptedWaiting { reached, .. } => *reached,
            _ => Reached::No,
        }
    }

    /// Checks whether another attempt would fail in the same way.
    pub(crate) fn is_permanent(&self) -> bool {
        match self {
            Self::Certificate(..) | Self::Bundle(_) | Self::NotTls(_) | Self::Request(_) | Self::Redirect(_) => true,
            Self::Interrupted | Self::InterruptedWaiting { .. } => true,
            Self::Proxy(error) => error.is_permanent(),
            _ => false,
        }
    }

    /// Converts a failed exchange. The error names `host` for certificates and `authority` for everything else.
    pub(crate) fn of(failed: Failed, host: &str, authority: &str, time: Duration) -> Self {
        let server = authority.to_owned();
        let Failed { why, reached, in_handshake } = failed;
        match (why, reached) {
            (Broken::Malformed(what), _) => Self::Protocol(server, what),
            (Broken::NotStarted, _) | (Broken::Ended, Reached::No) => Self::Unsent(server, None),
            (Broken::Ended, Reached::Maybe) => Self::Closed(server),
            (Broken::Ended, Reached::Answered) => Self::CutOff(server),
            (Broken::Io(error), _) => match error.kind() {
                io::ErrorKind::TimedOut if error.get_ref().is_some_and(|inner| inner.is::<GraceEnded>()) => {
                    Self::InterruptedWaiting { host: server, reached }
                }
                io::ErrorKind::TimedOut => Self::Timeout { host: server, time, reached },
                io::ErrorKind::Interrupted => Self::Interrupted,
                kind => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).cloned() {
                    Some(error) => Self::of_tls(error, reached, in_handshake, host, server),
                    None if reached == Reached::Answered => Self::CutOff(server),
                    None if reached == Reached::No => Self::Unsent(server, Some(error)),
                    None if kind == io::ErrorKind::ConnectionReset => Self::Closed(server),
                    None => Self::Io(server, error),
                },
            },
        }
    }

    /// Converts an error of TLS with this server.
    pub(crate) fn of_tls(
        error: rustls::Error,
        reached: Reached,
        in_handshake: bool,
        host: &str,
        server: String,
    ) -> Self {
        use rustls::Error as E;
        match error {
            E::InvalidCertificate(_) | E::NoCertificatesPresented => {
                let problem = CertificateProblem::of(&error);
                match problem.kind {
                    ProblemKind::Bundle(error) => Self::Bundle(Box::new(error)),
                    ProblemKind::TooManyFiles(number) => Self::Connect(server, io::Error::from_raw_os_error(number)),
                    _ => Self::Certificate(host.to_owned(), Box::new(problem)),
                }
            }
            // The first record is already invalid.
            E::InvalidMessage(_) if in_handshake => Self::NotTls(server),
            _ if reached == Reached::Answered => Self::CutOff(server),
            // The server refused this side's part of the handshake, so it did not process the request.
            E::AlertReceived(alert) if refuses_handshake(alert) => Self::Tls(server, error),
            _ if reached == Reached::Maybe => {
                Self::Io(server, io::Error::new(io::ErrorKind::InvalidData, handshake_text::text(&error)))
            }
            _ => Self::Tls(server, error),
        }
    }

    /// Returns the kind of the error in azure_core.
    fn kind(&self) -> ErrorKind {
        match self.reached() {
            Reached::No => ErrorKind::Connection,
            Reached::Maybe | Reached::Answered => ErrorKind::Io,
        }
    }
}

impl From<NameError> for TransportError {
    fn from(error: NameError) -> Self {
        match error {
            NameError::NotFound(host) => Self::UnknownHost(host),
            NameError::NoAnswer(..) | NameError::System(..) => Self::NameService(error),
        }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::new(error.kind(), error)
    }
}
