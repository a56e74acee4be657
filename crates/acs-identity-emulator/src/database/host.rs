//! A host of a database: a name, an address, or the folder of a Unix socket.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use super::escaped;

/// The port of PostgreSQL.
pub(super) const PORT: u16 = 5432;

/// A host of a database. `Display` shows `HOST:PORT`, or the path of the socket. `Debug` does not show a password.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresHost {
    name: String,
    port: u16,
    pub(super) password: Option<Arc<str>>,
}

impl PostgresHost {
    pub(super) fn new(name: String, port: u16) -> Self {
        Self { name, port, password: None }
    }

    /// Returns the name or address, without brackets, or the folder of the socket.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Checks whether it is the folder of a Unix socket.
    pub fn is_socket(&self) -> bool {
        self.name.starts_with('/')
    }

    /// Returns the path of the Unix socket.
    pub(crate) fn socket(&self) -> String {
        format!("{}/.s.PGSQL.{}", self.name.trim_end_matches('/'), self.port)
    }

    /// Checks whether no network is needed to reach it.
    pub(super) fn is_this_machine(&self) -> bool {
        let is_loopback = |address: IpAddr| address.is_loopback();
        self.is_socket() || self.name == "localhost" || self.name.parse().is_ok_and(is_loopback)
    }

    /// Returns the host as it is written in a URL.
    pub(super) fn in_url(&self) -> String {
        if self.name.contains(':') {
            format!("[{}]:{}", self.name, self.port)
        } else {
            format!("{}:{}", escaped(&self.name), self.port)
        }
    }
}

impl fmt::Display for PostgresHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_socket() {
            f.write_str(&self.socket())
        } else if self.name.contains(':') {
            write!(f, "[{}]:{}", self.name, self.port)
        } else {
            write!(f, "{}:{}", self.name, self.port)
        }
    }
}

impl fmt::Debug for PostgresHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresHost({self})")
    }
}
