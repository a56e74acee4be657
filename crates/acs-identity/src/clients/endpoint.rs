//! The endpoint of a client, and the paths below it.

use acs_identity_protocol::raw_id::encode_path_segment;
use acs_identity_protocol::visible::is_hidden;
use azure_core::error::{Error, ErrorKind, ResultExt as _};
use azure_core::http::Url;

/// The form that error messages show.
const EXPECTED: &str = "Expected: https://<resource>.communication.azure.com";

/// The longest raw id. The known ones have up to 150 characters.
const LONGEST_USER: usize = 1000;

/// Reads the endpoint of a client. Errors do not show it, because it may be the access key: the two are easily swapped.
pub(super) fn parse(endpoint: &str) -> azure_core::Result<Url> {
    let mut url = Url::parse(endpoint)
        .with_context_fn(ErrorKind::DataConversion, || format!("the endpoint is not a URL. {EXPECTED}"))?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
        let message = format!("the endpoint is not an http or https URL. {EXPECTED}");
        return Err(Error::with_message(ErrorKind::DataConversion, message));
    }
    if has_user_info(&url) {
        let message = format!("the endpoint contains a user name or a password (before the @). {EXPECTED}");
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
    Err(Error::with_message(ErrorKind::Other, format!("the endpoint must use https. {EXPECTED}")))
}

/// Checks whether a URL has a user name or a password. The transport would send them beside the client's credential.
pub(super) fn has_user_info(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
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

/// Returns an error if a text cannot be the raw id of a user. The short methods check it, and the methods of the
/// operations send what they are given.
pub(super) fn check_user(user: &str) -> azure_core::Result<()> {
    let problem = match user {
        _ if user.trim().is_empty() => "empty".to_owned(),
        _ if user.chars().count() > LONGEST_USER => format!("longer than {LONGEST_USER} characters"),
        _ if user.chars().any(is_hidden) => "a text with invisible characters".to_owned(),
        _ => return Ok(()),
    };
    Err(Error::with_message(ErrorKind::Other, format!("parameter id cannot be {problem}")))
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
    fn m3_errors_show_neither_a_password_nor_a_key_in_the_place_of_the_endpoint() {
        for endpoint in [
            "ftp://user:SECRET@h",
            "https://user:SECRET@[",
            "http://user:SECRET@h/",
            "SECRET",
            "h/SECRET",
            "http://[SECRET]",
            "http://h/SECRET",
            "ftp://h/SECRET",
            "SECRET://h",
            "https://h:SECRET",
        ] {
            let error = parse(endpoint).and_then(|url| require_https(&url)).unwrap_err();
            let shown = format!("{error} {error:?}").to_ascii_lowercase();
            assert!(shown.contains("endpoint") && !shown.contains("secret"), "{shown}");
        }
    }
}
