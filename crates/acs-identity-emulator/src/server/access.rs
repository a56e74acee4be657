//! How clients reach a running emulator.

use std::fmt;

use super::emulator::Emulator;

/// How clients reach a running emulator, and what they are let in with. `Debug` shows no secret.
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
}

impl Access {
    /// What is known of an emulator that listens on that port.
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
        }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The host under which clients reach the emulator; an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The endpoint on this machine: a URL without a slash at the end. Plain HTTP is served on the same port.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The endpoint that clients are told: [`Config::public_url`](crate::Config::public_url), else the one on this machine.
    pub fn public_endpoint(&self) -> &str {
        &self.public_endpoint
    }

    /// The connection string on this machine, with the primary access key of the start.
    pub fn connection_string(&self) -> &str {
        &self.connection_string
    }

    /// The connection string with the endpoint that clients are told.
    pub fn public_connection_string(&self) -> &str {
        &self.public_connection_string
    }

    /// The certificate of the authority that clients must trust, in PEM.
    pub fn ca_certificate(&self) -> &str {
        &self.ca_certificate
    }

    /// The secret with which applications get tokens from the Entra side.
    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// What the managed identity endpoint wants in `X-IDENTITY-HEADER`.
    pub fn identity_header(&self) -> &str {
        &self.identity_header
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
