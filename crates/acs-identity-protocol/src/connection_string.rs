//! The connection string, `endpoint=https://<resource>.communication.azure.com/;accesskey=<base64>`.
//!
//! The rules are those of the Python SDK, which the reference CLI uses (docs/service.md, section 11): parts are separated by
//! `;`, names and values by the first `=`, names are case-insensitive, unknown names are ignored, white space counts.

use std::fmt;
use std::str::FromStr;

use crate::endpoint::{EndpointFault, host_and_path, shown};
use crate::signature::AccessKey;

/// The form that error messages show.
pub const EXPECTED_FORM: &str = "endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>";

/// The connection string that stands for the emulator on this machine, started with its defaults.
pub const DEVELOPMENT_EMULATOR: &str = "UseDevelopmentEmulator=true";

/// The well-known access key of the emulator: 64 bytes that spell out that it is no secret.
pub const DEVELOPMENT_ACCESS_KEY: &str =
    "V2VsbC1rbm93biBrZXkgb2YgdGhlIEFDUyBJZGVudGl0eSBlbXVsYXRvci4gTm90IGEgc2VjcmV0Lg==";

/// The emulator's default port.
pub const DEVELOPMENT_PORT: u16 = 10100;

/// A parsed connection string. `Debug` does not show the key.
#[derive(Debug, Clone)]
pub struct ConnectionString {
    /// The host, with the port where one is given: the endpoint without its scheme and path.
    pub host: String,
    /// What stands in front of the path of every request, without a slash at its end: that of a gateway, mostly empty.
    pub path: String,
    /// Whether the endpoint names the scheme `http`. The Python SDK drops the scheme and always uses https; a caller
    /// that follows it ignores this.
    pub plain_http: bool,
    /// The key.
    pub access_key: AccessKey,
    /// Whether it was [`DEVELOPMENT_EMULATOR`].
    pub development_emulator: bool,
}

/// What is wrong with a connection string. No message shows the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionStringError {
    /// Nothing is there.
    Empty,
    /// The part of this name is missing. `near` is a part that looks like it but for white space.
    MissingPart {
        /// `endpoint` or `accesskey`.
        name: &'static str,
        /// The name as written, where white space around it is the problem.
        near: Option<String>,
    },
    /// The part of this name has no value.
    EmptyPart(&'static str),
    /// The endpoint is not a host with a path or without one: what is shown of it, without secrets, and what is wrong.
    InvalidEndpoint(String, EndpointFault),
    /// The key is not base64.
    InvalidAccessKey,
}

impl fmt::Display for ConnectionStringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The connection string is empty.")?,
            Self::MissingPart { name, near: None } => write!(f, "The connection string has no '{name}' part.")?,
            Self::MissingPart { name, near: Some(near) } => write!(
                f,
                "The connection string has no '{name}' part: remove the white space around the name in '{near}='."
            )?,
            Self::EmptyPart(name) => write!(f, "The '{name}' part of the connection string is empty.")?,
            Self::InvalidEndpoint(endpoint, fault) => {
                write!(f, "The 'endpoint' part of the connection string is not a URL: '{endpoint}'.")?;
                // A quotation mark is seen.
                if *fault != EndpointFault::Quote {
                    write!(f, " {fault}")?;
                }
            }
            Self::InvalidAccessKey => {
                f.write_str("The 'accesskey' part of the connection string is not valid base64.")?;
            }
        }
        write!(f, " Expected: {EXPECTED_FORM}")
    }
}

impl std::error::Error for ConnectionStringError {}

impl FromStr for ConnectionString {
    type Err = ConnectionStringError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().is_empty() {
            return Err(ConnectionStringError::Empty);
        }
        let parts = || text.split(';').map(|part| part.split_once('=').unwrap_or((part, "")));
        if parts().any(|(name, value)| {
            name.eq_ignore_ascii_case("UseDevelopmentEmulator") && value.eq_ignore_ascii_case("true")
        }) {
            return Ok(Self::development_emulator());
        }
        let find = |wanted: &'static str| match parts().rfind(|(name, _)| name.eq_ignore_ascii_case(wanted)) {
            Some((_, value)) => Ok(value),
            None => {
                let near = parts().find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
                let near = near.map(|(name, _)| name.to_owned());
                Err(ConnectionStringError::MissingPart { name: wanted, near })
            }
        };
        let written = find("endpoint")?;
        let endpoint = written.trim_end_matches('/');
        let access_key = find("accesskey")?;
        if endpoint.is_empty() {
            return Err(ConnectionStringError::EmptyPart("endpoint"));
        }
        if access_key.is_empty() {
            return Err(ConnectionStringError::EmptyPart("accesskey"));
        }
        let scheme = endpoint.split_once("//").map_or("", |(scheme, _)| scheme);
        let (host, path) = host_and_path(endpoint).map_err(|fault| {
            let text = if fault == EndpointFault::NoHost { written } else { endpoint };
            ConnectionStringError::InvalidEndpoint(shown(text), fault)
        })?;
        Ok(Self {
            host: host.to_owned(),
            path: path.to_owned(),
            plain_http: scheme.eq_ignore_ascii_case("http:"),
            access_key: access_key.parse().map_err(|_| ConnectionStringError::InvalidAccessKey)?,
            development_emulator: false,
        })
    }
}

