//! The configuration of an emulator.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use acs_identity_protocol::AccessKey;
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

use crate::clock::ServiceClock;
#[cfg(feature = "postgres")]
use crate::database::PostgresStorage;
use crate::place::Place;
use crate::seed::Seed;

/// Where the data is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In a folder, which holds the database, the keys and the certificates.
    Folder(PathBuf),
    /// In memory. The data is lost when the emulator ends, and each start makes new keys.
    Memory,
    /// In a PostgreSQL database, which many emulators can share. They are then one service.
    #[cfg(feature = "postgres")]
    Postgres(Box<PostgresStorage>),
}

impl Storage {
    /// Returns the data folder, if there is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Memory => None,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
        }
    }
}

/// The emulator's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the data is stored.
    pub storage: Storage,
    /// The addresses to listen on, and the host under which clients reach the emulator there. The host is part of the
    /// connection string, of the issuer of tokens and of the server's certificate. The certificate always names
    /// localhost, 127.0.0.1, ::1, host.docker.internal and host.containers.internal as well.
    pub place: Place,
    /// The port to listen on. 0 selects a free port.
    pub port: u16,
    /// Additional names and addresses for the server's certificate.
    pub hostnames: Vec<String>,
    /// The user's own certificate, followed by the certificates of its issuers, and its key: two PEM files. They are
    /// read again when they change.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// The primary access key. Without it, the key of the last regeneration is used, or the well-known key.
    pub access_key: Option<AccessKey>,
    /// Whether an api-version that is newer than all known versions is refused. Otherwise it is served as the newest
    /// version.
    pub strict_api_version: bool,
    /// Whether requests are logged, one line each.
    pub log_requests: bool,
    /// Whether the last requests are kept in memory, for the control API.
    pub keep_requests: bool,
    /// How long a revocation takes to come into force. The service documents up to 15 minutes.
    pub revocation_delay: Duration,
    /// Whether the documented rate limits are enforced.
    pub throttle: bool,
    /// The clock of the service, which can be set. At a start with a folder, it shows what the folder keeps.
    pub clock: ServiceClock,
    /// The time that the clock shows at the start, in place of the time that the folder keeps. It is from 1970 to 2261.
    /// If the folder's clock is frozen, it stays frozen.
    pub clock_time: Option<OffsetDateTime>,
    /// Other Entra issuers, besides the emulator's own, whose tokens authenticate management calls.
    pub issuers: Vec<TrustedIssuer>,
    /// Applications of these issuers that may list and regenerate access keys: a client id, or `TENANT/CLIENT`. For an
    /// issuer of all tenants, a client id without a tenant matches no application.
    pub entra_admins: Vec<String>,
    /// The secret that authenticates calls of the control API in place of an access key: `Authorization: Bearer
    /// SECRET`, or the header `x-emulator-control`. Without it, the secret is the one in
    /// [`Config::control_secret_file`].
    pub control_secret: Option<ControlSecret>,
    /// The file with the control secret. A file that does not exist is made, with a new secret. Without a file, the
    /// secret is in the file `control-secret` of the data folder, or in memory only.
    pub control_secret_file: Option<PathBuf>,
    /// Origins of web pages that may call the service, in addition to origins on loopback hosts, for example
    /// `https://app.example`.
    pub cors_origins: Vec<String>,
    /// Whether `GET /emulator/token` gives tokens to web pages in development, without a credential: to pages on
    /// loopback hosts and pages of [`Config::cors_origins`], in a browser on this machine. It is off behind a proxy.
    pub token_endpoint: bool,
    /// The URL under which clients reach the emulator, if it differs from the URL in their requests. This is so behind
    /// a proxy.
    pub public_url: Option<String>,
    /// Whether a proxy ends TLS, so that the emulator serves plain HTTP only. Its own endpoint is then an `http` URL.
    pub plain_http: bool,
    /// The state to start with. The data folder must not have identities or assignments yet.
    pub import: Option<ExportedState>,
    /// What the emulator has from its start. What the folder has already is not changed.
    pub seed: Option<Seed>,
    /// Whether the caller completes the end of the emulator by [`Serving::close_with`](crate::Serving::close_with),
    /// which can export everything that it held. Until then, clients of the control API that have asked for the end
    /// wait.
    pub closed_by_caller: bool,
    /// Returns how many lines of the log were dropped, for the numbers of the emulator. The program writes the log.
    pub log_lines_dropped: Option<fn() -> u64>,
    /// The command line that makes a new authority, for use in messages. The folder is appended to it.
    pub new_authority_command: String,
}

/// The content of a file with everything that an emulator held, except for certificates. It contains keys, so `Debug`
/// does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ExportedState(Arc<Vec<u8>>);

