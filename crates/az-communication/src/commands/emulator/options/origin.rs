//! Parses the origins of web pages that may call the emulator.

use azure_core::http::Url;

use crate::knack::variables::Given;
use crate::report::error::CliError;

/// Returns an origin in the form that browsers send: without the default port, and without a slash at the end.
///
/// # Errors
///
/// Fails when it is not an origin that a browser can send.
pub(crate) fn parse(given: &Given) -> Result<String, CliError> {
    let parsed = Url::parse(&given.value).ok().filter(|url| url.path() == "/" && is_web(url) && is_of_a_page(url));
    let origin = parsed.map(|url| url.origin().ascii_serialization());
    origin.ok_or_else(|| {
        given
            .is_not("the origin of a web page")
            .hint("An origin is a scheme, one host and perhaps a port: https://app.example, http://10.0.0.5:3000.")
    })
}

/// Checks whether a browser can have loaded a page from this URL: the host has no wildcard, and the port is not 0.
fn is_of_a_page(url: &Url) -> bool {
    let fits = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let host = url.host_str().unwrap_or_default();
    let names_one = host.starts_with('[') || host.strip_suffix('.').unwrap_or(host).split('.').all(fits);
    names_one && url.port() != Some(0)
}

/// Checks whether it is an HTTP or HTTPS URL that has only a scheme, a host, a port and a path.
pub(crate) fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}