impl ConnectionString {
    /// The well-known emulator on this machine.
    pub fn development_emulator() -> Self {
        Self {
            host: format!("localhost:{DEVELOPMENT_PORT}"),
            path: String::new(),
            plain_http: false,
            access_key: AccessKey::development(),
            development_emulator: true,
        }
    }

    /// Writes one, in the form that every SDK takes. It shows the key, so it is not for logs.
    pub fn format(endpoint: &str, access_key: &AccessKey) -> String {
        format!("endpoint={endpoint}/;accesskey={}", access_key.to_base64())
    }

    /// The endpoint over https, without a trailing slash.
    pub fn https_endpoint(&self) -> String {
        format!("https://{}{}", self.host, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    fn host(text: &str) -> Result<String, String> {
        text.parse::<ConnectionString>().map(|parsed| parsed.host).map_err(|error| error.to_string())
    }

    #[test]
    fn python_rules() {
        for text in [
            format!("endpoint=https://h:1/;accesskey={KEY}"),
            format!("Endpoint=https://h:1;AccessKey={KEY};"),
            format!("accesskey={KEY};x=y;endpoint=h:1//"),
            format!("endpoint=https://first/;endpoint=http://h:1/;accesskey={KEY}"),
        ] {
            assert_eq!(host(&text), Ok("h:1".into()), "{text}");
        }
    }

    #[test]
    fn the_path_of_a_gateway_is_kept() -> Result<(), ConnectionStringError> {
        for endpoint in ["https://h:1/acs/prod", "h:1/acs/prod//"] {
            let parsed: ConnectionString = format!("endpoint={endpoint};accesskey={KEY}").parse()?;
            assert_eq!((parsed.host.as_str(), parsed.path.as_str()), ("h:1", "/acs/prod"));
            assert_eq!(parsed.https_endpoint(), "https://h:1/acs/prod");
        }
        Ok(())
    }

    #[test]
    fn errors_name_the_part() {
        let error = |text: &str| host(text).unwrap_err();
        assert!(error("bogus").starts_with("The connection string has no 'endpoint' part. Expected: "));
        assert!(error("endpoint=https://h").starts_with("The connection string has no 'accesskey' part."));
        assert!(error("endpoint=;accesskey=").starts_with("The 'endpoint' part of the connection string is empty."));
        assert!(error(&format!(" endpoint=https://h;accesskey={KEY}")).contains("white space around the name"));
        assert!(error("endpoint=https://h/;accesskey=not-base64!").contains("not valid base64"));
        for (endpoint, shown) in [
            ("https://h/a?b", "https://h/a?*****"),
            ("https://h/a#b", "https://h/a#*****"),
            ("https://h/a b", "https://h/a b"),
            ("https://u@h/a", "https://*****@h/a"),
            ("https:///a", "https:///a"),
        ] {
            let text = format!("endpoint={endpoint};accesskey={KEY}");
            assert!(error(&text).contains(&format!("not a URL: '{shown}'")), "{text}");
        }
        assert!(error(" ").starts_with("The connection string is empty."));
    }

    #[test]
    fn debug_does_not_show_the_key() -> Result<(), ConnectionStringError> {
        let parsed: ConnectionString = format!("endpoint=https://h/;accesskey={KEY}").parse()?;
        let shown = format!("{parsed:?}");
        assert!(!shown.contains(KEY) && !shown.contains("48, 49"), "{shown}");
        assert!(shown.contains("AccessKey(..)"), "{shown}");
        Ok(())
    }

    #[test]
    fn development_emulator() -> Result<(), ConnectionStringError> {
        let parsed: ConnectionString = "usedevelopmentemulator=TRUE;".parse()?;
        assert!(parsed.development_emulator);
        assert_eq!(parsed.https_endpoint(), "https://localhost:10100");
        Ok(())
    }
}
