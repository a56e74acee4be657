//! Errors of a proxy. They never contain a password.

use std::fmt;
use std::io;

use crate::system::system_text;
use crate::transport::error::TransportError;
use crate::transport::http::connect::TIMEOUT;
use crate::transport::proxy::proxy_url::Proxy;

/// The reason why a proxy cannot be used.
#[derive(Debug)]
pub struct ProxyError {
    /// The variable that names the proxy.
    pub(crate) variable: &'static str,
    /// The proxy's host and port. Empty if the URL could not be parsed.
    pub(crate) address: String,
    /// Whether the URL contains a backslash, so that the text after it counts as a path.
    pub(crate) backslash: bool,
    pub(crate) fault: ProxyFault,
}

/// The fault of a proxy.
#[derive(Debug)]
pub(crate) enum ProxyFault {
    /// The value is not UTF-8.
    NotText,
    /// The value has no scheme, or its host looks like a scheme.
    NoScheme,
    /// The value has no host.
    NoHost,
    /// The host is not valid.
    Host,
    /// The port is not a number, or it is too large. The field holds the port if it can be shown.
    Port(Option<String>),
    /// There is a blank at the start, at the end or in the host.
    Blank,
    /// A character of the user name or the password ends the host too early, because it is not percent-encoded.
    Encoding,
    /// A character of the user name or the password is not allowed in a header.
    Latin1,
    /// The scheme is SOCKS, which is not supported.
    Socks,
    /// The scheme is not supported.
    Scheme(String),
    /// The proxy has no address, or it does not answer.
    Unreachable(Box<TransportError>),
    /// The connection to the proxy failed.
    Io(io::Error),
    /// The proxy closed the connection without a response.
    Closed,
    /// The response is not HTTP. `tls` says whether it looks like TLS.
    NotHttp { tls: bool },
    /// The head of the response has no end.
    Endless,
    /// The proxy refused to connect to `target`, with this status and phrase.
    Refused { status: String, target: String },
    /// The proxy answered 407: it requires a user name and a password, or other ones. `offered` holds the offered
    /// methods if Basic is not among them.
    Authentication { given: bool, offered: Option<String> },
    /// TLS with the proxy failed.
    Tls(Box<TransportError>),
}

impl ProxyError {
    pub(crate) fn new(variable: &'static str, address: String, fault: ProxyFault) -> Self {
        Self { variable, address, backslash: false, fault }
    }

    pub(crate) fn of(proxy: &Proxy, fault: ProxyFault) -> Self {
        Self { variable: proxy.variable, address: proxy.address(), backslash: proxy.backslash, fault }
    }

    /// Checks whether another attempt would fail in the same way.
    pub(crate) fn is_permanent(&self) -> bool {
        use ProxyFault as F;
        match &self.fault {
            F::Unreachable(_) | F::Io(_) | F::Closed | F::Endless | F::NotHttp { .. } | F::Refused { .. } => false,
            F::Tls(error) => error.is_permanent(),
            _ => true,
        }
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ProxyFault as F;
        let address = &self.address;
        let unusable = |f: &mut fmt::Formatter<'_>, what: &str| {
            write!(f, "The proxy in {} cannot be used: {what}.", self.variable)
        };
        match &self.fault {
            F::NotText => unusable(f, "its value is not valid UTF-8"),
            F::NoScheme => unusable(f, "it does not start with http:// or https://"),
            F::NoHost => unusable(f, "it has no host"),
            F::Host => unusable(f, "its host is not valid"),
            F::Port(Some(port)) => unusable(f, &format!("its port {port} is larger than 65535")),
            F::Port(None) => unusable(f, "its port must be a number up to 65535"),
            F::Blank => unusable(f, "it has a blank or a control character before, in or after its host"),
            F::Encoding => {
                unusable(f, "a character of its user name or password ends the host and must be percent-encoded")
            }
            F::Latin1 => unusable(
                f,
                "its user name or password is not valid percent-encoded UTF-8, or has characters outside Latin-1, which \
                 cannot be sent",
            ),
            F::Socks => unusable(f, "SOCKS proxies are not supported"),
            F::Scheme(scheme) => unusable(f, &format!("its scheme '{scheme}' is not http or https")),
            F::Unreachable(error) => match &**error {
                TransportError::UnknownHost(host) => write!(f, "The proxy {host} cannot be found."),
                TransportError::Connect(address, error) => {
                    write!(f, "Cannot connect to the proxy {address}: {}.", system_text(error))
                }
                other => write!(f, "{other}"),
            },
            F::Io(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                write!(f, "The proxy {address} did not answer within {} s.", TIMEOUT.as_secs())
            }
            F::Io(error) => write!(f, "The connection to the proxy {address} failed: {}.", system_text(error)),
            F::Closed => write!(f, "The proxy {address} closed the connection without a response."),
            F::NotHttp { .. } => write!(f, "The response of the proxy {address} is not HTTP."),
            F::Endless => write!(f, "The head of the response of the proxy {address} is larger than 256 KiB."),
            F::Refused { status, target } => {
                write!(f, "The proxy {address} refuses to connect to {target}: {status}.")
            }
            F::Authentication { offered: Some(offered), .. } => {
                write!(
                    f,
                    "The proxy {address} requires authentication by {offered}, but only Basic is supported (407)."
                )
            }
            F::Authentication { given: true, .. } => {
                write!(f, "The proxy {address} does not accept the user name and the password (407).")
            }
            F::Authentication { given: false, .. } => {
                write!(f, "The proxy {address} requires a user name and a password (407).")
            }
            F::Tls(error) => match &**error {
                TransportError::NotTls(_) => write!(f, "The proxy {address} does not speak TLS."),
                TransportError::Certificate(_, problem) => {
                    write!(f, "The certificate of the proxy {address} cannot be trusted: {problem}.")
                }
                other => write!(f, "{other}"),
            },
        }
    }
}

impl std::error::Error for ProxyError {}

#[cfg(test)]
impl PartialEq for ProxyFault {
    fn eq(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}
