//! Reads and writes the lines of a record. docs/batch.md describes them for users.

use acs_identity_protocol::time::parse_iso;
use serde::de::IgnoredAny;
use serde_json::{Map, Value as Json, json};

use crate::batch::record::types::{FORMAT, Header, Line, Operation, RequestOutcome, Subject, VERSION};

/// The largest number of a creation. Runs count on from the number in the record, by some millions at most.
const MAX_N: u64 = 1 << 53;

/// The beginnings of the lines of a record, except for the first line.
const BEGINNINGS: [&str; 5] = [r#"{"user_id":""#, r#"{"name":""#, r#"{"n":"#, r#"{"intent":""#, r#"{"key":""#];

/// Returns a line that says that a request is about to be sent, including the line break.
pub(crate) fn intent(operation: Operation, subject: &Subject) -> String {
    let creates = matches!(subject, Subject::New { .. });
    let name = match operation {
        Operation::Issue if creates => "create",
        Operation::Issue => "issue",
        Operation::Revoke => "revoke",
        Operation::Delete => "delete",
    };
    let mut members = Map::new();
    members.insert("intent".into(), name.into());
    push_subject(&mut members, subject);
    format!("{}\n", Json::Object(members))
}

/// Returns a line with an outcome, including the line break. The members of a token come first, as in version 1.
pub(crate) fn outcome(subject: &Subject, outcome: &RequestOutcome) -> String {
    let mut members = Map::new();
    if let RequestOutcome::Issued { user, token, expires_on } = outcome {
        members.insert("user_id".into(), user.as_str().into());
        members.insert("token".into(), token.as_str().into());
        members.insert("expires_on".into(), expires_on.as_str().into());
    }
    if let RequestOutcome::Created { user } = outcome {
        members.insert("user_id".into(), user.as_str().into());
    }
    push_subject(&mut members, subject);
    members.insert("outcome".into(), outcome.name().into());
    if let RequestOutcome::Failed { status, message } = outcome {
        members.insert("status".into(), (*status).into());
        members.insert("message".into(), message.as_str().into());
    }
    format!("{}\n", Json::Object(members))
}

/// Returns a line that says that another key is used for the following lines.
pub(crate) fn key(fingerprint: &str) -> String {
    format!("{}\n", json!({"key": fingerprint}))
}

fn push_subject(members: &mut Map<String, Json>, subject: &Subject) {
    match subject {
        Subject::User(user) => {
            members.insert("user_id".into(), user.as_str().into());
        }
        Subject::Named(name) => {
            members.insert("name".into(), name.as_str().into());
        }
        Subject::New { n, name } => {
            members.insert("n".into(), (*n).into());
            if let Some(name) = name {
                members.insert("name".into(), name.as_str().into());
            }
        }
    }
}

/// Parses a line without its line break. Returns `None` if it is not a line of a record.
pub(crate) fn parse(line: &[u8]) -> Option<Line> {
    // Lines of a record have no blanks around them and no carriage return.
    if line.first() != Some(&b'{') || line.last() != Some(&b'}') {
        return None;
    }
    let Json::Object(mut members) = serde_json::from_slice(line).ok()? else { return None };
    let parsed = parse_members(&mut members)?;
    members.is_empty().then_some(parsed)
}

/// Checks whether an object is a line of a record that names no existing user: the first line, a line about a creation,
/// or a change of the key.
pub(in crate::batch) fn names_no_user(members: &Map<String, Json>) -> bool {
    let mut rest = members.clone();
    let parsed = parse_members(&mut rest).filter(|_| rest.is_empty());
    parsed.is_some_and(|line| match line {
        Line::Header(_) | Line::Key(_) => true,
        Line::Intent(_, subject) | Line::Outcome(subject, _) => !matches!(subject, Subject::User(_)),
        Line::Former { .. } => false,
    })
}

/// Removes the members of a line from an object. If members are left, the object is not a line of a record.
fn parse_members(members: &mut Map<String, Json>) -> Option<Line> {
    if members.contains_key("format") {
        return parse_header(members).map(Line::Header);
    }
    if let Some(intent) = take_string(members, "intent") {
        let operation = match intent.as_str() {
            "create" | "issue" => Operation::Issue,
            "revoke" => Operation::Revoke,
            "delete" => Operation::Delete,
            _ => return None,
        };
        let subject = take_subject(members)?;
        let creates = matches!(subject, Subject::New { .. });
        return (creates == (intent == "create")).then_some(Line::Intent(operation, subject));
    }
    let Some(name) = take_string(members, "outcome") else {
        if let Some(key) = take_string(members, "key") {
            return Some(Line::Key(key));
        }
        let mut take = |name| take_string(members, name);
        let (user, token, expires_on) = (take("user_id")?, take("token")?, take("expires_on")?);
        let is_token = !user.is_empty() && !token.is_empty() && parse_iso(&expires_on).is_some();
        return is_token.then_some(Line::Former { user, token, expires_on });
    };
    let outcome = match name.as_str() {
        "issued" => {
            let (token, expires_on) = (take_string(members, "token")?, take_string(members, "expires_on")?);
            let user = take_string(members, "user_id")?;
            // The service chooses the format of the date, so any text is accepted.
            if user.is_empty() || token.is_empty() || expires_on.is_empty() {
                return None;
            }
            let issued = RequestOutcome::Issued { user: user.clone(), token, expires_on };
            let subject = if members.contains_key("n") || members.contains_key("name") {
                take_subject(members)?
            } else {
                Subject::User(user)
            };
            return Some(Line::Outcome(subject, issued));
        }
        "created" => {
            let user = take_string(members, "user_id")?;
            return Some(Line::Outcome(take_subject(members)?, RequestOutcome::Created { user }));
        }
        "revoked" => RequestOutcome::Revoked,
        "deleted" => RequestOutcome::Deleted,
        "gone" => RequestOutcome::Gone,
        "failed" => RequestOutcome::Failed {
            status: u16::try_from(members.shift_remove("status")?.as_u64()?).ok()?,
            message: take_string(members, "message")?,
        },
        "unsent" => RequestOutcome::Unsent,
        "unknown" => RequestOutcome::Unknown,
        _ => return None,
    };
    Some(Line::Outcome(take_subject(members)?, outcome))
}

fn parse_header(members: &mut Map<String, Json>) -> Option<Header> {
    let mut take = |name| members.shift_remove(name);
    if take("format")? != FORMAT || take("version")? != VERSION {
        return None;
    }
    let operation = take("operation")?;
    let operation = Operation::ALL.into_iter().find(|known| operation == known.name())?;
    let scopes = match take("scopes")? {
        Json::Null => Vec::new(),
        scopes => serde_json::from_value(scopes).ok()?,
    };
    let expires_in = serde_json::from_value(take("expires_in_minutes")?).ok()?;
    let (host, key) = (take_string(members, "host")?, take_string(members, "key")?);
    Some(Header { operation, scopes, expires_in, host, key })
}

fn take_subject(members: &mut Map<String, Json>) -> Option<Subject> {
    if let Some(user) = take_string(members, "user_id") {
        return Some(Subject::User(user));
    }
    let name = take_string(members, "name");
    match members.shift_remove("n") {
        Some(n) => Some(Subject::New { n: n.as_u64().filter(|n| *n <= MAX_N)?, name }),
        None => name.map(Subject::Named),
    }
}

fn take_string(members: &mut Map<String, Json>, name: &str) -> Option<String> {
    match members.shift_remove(name)? {
        Json::String(text) => Some(text),
        _ => None,
    }
}

/// Returns the version of a record with this first line, if it is a record of another version.
pub(crate) fn other_version(first_line: &[u8]) -> Option<u64> {
    let json: Json = serde_json::from_slice(first_line).ok()?;
    (json.get("format")? == FORMAT)
        .then(|| json.get("version")?.as_u64())
        .flatten()
        .filter(|version| *version != VERSION)
}

/// Checks whether a text without a line break can be the beginning of a line. After a crash of the machine, zeros may
/// follow it.
pub(crate) fn is_cut_line(tail: &[u8], header: &str) -> bool {
    let written = tail.iter().position(|byte| *byte == 0).unwrap_or(tail.len());
    let (text, zeros) = tail.split_at(written);
    let fits = |beginning: &str| text.starts_with(beginning.as_bytes()) || beginning.as_bytes().starts_with(text);
    // A complete object was not cut off.
    let ends_early = || serde_json::from_slice::<IgnoredAny>(text).err().is_some_and(|error| error.is_eof());
    zeros.iter().all(|byte| *byte == 0)
        && ends_early()
        && (BEGINNINGS.into_iter().any(fits) || header.as_bytes().starts_with(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            operation: Operation::Issue,
            scopes: vec!["chat".into()],
            expires_in: Some(60),
            host: "localhost:1".into(),
            key: "abc".into(),
        }
    }

    fn parse_line(line: &str) -> Option<Line> {
        parse(line.strip_suffix('\n').unwrap_or(line).as_bytes())
    }

    #[test]
    fn lines_are_read_as_they_are_written() {
        assert_eq!(parse_line(&header().line()), Some(Line::Header(header())));
        assert_eq!(parse_line(&key("x")), Some(Line::Key("x".into())));
        let new = |name: Option<&str>| Subject::New { n: 7, name: name.map(str::to_owned) };
        let named = Subject::Named("Al \"ice\"".into());
        for subject in [Subject::User("8:acs:a".into()), named, new(None), new(Some("b"))] {
            let line = intent(Operation::Issue, &subject);
            assert_eq!(parse_line(&line), Some(Line::Intent(Operation::Issue, subject.clone())), "{line}");
            assert!(is_cut_line(&line.as_bytes()[..9], ""));
            let issued =
                RequestOutcome::Issued { user: "8:acs:a".into(), token: "t".into(), expires_on: "2026-01-01".into() };
            let failed = RequestOutcome::Failed { status: 401, message: "(x) y\nz".into() };
            for what in [
                issued,
                failed,
                RequestOutcome::Revoked,
                RequestOutcome::Gone,
                RequestOutcome::Unsent,
                RequestOutcome::Unknown,
            ] {
                let line = outcome(&subject, &what);
                assert_eq!(parse_line(&line), Some(Line::Outcome(subject.clone(), what)), "{line}");
                assert!(is_cut_line(&line.as_bytes()[..9], ""), "{line}");
            }
        }
        let former = r#"{"user_id":"a","token":"b","expires_on":"2026-01-01T00:00:00Z"}"#;
        assert!(matches!(parse_line(former), Some(Line::Former { .. })));
    }

    #[test]
    fn other_lines_are_refused() {
        for line in [
            "",
            "{}",
            "[]",
            "notes",
            r#"{"user_id":"a"}"#,
            r#"{"user_id":"a","token":"b"}"#,
            r#"{"user_id":"a","token":"b","expires_on":"2026-01-01T00:00:00Z","more":1}"#,
            r#"{"user_id":"a","token":"b","expires_on":"never"}"#,
            r#"{"user_id":"a","token":"","expires_on":"2026-01-01T00:00:00Z"}"#,
            r#"{"user_id":"a","token":"","expires_on":"2026-01-01T00:00:00Z","outcome":"issued"}"#,
            r#"{"user_id":"a","token":"b","expires_on":"","outcome":"issued"}"#,
            "{\"user_id\":\"a\",\"outcome\":\"revoked\"}\r",
            r#" {"user_id":"a","outcome":"revoked"}"#,
            r#"{"user_id":"a","outcome":"something"}"#,
            r#"{"intent":"create","user_id":"a"}"#,
            r#"{"n":-1,"outcome":"unknown"}"#,
            r#"{"n":18446744073709551615,"outcome":"unsent"}"#,
            r#"{"intent":"create","n":18446744073709551615}"#,
            r#"{"format":"az-communication-batch","version":3}"#,
        ] {
            assert_eq!(parse(line.as_bytes()), None, "{line}");
        }
        assert_eq!(other_version(br#"{"format":"az-communication-batch","version":3}"#), Some(3));
    }

    #[test]
    fn a_cut_line_is_known_by_its_beginning() {
        let line = header().line();
        for tail in ["{", "{\"user_id\":\"8:acs", "{\"n\":1", &line[..40], "{\"user_id\":\"8:acs\0\0", "\0\0"] {
            assert!(is_cut_line(tail.as_bytes(), &line), "{tail:?}");
        }
        for tail in
            ["note", "{\"a\"", "{ ", "{\"user_id\":8", "{\"format\":\"other", "\0x", "{\"n\":1}", "{\"n\":1} note"]
        {
            assert!(!is_cut_line(tail.as_bytes(), &line), "{tail:?}");
        }
    }
}
