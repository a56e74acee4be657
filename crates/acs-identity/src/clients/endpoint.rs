//! The endpoint of a client, and the paths below it.

use acs_identity_protocol::endpoint::shown;
use acs_identity_protocol::raw_id::encode_path_segment;
use azure_core::error::{Error, ErrorKind, ResultExt as _};
use azure_core::http::Url;

/// Reads the endpoint of a client.
pub(super) fn parse(endpoint: &str) -> azure_core::Result<Url> {
    let mut url = Url::parse(endpoint)
        .with_context_fn(ErrorKind::DataConversion, || format!("the endpoint '{}' is not a URL", shown(endpoint)))?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
        let message = format!("the endpoint '{}' is not an http or https URL", shown(endpoint));
        return Err(Error::with_message(ErrorKind::DataConversion, message));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// Returns an error unless requests to the endpoint are encrypted.
pub(super) fn require_https(endpoint: &Url) -> azure_core::Result<()> {
    if endpoint.scheme() == "https" {
        return Ok(());
    }
    Err(Error::with_message(ErrorKind::Other, format!("the endpoint '{}' must use https", shown(endpoint.as_str()))))
}

/// Encodes a parameter as one segment of a path. A URL cannot have the segments `.` and `..`: they would be removed
/// together with the segment before them, and the request would be another one.
pub(super) fn segment(name: &str, value: &str) -> azure_core::Result<String> {
    match value {
        "" => Err(Error::with_message(ErrorKind::Other, format!("parameter {name} cannot be empty"))),
        "." | ".." => {
            Err(Error::with_message(ErrorKind::Other, format!("parameter {name} cannot be '{value}', a relative path")))
        }
        _ => Ok(encode_path_segment(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_stays_one_segment() -> azure_core::Result<()> {
        for value in ["...", ".a", "%2e%2E", "a/../b", "8:acs:a_b", "?", "#", "\\"] {
            let mut url = parse("https://h/prefix")?;
            url.set_path(&format!("/prefix/{}/end", segment("id", value)?));
            assert_eq!(url.path_segments().map(Iterator::count), Some(3), "{url}");
        }
        Ok(())
    }

    #[test]
    fn errors_show_no_password() {
        for endpoint in ["ftp://user:SECRET@h", "https://user:SECRET@[", "http://user:SECRET@h/"] {
            let error = parse(endpoint).and_then(|url| require_https(&url)).unwrap_err();
            assert!(!error.to_string().contains("SECRET"), "{error}");
        }
    }
}
