//! Says for the log why a signature does not match. Values that may be secrets are left out.

use acs_identity_protocol::signature::{CONTENT_HASH_HEADER, DATE_HEADER, string_to_sign};
use base64::Engine as _;

use super::mistakes::Found;
use super::signature::candidates;
use crate::edge::http::head::Head;
use crate::log::without_credentials;

/// The header in which the Java SDK sends the string that it signed.
const JAVA_STRING_TO_SIGN: &str = "x-ms-hmac-string-to-sign-base64";

/// Stands for text that is not shown.
const HIDDEN: &str = "…";

/// The signed headers whose values are shown. Others may contain credentials.
const SHOWN_HEADERS: [&str; 4] = ["host", "date", DATE_HEADER, CONTENT_HASH_HEADER];

/// Returns a part of the string to sign as the log shows it.
type Show<'a> = &'a dyn Fn(&str) -> String;

/// Returns the reason why the signature over these headers does not match.
pub(super) fn diagnose(head: &Head, names: &[&str], values: &[&str], found: Option<Found>) -> String {
    if let Some(Found::Key(mistake)) = found {
        return format!("the signature does not match. {}", mistake.words);
    }
    let theirs = head
        .header(JAVA_STRING_TO_SIGN)
        .and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let method = head.method.as_str();
    if let Some(theirs) = theirs {
        return match candidates(method, &head.target, names, values).any(|accepted| accepted == theirs) {
            true => "the client signed the right string with another key".to_owned(),
            false => difference(&theirs, &string_to_sign(method, &head.target, values), names),
        };
    }
    let expected = format!(
        "{method} {} with the header values {}",
        shown_target(&head.target),
        shown_values(&values.join(";"), names)
    );
    match found.map(Found::mistake) {
        Some(mistake) => format!("the signature does not match. {} It should have signed {expected}", mistake.words),
        None => format!("the signature does not match: the client has another key, or did not sign {expected}"),
    }
}

/// Returns the string that the client should have signed. Values that may be secrets are left out.
pub(super) fn shown_string(head: &Head, names: &[&str], values: &[&str]) -> String {
    let values: Vec<&str> = values.iter().zip(names).map(|(value, name)| shown_value(name, value)).collect();
    string_to_sign(head.method.as_str(), &shown_target(&head.target), &values)
}

/// Compares the string that the client signed with the string that it should have signed.
fn difference(theirs: &str, ours: &str, names: &[&str]) -> String {
    let parts: [(&str, Show<'_>); 3] = [
        ("method", &str::to_owned),
        ("path and query", &shown_target),
        ("header values", &|values| shown_values(values, names)),
    ];
    for ((part, shown), (theirs, ours)) in parts.into_iter().zip(theirs.splitn(3, '\n').zip(ours.splitn(3, '\n'))) {
        if theirs == ours {
            continue;
        }
        let (theirs, ours) = (shown(theirs), shown(ours));
        return match theirs == ours {
            true => format!("the client signed the {part} '{theirs}' with another value in place of {HIDDEN}"),
            false => format!("the client signed the {part} '{theirs}', but sent '{ours}'"),
        };
    }
    "the client signed another string".to_owned()
}

/// Returns a path and query in which only the api-version is shown of the query. A client may send a key or a token in
/// any other part.
fn shown_target(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return without_credentials(target).into_owned() };
    let is_version = |part: &str| part.strip_prefix("api-version=").is_some_and(looks_like_a_version);
    let parts = query.split('&').map(|part| if is_version(part) { part } else { HIDDEN });
    let parts: Vec<&str> = parts.collect();
    format!("{}?{}", without_credentials(path), parts.join("&"))
}

/// Returns whether a text has the form of an api-version.
fn looks_like_a_version(text: &str) -> bool {
    const LONGEST: usize = 24;
    text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

/// Returns the values of these headers, which semicolons separate.
fn shown_values(values: &str, names: &[&str]) -> String {
    let values: Vec<&str> = values.split(';').collect();
    if values.len() != names.len() {
        return format!("({} values)", values.len());
    }
    let shown = names.iter().zip(values).map(|(name, value)| shown_value(name, value));
    shown.collect::<Vec<&str>>().join(";")
}

/// Returns the value of a header if it cannot be a secret.
fn shown_value<'a>(name: &str, value: &'a str) -> &'a str {
    if SHOWN_HEADERS.iter().any(|shown| shown.eq_ignore_ascii_case(name)) { value } else { HIDDEN }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["x-ms-date", "host", "x-emulator-control"];

    #[test]
    fn of_a_query_only_the_api_version_is_shown() {
        for (target, shown) in [
            ("/?accesskey=MDEyMzQ=", "/?…"),
            ("/identities?api-version=2023-10-01", "/identities?api-version=2023-10-01"),
            ("/a?MDEyMzQ=&api-version=1&sig=x", "/a?…&api-version=1&…"),
            ("/a?api-version=MDEyMzQ=&api-version=0123456789-0123456789-012", "/a?…&…"),
            ("/a", "/a"),
            ("/8:acs:RBNvo1WzZ4oRRq0W9hknpT7T8If536==?x", "/8:acs:(a key)?…"),
        ] {
            assert_eq!(shown_target(target), shown);
        }
    }

    #[test]
    fn of_the_signed_headers_only_those_without_credentials_are_shown() {
        assert_eq!(shown_values("today;localhost:1;secret", &NAMES), "today;localhost:1;…");
        assert_eq!(shown_values("today;localhost:1;secret;more", &NAMES), "(4 values)");
    }

    #[test]
    fn the_first_part_that_differs_is_named() {
        let said = |theirs: &str| difference(theirs, "GET\n/a?sig=1\ntoday;h;secret", &NAMES);
        assert_eq!(said("POST\n/a?sig=1\ntoday;h;secret"), "the client signed the method 'POST', but sent 'GET'");
        assert_eq!(
            said("GET\n/b?sig=1\ntoday;h;secret"),
            "the client signed the path and query '/b?…', but sent '/a?…'"
        );
        assert_eq!(
            said("GET\n/a?sig=2\ntoday;h;secret"),
            "the client signed the path and query '/a?…' with another value in place of …"
        );
        assert_eq!(
            said("GET\n/a?sig=1\ntoday;i;secret"),
            "the client signed the header values 'today;i;…', but sent 'today;h;…'"
        );
    }
}
