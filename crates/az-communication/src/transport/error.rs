//! Why a request got no answer: what failed, and how far the request got.

use std::fmt;
use std::io;
use std::time::Duration;

use azure_core::error::{Error, ErrorKind};
use rustls::AlertDescription;

use crate::system::system_text;
use crate::transport::http::http1::{Broken, Failed};
use crate::transport::http::reached::Reached;
use crate::transport::http::wait::GraceEnded;
use crate::transport::names::NameError;
use crate::transport::proxy::proxy_error::ProxyError;
use crate::transport::redirect_fault::RedirectFault;
use crate::transport::tls::bundle_error::BundleError;
use crate::transport::tls::certificate_problem::{CertificateProblem, ProblemKind};
use crate::transport::tls::handshake_text;

/// Why a request got no answer.
#[derive(Debug)]
pub enum TransportError {
    /// The name has no address.
    UnknownHost(String),
    /// Whether the name has an address is unknown.
    NameService(NameError),
    /// Nobody answered at the address.
    Connect(String, io::Error),
    /// The proxy refused, or cannot be used.
    Proxy(ProxyError),
    /// The server's certificate is not to be trusted.
    Certificate(String, Box<CertificateProblem>),
    /// The bundle of authorities that a variable names cannot be used.
    Bundle(Box<BundleError>),
    /// TLS failed otherwise.
    Tls(String, rustls::Error),
    /// What answers there does not speak TLS.
    NotTls(String),
    /// The connection ended before the request had left, most often in the TLS handshake.
    Unsent(String, Option<io::Error>),
    /// The server ended the connection without an answer.
    Closed(String),
    /// The connection failed on the way.
    Io(String, io::Error),
    /// No answer came in this time, or no whole one.
    Timeout {
        /// The server.
        host: String,
        /// How long it had.
        time: Duration,
        /// How far the request got.
        reached: Reached,
    },
    /// The answer ended in the middle.
    CutOff(String),
    /// The server does not speak HTTP, or its answer is malformed.
    Protocol(String, String),
    /// The request cannot be written as HTTP.
    Request(String),
    /// The answer redirects to where the request must not go.
    Redirect(RedirectFault),
    /// The user interrupted before the request left.
    Interrupted,
    /// The user interrupted while the request was under way, and no whole answer came in the time that was left.
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

/// Whether an alert is about the handshake. In TLS 1.3 it may come when the request is sent already.
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
    /// How far the request got.
    pub fn reached(&self) -> Reached {
        match self {
            Self::Closed(_) | Self::Io(..) => Reached::Maybe,
            Self::CutOff(_) | Self::Protocol(..) => Reached::Answered,
            Self::Timeout { reached, .. } | Self::InterruptedWaiting { reached, .. } => *reached,
            _ => Reached::No,
        }
    }

    /// Whether another attempt would fail in the same way.
    pub(crate) fn is_permanent(&self) -> bool {
        match self {
            Self::Certificate(..) | Self::Bundle(_) | Self::NotTls(_) | Self::Request(_) | Self::Redirect(_) => true,
            Self::Interrupted | Self::InterruptedWaiting { .. } => true,
            Self::Proxy(error) => error.is_permanent(),
            _ => false,
        }
    }

    /// The error of a failed exchange with that server, `host` for certificates and `authority` for the rest.
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

    /// The error of TLS with that server.
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
            // The first record already.
            E::InvalidMessage(_) if in_handshake => Self::NotTls(server),
            _ if reached == Reached::Answered => Self::CutOff(server),
            // The server judged this side's part of the handshake, and so came to no request.
            E::AlertReceived(alert) if refuses_handshake(alert) => Self::Tls(server, error),
            _ if reached == Reached::Maybe => {
                Self::Io(server, io::Error::new(io::ErrorKind::InvalidData, handshake_text::text(&error)))
            }
            _ => Self::Tls(server, error),
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
