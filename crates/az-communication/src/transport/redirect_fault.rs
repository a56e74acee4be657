//! Reasons why a redirect is not followed.

use std::fmt;

use acs_identity_protocol::visible::escaped;

/// The reason why a redirect is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectFault {
    /// The location is not an HTTP URL.
    Location(String),
    /// The redirect leads from https to http.
    Scheme {
        /// The location.
        location: String,
        /// The server of the location.
        server: String,
    },
    /// The redirect leads to another server, but the body of the request is a secret.
    Secret(String),
    /// There were too many redirects in a row.
    TooMany,
}

impl fmt::Display for RedirectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Location(location) | Self::Scheme { location, .. } => {
                write!(f, "The response redirects to '{}', which is not followed.", escaped(location))
            }
            Self::Secret(server) => {
                write!(
                    f,
                    "The response redirects to another server, {server}, which must not get the body of the request."
                )
            }
            Self::TooMany => f.write_str("Reached maximum redirect attempts."),
        }
    }
}
