//! The paths and queries that clients sign by mistake. Each is made from the one that was sent by the one change that
//! the mistake names, and is left out where the change has no effect. So no mistake is named that was not made.

use acs_identity_protocol::raw_id::encode_path_segment;
use acs_identity_protocol::signature::string_to_sign;

use super::{Attempt, Candidate, mistake};
use crate::edge::http::path::decode_segment;
use crate::request_log::Mistake;

const DECODED: Mistake =
    mistake("targetDecoded", "The client signed the path and query decoded, but sent them percent-encoded.");
const PATH_DECODED: Mistake =
    mistake("pathDecoded", "The client signed the path decoded, but sent it percent-encoded.");
const QUERY_DECODED: Mistake =
    mistake("queryDecoded", "The client signed the query decoded, but sent it percent-encoded.");
const PATH_ENCODED: Mistake =
    mistake("pathEncoded", "The client signed the path percent-encoded, but sent it decoded.");
const QUERY_ENCODED: Mistake =
    mistake("queryEncoded", "The client signed the query percent-encoded, but sent it decoded.");
const ENCODED_TWICE: Mistake =
    mistake("encodedTwice", "The client encoded the percent signs of the path and query before it signed them.");
const ESCAPE_CASE: Mistake = mistake(
    "escapeCase",
    "The client signed percent-encoded characters with hexadecimal digits in the other case than it sent them.",
);
const SPACES: Mistake =
    mistake("querySpaces", "The client signed the spaces in the query as + and sent them as %20, or the reverse.");
const EQUALS_SIGN: Mistake = mistake(
    "queryEqualsSign",
    "The client signed a query parameter without a value with an equals sign and sent it without one, or the reverse.",
);
const WITHOUT_QUERY: Mistake = mistake("queryMissing", "The client signed the path without the query.");
const WHOLE_URL: Mistake = mistake("wholeUrl", "The client signed the whole URL instead of the path and query.");
const NO_SLASH: Mistake = mistake("slashMissing", "The client signed the path without the slash at its beginning.");

/// A change of a part of a path or query.
type Change = fn(&str) -> String;

fn unchanged(text: &str) -> String {
    text.to_owned()
}

fn decoded(text: &str) -> String {
    decode_segment(text).unwrap_or_else(|| text.to_owned())
}

/// Encodes the characters that are not encoded. Escapes stay as they are.
fn encoded(text: &str) -> String {
    map_escapes(text, unchanged, encode_path_segment)
}

fn encoded_in_lower_case(text: &str) -> String {
    map_escapes(text, unchanged, |rest| {
        upper_or_lower(&encode_path_segment(rest), |escape| escape.to_ascii_lowercase())
    })
}

fn upper(text: &str) -> String {
    upper_or_lower(text, |escape| escape.to_ascii_uppercase())
}

fn lower(text: &str) -> String {
    upper_or_lower(text, |escape| escape.to_ascii_lowercase())
}

fn upper_or_lower(text: &str, case: Change) -> String {
    map_escapes(text, case, unchanged)
}

/// Changes the escapes of a text, such as `%2F`, and what is between them.
fn map_escapes(text: &str, escape: Change, rest: Change) -> String {
    let mut changed = String::with_capacity(text.len());
    let (mut done, mut from) = (0, 0);
    while let Some(at) = text[from..].find('%').map(|at| from + at) {
        match text.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit())) {
            Some(_) => {
                changed.push_str(&rest(&text[done..at]));
                changed.push_str(&escape(&text[at..at + 3]));
                (done, from) = (at + 3, at + 3);
            }
            None => from = at + 1,
        }
    }
    changed + &rest(&text[done..])
}

/// Changes the segments of a path: its actions, such as `:issueAccessToken`, and the others.
fn map_path(path: &str, segment: Change, action: Change) -> String {
    let segments =
        path.split('/').map(|part| if decoded(part).starts_with(':') { action(part) } else { segment(part) });
    segments.collect::<Vec<_>>().join("/")
}

/// Changes the names and values of a query.
fn map_query(query: &str, change: Change) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{}={}", change(name), change(value)),
        None => change(pair),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Changes the parameters without a value.
fn map_empty(query: &str, change: Change) -> String {
    let is_empty = |pair: &str| pair.split_once('=').is_none_or(|(_, value)| value.is_empty());
    let pairs = query.split('&').map(|pair| if is_empty(pair) { change(pair) } else { pair.to_owned() });
    pairs.collect::<Vec<_>>().join("&")
}

fn joined(path: &str, query: Option<&str>) -> String {
    query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

impl Attempt<'_> {
    pub(super) fn targets(&self) -> impl Iterator<Item = Candidate> {
        let target = self.request.head.target.as_str();
        let host = self.value("host").unwrap_or_default();
        let mut targets = of_path_and_query(target);
        targets.extend([
            (format!("https://{host}{target}"), WHOLE_URL),
            (format!("http://{host}{target}"), WHOLE_URL),
            (decoded(target).trim_start_matches('/').to_owned(), NO_SLASH),
        ]);
        let method = self.request.head.method.as_str();
        targets.into_iter().map(move |(target, mistake)| (string_to_sign(method, &target, self.values), mistake))
    }
}