impl ExportedState {
    pub(crate) fn content(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for ExportedState {
    fn from(content: Vec<u8>) -> Self {
        Self(Arc::new(content))
    }
}

impl std::fmt::Debug for ExportedState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ExportedState(..)")
    }
}

/// The secret of the control API. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ControlSecret(String);

impl ControlSecret {
    /// Returns the secret.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Checks whether a text equals the secret. The time depends on the length of the text only.
    pub(crate) fn is(&self, text: &str) -> bool {
        same_secret(&self.0, text)
    }

    /// Returns the secret itself. It must not be shown.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// Checks whether two secrets are equal. The time depends on their lengths only.
pub(crate) fn same_secret(expected: &str, given: &str) -> bool {
    expected.as_bytes().ct_eq(given.as_bytes()).into()
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

/// An issuer of Entra tokens, described by its OpenID metadata.
#[derive(Debug, Clone, PartialEq)]
pub struct TrustedIssuer {
    /// The `issuer` of the metadata. The placeholder `{tenantid}` in it stands for the token's tenant.
    pub issuer: String,
    /// The document at `jwks_uri`.
    pub jwks: serde_json::Value,
}

/// The placeholder for the tenant in the name of an issuer of all tenants.
pub(crate) const ANY_TENANT: &str = "{tenantid}";

impl TrustedIssuer {
    /// Returns whether it issues tokens for more than one tenant.
    pub fn is_of_all_tenants(&self) -> bool {
        self.issuer.contains(ANY_TENANT)
    }
}

impl Config {
    /// Returns the URL under which clients on this machine reach the emulator on a port, without a slash at the end.
    pub(crate) fn endpoint(&self, port: u16) -> String {
        let scheme = if self.plain_http { "http" } else { "https" };
        format!("{scheme}://{}", self.authority(port))
    }

    /// Returns the URL of the emulator's page for a browser on this machine. It is plain HTTP, because browsers do not
    /// trust the certificate of the emulator, and do trust `http://localhost`.
    pub(crate) fn dashboard(&self, port: u16) -> String {
        format!("http://{}/emulator/", self.authority(port))
    }

    /// Returns the host and a port as URLs have them.
    fn authority(&self, port: u16) -> String {
        let host = self.host();
        match host.parse::<std::net::Ipv6Addr>() {
            Ok(address) => format!("[{address}]:{port}"),
            Err(_) => format!("{host}:{port}"),
        }
    }

    /// Returns the public URL, without a slash at the end.
    pub(crate) fn public_base(&self) -> Option<&str> {
        self.public_url.as_deref().map(|url| url.trim_end_matches('/'))
    }

    /// Returns whether clients reach the emulator through a proxy. All of them may look as if they were on this
    /// machine.
    pub(crate) fn is_behind_proxy(&self) -> bool {
        self.public_url.is_some() || self.plain_http
    }

    /// Returns whether web pages in development get tokens without a credential.
    pub(crate) fn gives_tokens_to_pages(&self) -> bool {
        self.token_endpoint && !self.is_behind_proxy()
    }

    /// Returns a configuration that keeps everything in memory and uses the well-known access key.
    pub fn in_memory() -> Self {
        Self {
            storage: Storage::Memory,
            place: Place::loopback(),
            port: 0,
            hostnames: Vec::new(),
            certificate: None,
            access_key: None,
            strict_api_version: false,
            log_requests: false,
            revocation_delay: Duration::ZERO,
            keep_requests: true,
            throttle: false,
            clock: ServiceClock::default(),
            clock_time: None,
            issuers: Vec::new(),
            entra_admins: Vec::new(),
            control_secret: None,
            control_secret_file: None,
            cors_origins: Vec::new(),
            token_endpoint: false,
            public_url: None,
            plain_http: false,
            import: None,
            seed: None,
            closed_by_caller: false,
            log_lines_dropped: None,
            new_authority_command: "emulator new-authority".to_owned(),
        }
    }

    /// Returns the same configuration with these addresses to listen on, and their host.
    #[must_use]
    pub fn on(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// Returns the host under which clients reach the emulator: a name or an address, without brackets.
    pub fn host(&self) -> &str {
        self.place.host()
    }

    /// Returns a configuration that keeps everything in a folder and uses the well-known access key.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { storage: Storage::Folder(folder.into()), ..Self::in_memory() }
    }

    /// Returns a configuration that keeps everything in a PostgreSQL database and uses the well-known access key.
    #[cfg(feature = "postgres")]
    pub fn in_postgres(storage: PostgresStorage) -> Self {
        Self { storage: Storage::Postgres(Box::new(storage)), ..Self::in_memory() }
    }
}
