//! Endpoint and credentials of a running emulator.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::emulator::Emulator;
use crate::edge::{Dashboard, TrustFiles};

/// The endpoint of a running emulator and the credentials for it. `Debug` shows no secret.
#[derive(Clone)]
pub struct Access {
    port: u16,
    host: String,
    endpoint: String,
    public_endpoint: String,
    connection_string: String,
    public_connection_string: String,
    ca_certificate: String,
    client_secret: String,
    identity_header: String,
    control_secret: String,
    control_secret_file: Option<PathBuf>,
    token_endpoint: Option<String>,
    dashboard_url: String,
    dashboard: Arc<Dashboard>,
}

impl Access {
    /// Returns the access data of an emulator that listens on a port.
    pub(super) fn of(emulator: &Emulator, port: u16) -> Self {
        Self {
            port,
            host: emulator.host().to_owned(),
            endpoint: emulator.endpoint(port),
            public_endpoint: emulator.public_endpoint(port),
            connection_string: emulator.connection_string(port),
            public_connection_string: emulator.public_connection_string(port),
            ca_certificate: emulator.ca_certificate().to_owned(),
            client_secret: emulator.client_secret(),
            identity_header: emulator.identity_header(),
            control_secret: emulator.control_secret().to_owned(),
            control_secret_file: emulator.control_secret_file().map(Path::to_owned),
            token_endpoint: emulator
                .config
                .gives_tokens_to_pages()
                .then(|| format!("{}/emulator/token", emulator.endpoint(port))),
            dashboard_url: emulator.config.dashboard(port),
            dashboard: Arc::clone(&emulator.dashboard),
        }
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the host under which clients reach the emulator. An IPv6 address has no brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the endpoint on this machine: a URL without a slash at the end. The same port also serves plain HTTP.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the endpoint for clients: [`Config::public_url`](crate::Config::public_url), or the endpoint on this
    /// machine.
    pub fn public_endpoint(&self) -> &str {
        &self.public_endpoint
    }

    /// Returns the connection string for this machine, with the primary access key that was in force at the start.
    pub fn connection_string(&self) -> &str {
        &self.connection_string
    }

    /// Returns the connection string with the public endpoint.
    pub fn public_connection_string(&self) -> &str {
        &self.public_connection_string
    }

    /// Returns the certificate of the authority that clients must trust, in PEM.
    pub fn ca_certificate(&self) -> &str {
        &self.ca_certificate
    }

    /// Returns the client secret with which applications get tokens from the emulator's Entra issuer.
    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// Returns the value that the managed identity endpoint expects in the header `X-IDENTITY-HEADER`.
    pub fn identity_header(&self) -> &str {
        &self.identity_header
    }

    /// Returns the secret that authenticates calls of the control API: `Authorization: Bearer SECRET`.
    pub fn control_secret(&self) -> &str {
        &self.control_secret
    }

    /// Returns the URL of the endpoint for web pages in development, if it is on.
    pub fn token_endpoint(&self) -> Option<&str> {
        self.token_endpoint.as_deref()
    }

    /// Returns the URL of the emulator's page for a browser on this machine: `http://localhost:PORT/emulator/`.
    pub fn dashboard(&self) -> String {
        self.dashboard_url.clone()
    }

    /// Makes a code that signs the emulator's page in, once: `http://localhost:PORT/emulator/#code=CODE`. Whoever has
    /// it can get the control secret. The text is empty if the system provides no random numbers.
    pub fn page_code(&self) -> String {
        self.dashboard.new_code().unwrap_or_default()
    }

    /// Tells the emulator's page with which files clients on this machine trust the emulator. Only the first call
    /// counts.
    pub fn set_trust_files(&self, files: TrustFiles) {
        self.dashboard.set_trust_files(files);
    }

    /// Returns the files that [`Access::set_trust_files`] has set.
    pub fn trust_files(&self) -> Option<&TrustFiles> {
        self.dashboard.trust_files()
    }

    /// Returns the file with the control secret, if it is in a file.
    pub fn control_secret_file(&self) -> Option<&Path> {
        self.control_secret_file.as_deref()
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
