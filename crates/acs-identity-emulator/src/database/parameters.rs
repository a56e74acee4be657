//! The parameters of the URL of a database: their names and values are those of libpq, PostgreSQL's own library.

use std::time::Duration;

use acs_identity_protocol::visible::inert;

use super::{AddressError, RootCertificates};

/// The parameters that are known, in the order of an error's text.
pub(super) const KNOWN: [&str; 12] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "password",
    "port",
    "prepare",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "user",
];

/// How a connection uses TLS, as `sslmode` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Without TLS.
    Disable,
    /// With TLS if the server has it. This is the default, as in libpq.
    Prefer,
    /// With TLS. The server's certificate is checked only if there are certificates to check it with.
    Require,
    /// With TLS and a certificate of a trusted authority. It may name another host.
    VerifyCa,
    /// With TLS and a certificate of a trusted authority that names the host.
    VerifyFull,
}

const TLS_MODES: [(&str, TlsMode); 5] = [
    ("disable", TlsMode::Disable),
    ("prefer", TlsMode::Prefer),
    ("require", TlsMode::Require),
    ("verify-ca", TlsMode::VerifyCa),
    ("verify-full", TlsMode::VerifyFull),
];

impl TlsMode {
    /// Returns its name as the value of `sslmode`.
    pub fn name(self) -> &'static str {
        TLS_MODES.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }
}

/// What a server must be able to do (`target_session_attrs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attributes {
    /// Anything.
    Any,
    /// Accept writes. Every emulator writes, so this is the default.
    ReadWrite,
}

const ATTRIBUTES: [(&str, Attributes); 2] = [("any", Attributes::Any), ("read-write", Attributes::ReadWrite)];

/// Whether the password is bound to the TLS connection (`channel_binding`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    Disable,
    Prefer,
    Require,
}

const BINDINGS: [(&str, Binding); 3] =
    [("disable", Binding::Disable), ("prefer", Binding::Prefer), ("require", Binding::Require)];

const PREPARE: [(&str, bool); 2] = [("no", false), ("yes", true)];

/// The longest `connect_timeout`, in seconds.
const MOST_SECONDS: u64 = 60;

/// The values of the parameters of a URL. The last one counts if one is given twice, as in libpq.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) hosts: Option<String>,
    pub(super) ports: Option<String>,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) database: Option<String>,
    pub(super) tls: Option<TlsMode>,
    pub(super) roots: Option<RootCertificates>,
    pub(super) attributes: Option<Attributes>,
    pub(super) binding: Option<Binding>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) application: Option<String>,
    pub(super) prepares: Option<bool>,
}

impl Parameters {
    pub(super) fn set(&mut self, name: &str, value: String) -> Result<(), AddressError> {
        match name {
            "application_name" => self.application = Some(value),
            "channel_binding" => self.binding = Some(choice(name, &value, &BINDINGS)?),
            "connect_timeout" => self.connect_timeout = Some(seconds(&value)?),
            "dbname" => self.database = Some(value),
            "host" => self.hosts = Some(value),
            "password" => self.password = Some(value),
            "port" => self.ports = Some(value),
            "prepare" => self.prepares = Some(choice(name, &value, &PREPARE)?),
            "sslmode" => self.tls = Some(choice(name, &value, &TLS_MODES)?),
            "sslrootcert" if value == "system" => self.roots = Some(RootCertificates::System),
            "sslrootcert" => self.roots = Some(RootCertificates::File(value)),
            "target_session_attrs" => self.attributes = Some(choice(name, &value, &ATTRIBUTES)?),
            "user" => self.user = Some(value),
            _ => {
                let known = KNOWN.join(", ");
                return Err(AddressError(format!("has the unknown parameter '{}'. Known are {known}", inert(name))));
            }
        }
        Ok(())
    }
}

/// Returns a parameter for an error. Its value is left out if it may be more than a value, such as a password behind a
/// wrong separator.
fn shown(name: &str, value: &str) -> String {
    let is_plain = value.len() <= 32 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_plain { format!("{name}={value}") } else { format!("another value of {name}") }
}

fn choice<T: Copy>(name: &str, value: &str, choices: &[(&str, T)]) -> Result<T, AddressError> {
    choices.iter().find(|(choice, _)| *choice == value).map(|(_, meaning)| *meaning).ok_or_else(|| {
        let choices: Vec<&str> = choices.iter().map(|(choice, _)| *choice).collect();
        AddressError(format!("has {}. {name} is one of {}", shown(name, value), choices.join(", ")))
    })
}

fn seconds(value: &str) -> Result<Duration, AddressError> {
    let seconds = value.parse().ok().filter(|seconds| (1..=MOST_SECONDS).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| {
        AddressError(format!(
            "has {}. It is a whole number of seconds from 1 to {MOST_SECONDS}",
            shown("connect_timeout", value)
        ))
    })
}
