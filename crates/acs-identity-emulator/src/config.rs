//! What can be set.

use std::path::{Path, PathBuf};
use std::time::Duration;

use acs_identity_protocol::AccessKey;

use crate::clock::ServiceClock;
use crate::place::Place;

/// Where the data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In a folder: the database, the keys and the certificates.
    Folder(PathBuf),
    /// In memory; gone when the emulator ends. Keys are made anew each time.
    Memory,
}

impl Storage {
    /// The folder, if there is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Memory => None,
        }
    }
}

/// The emulator's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the data is kept.
    pub storage: Storage,
    /// The addresses to listen on.
    pub place: Place,
    /// The port to listen on; 0 takes any free one.
    pub port: u16,
    /// The host under which clients reach the emulator: a name, or an address, without brackets. It stands in the
    /// connection string, in the issuer of tokens and in the server's certificate, which names localhost, 127.0.0.1, ::1,
    /// host.docker.internal and host.containers.internal in any case.
    pub host: String,
    /// Further names and addresses for the server's certificate.
    pub hostnames: Vec<String>,
    /// One's own certificate, with those of its issuers behind it, and its key: two files in PEM, read again when they change.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// The primary access key; without one, the key of the last regeneration, else the well-known one.
    pub access_key: Option<AccessKey>,
    /// Whether api-versions that are newer than all known ones are refused rather than served as the newest.
    pub strict_api_version: bool,
    /// Whether requests are logged, a line each.
    pub log_requests: bool,
    /// How long a revocation takes to come into force; the service allows itself 15 minutes.
    pub revocation_delay: Duration,
    /// Whether the rate limits of the documentation are enforced.
    pub throttle: bool,
    /// The time of the service, which can be set.
    pub clock: ServiceClock,
    /// Entra issuers beside our own whose tokens authenticate management calls.
    pub issuers: Vec<TrustedIssuer>,
    /// Applications of these issuers that may list and regenerate access keys: a client id, or `TENANT/CLIENT`. With an
    /// issuer of all tenants, a client id alone names nobody.
    pub entra_admins: Vec<String>,
    /// What authenticates calls of the control endpoints in place of an access key, in the header `x-emulator-control`.
    pub control_secret: Option<ControlSecret>,
    /// Origins of web pages that may call the service, beside those on loopback hosts: `https://app.example`.
    pub cors_origins: Vec<String>,
    /// The URL under which clients reach the emulator, where it differs from the one that they name themselves: behind a
    /// proxy.
    pub public_url: Option<String>,
    /// The command line that makes a new authority, as messages name it. The folder is added to it.
    pub new_authority_command: String,
}

/// The secret of the control endpoints. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ControlSecret(String);

impl ControlSecret {
    /// Whether that is the secret; takes as long for every text of its length.
    pub(crate) fn is(&self, text: &str) -> bool {
        same_secret(&self.0, text)
    }
}

/// Whether two secrets are the same; takes as long for every text of the same length.
pub(crate) fn same_secret(expected: &str, given: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), given.as_bytes()).is_ok()
}

impl From<String> for ControlSecret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl std::fmt::Debug for ControlSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ControlSecret(..)")
    }
}

/// An issuer of Entra tokens, by its OpenID metadata.
#[derive(Debug, Clone, PartialEq)]
pub struct TrustedIssuer {
    /// The `issuer` of the metadata; `{tenantid}` in it stands for the token's tenant.
    pub issuer: String,
    /// The document behind `jwks_uri`.
    pub jwks: serde_json::Value,
}

/// What stands for the tenant in the name of an issuer of all tenants.
pub(crate) const ANY_TENANT: &str = "{tenantid}";

impl TrustedIssuer {
    /// Whether it issues the tokens of more than one tenant.
    pub fn is_of_all_tenants(&self) -> bool {
        self.issuer.contains(ANY_TENANT)
    }
}

impl Config {
    /// The URL under which clients on this machine reach the emulator on that port, without a slash at the end.
    pub(crate) fn endpoint(&self, port: u16) -> String {
        match self.host.parse::<std::net::Ipv6Addr>() {
            Ok(address) => format!("https://[{address}]:{port}"),
            Err(_) => format!("https://{}:{port}", self.host),
        }
    }

    /// The public URL, without a slash at the end.
    pub(crate) fn public_base(&self) -> Option<&str> {
        self.public_url.as_deref().map(|url| url.trim_end_matches('/'))
    }

    /// Everything in memory, the well-known key.
    pub fn in_memory() -> Self {
        Self {
            storage: Storage::Memory,
            place: Place::loopback(),
            port: 0,
            host: "localhost".to_owned(),
            hostnames: Vec::new(),
            certificate: None,
            access_key: None,
            strict_api_version: false,
            log_requests: false,
            revocation_delay: Duration::ZERO,
            throttle: false,
            clock: ServiceClock::default(),
            issuers: Vec::new(),
            entra_admins: Vec::new(),
            control_secret: None,
            cors_origins: Vec::new(),
            public_url: None,
            new_authority_command: "emulator new-authority".to_owned(),
        }
    }

    /// The same, listening on these addresses, under the host by which they are reached.
    #[must_use]
    pub fn on(self, place: Place) -> Self {
        Self { host: place.host().to_owned(), place, ..self }
    }

    /// Everything in a folder, the well-known key.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { storage: Storage::Folder(folder.into()), ..Self::in_memory() }
    }
}
