//! The connection string, `endpoint=https://<resource>.communication.azure.com/;accesskey=<base64>`.
//!
//! The rules are the rules of the Python SDK, which the Azure CLI uses (docs/service.md, section 11). Parts are
//! separated by `;`. The first `=` of a part separates its name from its value. Names are case-insensitive, and unknown
//! names are ignored. White space is part of a name or value. If a name occurs twice, the last one counts.

use std::fmt;
use std::str::FromStr;

pub use crate::development::{DEVELOPMENT_ACCESS_KEY, DEVELOPMENT_EMULATOR, DEVELOPMENT_PORT};
use crate::endpoint::{EndpointFault, host_and_path, shown};
use crate::signature::{AccessKey, InvalidAccessKey};

/// The form that error messages show.
pub const EXPECTED_FORM: &str = "endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>";

/// A parsed connection string. Parse one with [`str::parse`]. `Debug` does not show the key, also if the values of
/// the two parts are swapped.
#[derive(Clone)]
#[non_exhaustive]
pub struct ConnectionString {
    /// The host and, if the endpoint has one, the port: the endpoint without its scheme and path.
    pub host: String,
    /// The path of the endpoint, without a slash at its end. It precedes the path of every request. It is empty unless
    /// a gateway is in front of the service.
    pub path: String,
    /// Whether the endpoint has the scheme `http`. The Python SDK drops the scheme and always uses https. A caller that
    /// does the same ignores this field.
    pub plain_http: bool,
    /// The access key.
    pub access_key: AccessKey,
    /// Whether the text was [`DEVELOPMENT_EMULATOR`].
    pub development_emulator: bool,
    /// Whether the part `accesskey` contains a URL or a host, or the endpoint is the key. The values are then most
    /// likely swapped, and the host is the key. The Python SDK does not notice it, and neither does [`str::parse`].
    pub swapped: bool,
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, path) = if self.swapped { ("*****", "") } else { (&*self.host, &*self.path) };
        f.debug_struct("ConnectionString")
            .field("host", &host)
            .field("path", &path)
            .field("plain_http", &self.plain_http)
            .field("access_key", &self.access_key)
            .field("development_emulator", &self.development_emulator)
            .field("swapped", &self.swapped)
            .finish()
    }
}

/// What is wrong with a connection string. The messages never show the key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionStringError {
    /// The text is empty or white space.
    Empty,
    /// A part is missing.
    MissingPart {
        /// The name of the part, `endpoint` or `accesskey`.
        name: &'static str,
        /// The name as it was written, if there is such a part with white space around its name.
        near: Option<String>,
    },
    /// The part with this name has an empty value.
    EmptyPart(&'static str),
    /// The endpoint is not a host with or without a path. The fields are the endpoint without its secrets, and the
    /// fault.
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

impl std::error::Error for ConnectionStringError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::InvalidEndpoint(_, fault) => Some(fault),
            Self::InvalidAccessKey => Some(&InvalidAccessKey),
            _ => None,
        }
    }
}

impl FromStr for ConnectionString {
    type Err = ConnectionStringError;

    /// Reads a connection string, or [`DEVELOPMENT_EMULATOR`].
    ///
    /// # Errors
    ///
    /// Returns a [`ConnectionStringError`] that names the missing or invalid part. It never contains the access key.
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
            // A key in base64 has no point.
            swapped: access_key.contains("://") || access_key.contains('.') || endpoint == access_key,
        })
    }
}

impl ConnectionString {
    /// Returns the connection string of an emulator on this machine that was started with its defaults.
    pub fn development_emulator() -> Self {
        Self {
            host: format!("localhost:{DEVELOPMENT_PORT}"),
            path: String::new(),
            plain_http: false,
            access_key: AccessKey::development(),
            development_emulator: true,
            swapped: false,
        }
    }

    /// Writes a connection string in the form that every SDK accepts. `endpoint` has no slash at its end. The result
    /// contains the access key and must not be logged.
    pub fn format(endpoint: &str, access_key: &AccessKey) -> String {
        format!("endpoint={endpoint}/;accesskey={}", access_key.to_base64())
    }

    /// Returns the endpoint with the scheme `https`, without a slash at its end.
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
    fn parts_are_found_by_the_rules_of_the_python_sdk() {
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
    fn debug_does_not_show_the_key_if_the_values_are_swapped() -> Result<(), ConnectionStringError> {
        for text in [
            "endpoint=SECRETSECRET/KEY;accesskey=https://contoso/abcd/",
            "endpoint=SECRETSECRET/KEY;accesskey=contoso.communication.azure.com",
            "endpoint=https://h/;accesskey=SECRETSECRETKEY=;endpoint=SECRETSECRETKEY=",
        ] {
            let parsed: ConnectionString = text.parse()?;
            assert!(parsed.swapped, "{text}");
            let shown = format!("{parsed:?}");
            assert!(!shown.contains("SECRET") && !shown.contains("KEY"), "{shown}");
        }
        Ok(())
    }

    #[test]
    fn the_cause_of_an_error_is_its_source() {
        use std::error::Error as _;
        let source = |text: &str| text.parse::<ConnectionString>().unwrap_err().source().map(ToString::to_string);
        assert_eq!(source("endpoint=https://h;accesskey=!"), Some(InvalidAccessKey.to_string()));
        assert_eq!(source("endpoint=https://h?a;accesskey=YQ=="), Some(EndpointFault::Query.to_string()));
        assert_eq!(source("bogus"), None);
    }

    #[test]
    fn the_short_form_stands_for_the_emulator_on_this_machine() -> Result<(), ConnectionStringError> {
        let parsed: ConnectionString = "usedevelopmentemulator=TRUE;".parse()?;
        assert!(parsed.development_emulator);
        assert_eq!(parsed.https_endpoint(), "https://localhost:10100");
        Ok(())
    }
}
