//! Why a redirect is not followed.

use std::fmt;

use acs_identity_protocol::visible::escaped;

/// Why a redirect is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectFault {
    /// The location is not a URL of HTTP.
    Location(String),
    /// It leads from https to http.
    Scheme {
        /// The location.
        location: String,
        /// The server that it leads to.
        server: String,
    },
    /// It leads to another server, and the request's body is a secret.
    Secret(String),
    /// There was one after the other.
    TooMany,
}

impl fmt::Display for RedirectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Location(location) | Self::Scheme { location, .. } => {
                write!(f, "The response redirects to '{}', which is not followed.", escaped(location))
            }
            Self::Secret(server) => {
                write!(f, "The response redirects to another server, {server}, which must not see what was sent.")
            }
            Self::TooMany => f.write_str("Reached maximum redirect attempts."),
        }
    }
}