/// Returns the other forms of a path and query, without the form that was sent.
fn of_path_and_query(target: &str) -> Vec<(String, Mistake)> {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let with_path = |segment: Change, action: Change| joined(&map_path(path, segment, action), query);
    let with_query = |change: &dyn Fn(&str) -> String| joined(path, query.map(change).as_deref());
    let both = |change: Change| joined(&change(path), query.map(change).as_deref());
    let mut forms = vec![
        (with_path(decoded, decoded), PATH_DECODED),
        (with_path(decoded, unchanged), PATH_DECODED),
        (with_path(unchanged, decoded), PATH_DECODED),
        (with_query(&decoded), QUERY_DECODED),
        (both(decoded), DECODED),
        (both(upper), ESCAPE_CASE),
        (both(lower), ESCAPE_CASE),
        (with_path(encoded, encoded), PATH_ENCODED),
        (with_path(encoded, unchanged), PATH_ENCODED),
        (with_path(unchanged, encoded), PATH_ENCODED),
        (with_path(encoded_in_lower_case, encoded_in_lower_case), PATH_ENCODED),
        (with_path(encoded_in_lower_case, unchanged), PATH_ENCODED),
        (with_query(&|query| map_query(query, encoded)), QUERY_ENCODED),
        (with_query(&|query| map_query(query, encoded_in_lower_case)), QUERY_ENCODED),
        (target.replace('%', "%25"), ENCODED_TWICE),
        (with_query(&|query| query.replace('+', "%20")), SPACES),
        (with_query(&|query| query.replace("%20", "+")), SPACES),
        (with_query(&|query| map_empty(query, |pair| format!("{}=", pair.trim_end_matches('=')))), EQUALS_SIGN),
        (with_query(&|query| map_empty(query, |pair| pair.trim_end_matches('=').to_owned())), EQUALS_SIGN),
        (path.to_owned(), WITHOUT_QUERY),
        (path.trim_start_matches('/').to_owned(), WITHOUT_QUERY),
    ];
    // Several changes may have the same result. The first one is the smallest.
    let mut seen = std::collections::HashSet::from([target.to_owned(), target.trim_start_matches('/').to_owned()]);
    forms.retain(|(form, _)| seen.insert(form.clone()));
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the mistake of a client that sends the one and signs the other.
    fn named(sent: &str, signed: &str) -> Option<&'static str> {
        of_path_and_query(sent).into_iter().find(|(form, _)| form == signed).map(|(_, mistake)| mistake.name)
    }

    #[test]
    fn a_mistake_is_named_for_what_was_changed_only() {
        for (sent, signed, expected) in [
            ("/a/8%3Ax/:do?v=1", "/a/8:x/:do?v=1", Some("pathDecoded")),
            ("/a/8%3Ax/%3Ado?v=1", "/a/8:x/:do?v=1", Some("pathDecoded")),
            ("/a/8%3Ax/%3Ado?v=1", "/a/8%3Ax/:do?v=1", Some("pathDecoded")),
            ("/a?v=a%20b", "/a?v=a b", Some("queryDecoded")),
            ("/a%3A?v=a%20b", "/a:?v=a b", Some("targetDecoded")),
            ("/a%3A?v=a%20b", "/a:?v=a%20b", Some("pathDecoded")),
            ("/a/8:x/:do?v=1", "/a/8%3Ax/:do?v=1", Some("pathEncoded")),
            ("/a/8:x/:do?v=1", "/a/8%3Ax/%3Ado?v=1", Some("pathEncoded")),
            ("/a/8:x/:do?v=1", "/a/8%3ax/:do?v=1", Some("pathEncoded")),
            ("/a/8:x%2F", "/a/8%3Ax%2F", Some("pathEncoded")),
            ("/a?v=a/b", "/a?v=a%2Fb", Some("queryEncoded")),
            ("/a?v=a/b", "/a?v=a%2fb", Some("queryEncoded")),
            ("/a?v=a%2fb", "/a?v=a%2Fb", Some("escapeCase")),
            ("/a%3ax?v", "/a%3Ax?v", Some("escapeCase")),
            ("/a%3Ax?v", "/a%3ax?v", Some("escapeCase")),
            ("/a%3Ax?v", "/a%253Ax?v", Some("encodedTwice")),
            ("/a?v=a+b", "/a?v=a%20b", Some("querySpaces")),
            ("/a?v=a%20b", "/a?v=a+b", Some("querySpaces")),
            ("/a?v", "/a?v=", Some("queryEqualsSign")),
            ("/a?v=&w=1", "/a?v&w=1", Some("queryEqualsSign")),
            ("/a?v=1", "/a", Some("queryMissing")),
            ("/a", "/a", None),
            ("/a?v=1", "/a?v=2", None),
            ("/é%?é", "/%C3%A9%25?é", Some("pathEncoded")),
            ("/%ff%", "/%FF%", Some("escapeCase")),
        ] {
            assert_eq!(named(sent, signed), expected, "{sent} {signed}");
        }
    }
}
