//! Where the PostgreSQL database of a store is, and how it is reached: the URL of `--store`.

mod certificates;
mod host;
mod key;
mod look_up;
mod parameters;
#[cfg(test)]
mod tests;
mod url;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rustls::pki_types::CertificateDer;

pub use host::PostgresHost;
pub use key::{StoreKey, StoreKeyError};
pub(crate) use look_up::LookUp;
pub use parameters::TlsMode;
pub(crate) use parameters::{Attributes, Binding};

/// How long an address of a host may take to accept a connection, unless the URL has `connect_timeout`. The system
/// sends a lost first packet again after a second, so a network that works again is found within two.
const ACCEPT_TIMEOUT: Duration = Duration::from_millis(1500);

/// How long everything until the login may take, unless the URL has `connect_timeout`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What the database shows as the name of a connection, unless the URL has `application_name`.
const APPLICATION: &str = "acs-identity-emulator";

/// What is not escaped in a part of a URL.
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A store in a PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresStorage {
    /// Where the database is.
    pub address: PostgresAddress,
    /// The key that encrypts secrets in the database. Without it, they are stored in clear.
    pub key: Option<StoreKey>,
}

/// The address of a PostgreSQL database, as a URL describes it. Neither `Display` nor `Debug` shows a password.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresAddress {
    hosts: Vec<PostgresHost>,
    user: String,
    password: Option<Arc<str>>,
    database: String,
    tls: TlsMode,
    /// Whether the URL has `sslmode`.
    names_tls: bool,
    trusted: RootCertificates,
    roots: Vec<CertificateDer<'static>>,
    attributes: Attributes,
    binding: Binding,
    connect_timeout: Option<Duration>,
    application: String,
    prepares: bool,
    look_up: LookUp,
}

/// The certificates that the server's certificate must come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootCertificates {
    /// The URL does not say which ones.
    Unnamed,
    /// Those of the system (`sslrootcert=system`).
    System,
    /// Those in a file (`sslrootcert=FILE`).
    File(String),
}

/// The reason why a URL does not describe a database. It does not contain a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressError(String);

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AddressError {}

impl PostgresAddress {
    /// Parses a URL: `postgres://USER[:PASSWORD]@HOST[:PORT][,HOST[:PORT]…]/DATABASE[?PARAMETER=VALUE&…]`.
    ///
    /// # Errors
    ///
    /// Fails when the URL has another form, or has an unknown parameter.
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        url::parse(url)
    }

    /// Returns the hosts in the order in which they are tried.
    pub fn hosts(&self) -> &[PostgresHost] {
        &self.hosts
    }

    /// Returns the name of the database's user.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the name of the database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Checks whether the URL has a password.
    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Returns the same address with a function that looks up the addresses of a name with a port, at the latest at a
    /// point in time. It may block. Without one, only `localhost` and addresses are connected to.
    #[must_use]
    pub fn with_look_up(self, look_up: fn(&str, u16, Instant) -> io::Result<Vec<SocketAddr>>) -> Self {
        Self { look_up: LookUp(look_up), ..self }
    }

    /// Returns how names are looked up.
    #[cfg(feature = "postgres")]
    pub(crate) fn look_up(&self) -> LookUp {
        self.look_up
    }

    /// Returns the same address with a password for all hosts.
    #[must_use]
    pub fn with_password(self, password: &str) -> Self {
        Self { password: Some(password.into()), ..self }
    }

    /// Returns the same address with passwords for the hosts that a function knows one for.
    #[must_use]
    pub fn with_passwords_of(mut self, password: impl Fn(&PostgresHost) -> Option<String>) -> Self {
        for host in &mut self.hosts {
            host.password = password(host).map(Into::into);
        }
        self
    }

    /// Returns the password for a host.
    pub(crate) fn password_of<'a>(&'a self, host: &'a PostgresHost) -> Option<&'a str> {
        self.password.as_deref().or(host.password.as_deref())
    }

    /// Returns how TLS is used.
    pub fn tls(&self) -> TlsMode {
        self.tls
    }

    /// Checks whether somebody on the network could read or change the data without being noticed: the URL does not say
    /// how TLS is used, and a host is not on this machine.
    pub fn is_open_to_the_network(&self) -> bool {
        !self.names_tls && !self.hosts.iter().all(PostgresHost::is_this_machine)
    }

    /// Returns which certificates the URL names as trusted.
    pub fn trusted(&self) -> &RootCertificates {
        &self.trusted
    }

    pub(crate) fn roots(&self) -> &[CertificateDer<'static>] {
        &self.roots
    }

    pub(crate) fn attributes(&self) -> Attributes {
        self.attributes
    }

    pub(crate) fn binding(&self) -> Binding {
        self.binding
    }

    /// Returns how long an address may take to accept a connection.
    pub(crate) fn accept_timeout(&self) -> Duration {
        self.connect_timeout.unwrap_or(ACCEPT_TIMEOUT)
    }

    /// Returns how long everything until the login may take.
    pub(crate) fn connect_timeout(&self) -> Duration {
        self.connect_timeout.unwrap_or(CONNECT_TIMEOUT)
    }

    pub(crate) fn application(&self) -> &str {
        &self.application
    }

    /// Checks whether statements are prepared once for each connection. Poolers in transaction mode do not allow that.
    pub(crate) fn prepares(&self) -> bool {
        self.prepares
    }
}

/// Shows the address as a URL without passwords.
impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "postgres://{}@", escaped(&self.user))?;
        for (number, host) in self.hosts.iter().enumerate() {
            write!(f, "{}{}", if number == 0 { "" } else { "," }, host.in_url())?;
        }
        write!(f, "/{}", escaped(&self.database))?;
        if self.names_tls { write!(f, "?sslmode={}", self.tls.name()) } else { Ok(()) }
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresAddress({self})")
    }
}

/// Returns a text as a part of a URL.
fn escaped(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, &ESCAPED)
}
