//! The service and the credential of a command.

mod errors;
mod find;
mod options;

pub(crate) use errors::{nothing_given, source};
pub use options::CONNECT_OPTIONS;

use acs_identity_protocol::connection_string::ConnectionString;
use acs_identity_protocol::signature::AccessKey;
use azure_core::http::Url;

use crate::report::error::CliError;
use crate::service::emulator_files;
use crate::transport::tls::trust::{DEVELOPMENT_EMULATOR, Trust};

/// How requests are authenticated.
#[derive(Debug, Clone)]
pub enum Auth {
    /// Signed with an access key.
    Key(AccessKey),
    /// With an Entra token of the current login.
    Login,
}

/// A service and the credential for it.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The host, with the port if there is one.
    pub host: String,
    /// The prefix of the path of every request. It is usually empty.
    pub path: String,
    /// How requests are authenticated.
    pub auth: Auth,
    /// Whether the service is the well-known emulator of this machine.
    pub development_emulator: bool,
    /// Whether the connection string names `http://`. https is used anyway.
    pub plain_http: bool,
    /// Whether a connection string was given together with the endpoint, although the login is used.
    pub unused_key: bool,
    /// The subscription whose tenant is passed to the Azure CLI for a login.
    pub subscription: Option<String>,
}

impl From<ConnectionString> for Connection {
    fn from(parsed: ConnectionString) -> Self {
        Self {
            host: parsed.host,
            path: parsed.path,
            auth: Auth::Key(parsed.access_key),
            development_emulator: parsed.development_emulator,
            plain_http: parsed.plain_http,
            unused_key: false,
            subscription: None,
        }
    }
}

impl Connection {
    /// Returns the host and path of the service, for files that belong to one service. Several services may share one
    /// gateway, so the path is needed.
    pub fn service(&self) -> String {
        format!("{}{}", self.host, self.path.trim_end_matches('/'))
    }

    /// Returns the endpoint without a trailing slash. Like the Python SDK, this uses https, whatever scheme was given.
    pub fn endpoint(&self) -> String {
        format!("https://{}{}", self.host, self.path)
    }

    /// Returns the name of the value that contains the endpoint.
    pub(crate) fn named_by(&self) -> &'static str {
        match self.auth {
            Auth::Key(_) => "connection string",
            Auth::Login => "endpoint",
        }
    }

    /// Returns a text that distinguishes keys without revealing them: a part of an HMAC of a fixed text. Without a key,
    /// it is `login`.
    pub fn fingerprint(&self) -> String {
        match &self.auth {
            Auth::Key(key) => key.sign("fingerprint of az-communication-batch").chars().take(16).collect(),
            Auth::Login => "login".to_owned(),
        }
    }

    /// Returns the host without its port, and the port.
    pub fn host_and_port(&self) -> (&str, u16) {
        match self.host.rsplit_once(':').map(|(name, port)| (name, port.parse())) {
            Some((name, Ok(port))) => (name, port),
            // A colon without a port means the port of the scheme.
            Some((name, Err(_))) if self.host.ends_with(':') => (name, 443),
            _ => (&self.host, 443),
        }
    }

    /// Returns the trusted certificate authorities of this connection.
    ///
    /// # Errors
    ///
    /// When this is the well-known emulator and no emulator was ever started here.
    pub(crate) fn trust(&self) -> Result<Trust, CliError> {
        if !self.development_emulator {
            return Ok(Trust::from_environment());
        }
        Ok(Trust::Bundle { path: emulator_files::ca_certificate()?, named_by: DEVELOPMENT_EMULATOR })
    }
}

/// Checks whether a text can be the host of a URL, with its port. Common hosts do not need the URL parser.
fn is_url_host(host: &str) -> bool {
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_usual = name.bytes().all(plain)
        && last.starts_with(|first: char| first.is_ascii_alphabetic())
        && !name.as_bytes().windows(4).any(|word| word.eq_ignore_ascii_case(b"xn--"));
    is_usual || Url::parse(&format!("https://{host}/")).is_ok()
}
