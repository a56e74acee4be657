//! Reads the lists of `--users-from` and `--names-from`.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use serde_json::Value as Json;

use crate::batch::record::{FileId, names_no_user};
use crate::files::text_file::{self, TextFault};
use crate::report::error::CliError;

/// The largest file that is read, in bytes. It has room for 20 million users.
const MOST_OF_FILE: u64 = 1 << 30;

/// How many bytes are read if the source is not a file, because it may be endless. This is enough for a million users.
const MOST_OF_STREAM: u64 = 64 << 20;

/// The members that contain an id in the output and records of our commands. The most specific name comes first.
const ID_MEMBERS: [&str; 3] = ["user_id", "rawId", "id"];

/// A list of users or names.
#[derive(Debug)]
pub(crate) struct List {
    /// The items in the order of the file, without repetition.
    pub(crate) items: Vec<String>,
    /// The file, if the source is one.
    pub(crate) file: Option<FileId>,
}

/// Reads a list of raw ids: one id per line, or JSON as our commands print and record it. `-` is stdin.
///
/// # Errors
///
/// When the list cannot be read, is empty, or contains something else.
pub(crate) fn users(source: &str) -> Result<List, CliError> {
    read(source, &USERS)
}

/// Reads a list of user-defined names: one name per line, or JSON strings.
///
/// # Errors
///
/// When the list cannot be read, is empty, or contains something else.
pub(crate) fn names(source: &str) -> Result<List, CliError> {
    read(source, &NAMES)
}

/// The kind of the items in a list.
struct Kind {
    plural: &'static str,
    singular: &'static str,
    check: fn(&str) -> bool,
    members: &'static [&'static str],
    /// Whether the form of a text alone shows that it is such an item.
    names_by_form: bool,
    hint: &'static str,
}

const USERS: Kind = Kind {
    plural: "users",
    singular: "raw id",
    check: is_raw_id,
    members: &ID_MEMBERS,
    names_by_form: true,
    hint: "Put each raw id on its own line, as `--query \"[].rawId\" -o tsv` prints it. JSON output of these commands \
        works too.",
};

const NAMES: Kind = Kind {
    plural: "names",
    singular: "name",
    check: is_name,
    members: &["name", "customId"],
    names_by_form: false,
    hint: "Put each name on its own line: 1 to 256 characters, without quotes around it.",
};

/// Checks whether a text is a raw id. Raw ids begin with the number of their kind: `8:acs:…`. URLs, times and ids of
/// other resources do not.
fn is_raw_id(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ":+-_.@/~%".contains(c);
    text.split_once(':').is_some_and(|(kind, rest)| {
        !kind.is_empty()
            && kind.bytes().all(|byte| byte.is_ascii_digit())
            && rest.starts_with(|first: char| first.is_ascii_alphabetic())
            && !rest.ends_with(':')
            && rest.chars().all(allowed)
    })
}

fn is_name(text: &str) -> bool {
    let quoted =
        ['"', '\''].into_iter().any(|quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote));
    !quoted && text.chars().count() <= 256 && !text.chars().any(char::is_control)
}

fn read(source: &str, kind: &Kind) -> Result<List, CliError> {
    let name = if source == "-" { "stdin" } else { source };
    let fail = |why: String| CliError::new(format!("The {} cannot be read from {name}: {why}.", kind.plural));
    let system = |fault: TextFault| fail(fault.to_string());
    let (bytes, file) = if source == "-" {
        let id = FileId::of_stream(&io::stdin());
        let most = if id.is_some() { MOST_OF_FILE } else { MOST_OF_STREAM };
        (text_file::content(io::stdin().lock(), 0, most).map_err(system)?, id)
    } else {
        let file = text_file::open(Path::new(source)).map_err(system)?;
        let metadata = file.metadata().map_err(|error| system(error.into()))?;
        let (size, most) = if metadata.is_file() { (metadata.len(), MOST_OF_FILE) } else { (0, MOST_OF_STREAM) };
        (text_file::content(file, size, most).map_err(system)?, FileId::of(Path::new(source), &metadata))
    };
    let utf8 = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if is_utf16(&bytes) {
        return Err(
            fail("it is UTF-16".into()).hint("Write it as UTF-8. In PowerShell: … | Out-File -Encoding utf8 FILE")
        );
    }
    let text = std::str::from_utf8(utf8).map_err(|_| fail("it is not UTF-8".into()))?;
    if let Some(at) = memchr::memchr(0, utf8) {
        let line = memchr::memchr_iter(b'\n', &utf8[..at]).count() + 1;
        return Err(fail(format!("line {line} contains a NUL byte")).hint(kind.hint));
    }
    let items = parse(text, kind).map_err(|(line, what)| fail(format!("line {line} {what}")).hint(kind.hint))?;
    if items.is_empty() {
        return Err(fail(format!("it has no {}", kind.singular)).hint(kind.hint));
    }
    Ok(List { items, file })
}

/// Checks whether bytes are UTF-16. UTF-16 has a byte order mark, or every other byte at the start is zero, and only
/// those.
fn is_utf16(bytes: &[u8]) -> bool {
    let zeros = |from: usize| {
        let mut units = bytes.get(from..).unwrap_or_default().iter().take(64).step_by(2).peekable();
        units.peek().is_some() && units.all(|byte| *byte == 0)
    };
    let has_mark = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    has_mark || (bytes.len() > 1 && zeros(0) != zeros(1))
}

/// Parses the items of a list. The error is the number of the wrong line and the reason.
fn parse(text: &str, kind: &Kind) -> Result<Vec<String>, (usize, String)> {
    let mut found = Found { seen: HashSet::new(), items: Vec::new(), kind };
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let first = rest[..end].trim();
        let length = if first.starts_with(['{', '[']) {
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Json>();
            match values.next() {
                Some(Ok(value)) => found.take_json(&value, true).map_err(|what| (line, what))?,
                Some(Err(error)) => return Err((line + error.line() - 1, "is not JSON".to_owned())),
                None => {}
            }
            values.byte_offset()
        } else {
            if !first.is_empty() && !first.starts_with('#') {
                found.take_text(first).map_err(|what| (line, what))?;
            }
            end
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    Ok(found.items)
}

struct Found<'a> {
    seen: HashSet<String>,
    items: Vec<String>,
    kind: &'a Kind,
}

impl Found<'_> {
    fn take(&mut self, item: &str) -> Result<(), String> {
        if item.is_empty() || !(self.kind.check)(item) {
            return Err(format!("is not a {}", self.kind.singular));
        }
        if self.seen.insert(item.to_owned()) {
            self.items.push(item.to_owned());
        }
        Ok(())
    }

    fn take_text(&mut self, text: &str) -> Result<(), String> {
        if text.starts_with("---") && text.bytes().all(|byte| byte == b'-' || byte == b' ') {
            return Err("is part of a table (-o table)".to_owned());
        }
        if !(self.kind.check)(text) && text.len() > 1 && text.starts_with(['"', '\'']) {
            return Err(format!("is not a {}: it is in quotes", self.kind.singular));
        }
        self.take(text)
    }

    fn take_json(&mut self, value: &Json, lists: bool) -> Result<(), String> {
        match value {
            Json::String(text) => self.take(text),
            Json::Array(values) if lists => values.iter().try_for_each(|value| self.take_json(value, false)),
            Json::Object(members) => {
                if let Some(id) = self.kind.members.iter().find_map(|member| members.get(*member)?.as_str()) {
                    let others = members.values().filter_map(Json::as_str).filter(|text| *text != id);
                    if self.kind.names_by_form && others.into_iter().any(self.kind.check) {
                        return Err(format!("has members with different {}s", self.kind.singular));
                    }
                    return self.take(id);
                }
                if names_no_user(members) { Ok(()) } else { Err(format!("has no member {}", self.kind.members[0])) }
            }
            _ => Err(format!("has a value that is not a {}", self.kind.singular)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users_of(text: &str) -> Result<Vec<String>, (usize, String)> {
        parse(text, &USERS)
    }

    fn refused(text: &str) -> (usize, String) {
        users_of(text).unwrap_err()
    }

    #[test]
    fn users_are_read_from_text_and_json() {
        let two = Ok(vec!["8:acs:a".to_owned(), "8:acs:b".to_owned()]);
        for text in [
            "# users\n8:acs:a\n\n{\"user_id\":\"8:acs:b\",\"token\":\"x\"}\r\n8:acs:a\n",
            "[\"8:acs:a\", \"8:acs:b\"]",
            "[\n  {\n    \"properties\": {\n      \"id\": \"8:acs:a\"\n    },\n    \"rawId\": \"8:acs:a\"\n  },\n  {\"rawId\": \"8:acs:b\"}\n]\n",
            "{\n  \"rawId\": \"8:acs:a\"\n}\n{\n  \"user_id\": \"8:acs:b\"\n}\n",
            "\t8:acs:a\n  8:acs:b",
            "{\"format\":\"az-communication-batch\",\"version\":2,\"operation\":\"token issue-batch\",\"scopes\":[\"chat\"],\
             \"expires_in_minutes\":null,\"host\":\"h\",\"key\":\"k\"}\n{\"intent\":\"create\",\"n\":0}\n{\"user_id\":\"8:acs:a\",\"outcome\":\"issued\"}\n\
             {\"intent\":\"issue\",\"user_id\":\"8:acs:b\"}\n{\"key\":\"k\"}\n{\"n\":1,\"outcome\":\"unknown\"}\n",
        ] {
            assert_eq!(users_of(text), two, "{text}");
        }
        assert_eq!(users_of("# nobody\n"), Ok(Vec::new()));
        assert_eq!(users_of("[]"), Ok(Vec::new()));
    }

    #[test]
    fn lines_without_a_raw_id_are_refused() {
        assert_eq!(refused("8:acs:a\ntwo words\n"), (2, "is not a raw id".into()));
        assert_eq!(refused("\"8:acs:a\"\n"), (1, "is not a raw id: it is in quotes".into()));
        assert_eq!(refused("8:acs:a,8:acs:b\n").0, 1);
        assert_eq!(refused("RawId\n-------\n8:acs:a\n").0, 1);
        assert_eq!(refused("8:acs:a\n-------\n"), (2, "is part of a table (-o table)".into()));
        assert_eq!(refused("rawId: 8:acs:a\n").0, 1);
        assert_eq!(refused("[\n\"8:acs:a\",\n}\n"), (3, "is not JSON".into()));
        assert_eq!(refused("[1]"), (1, "has a value that is not a raw id".into()));
        assert_eq!(refused("{\"a\": 1}"), (1, "has no member user_id".into()));
        assert_eq!(refused("8:acs:a\u{200b}\n").0, 1);
        for text in ["http://x:1", "12:30:11", "Server:nginx", ":..", "/subscriptions/x:y", "8:", "8:acs:"] {
            assert_eq!(refused(text), (1, "is not a raw id".into()), "{text}");
        }
        assert_eq!(refused("{\"id\":\"/subscriptions/x:y\",\"user_id\":null}").1, "is not a raw id");
    }

    /// A JSON line with members of a record is skipped only if it is a valid line of a record.
    #[test]
    fn only_lines_of_a_record_are_skipped() {
        for text in [
            r#"{"key":"x","users":["8:acs:a"]}"#,
            r#"{"key":1}"#,
            r#"{"format":"f"}"#,
            r#"{"intent":"create"}"#,
            r#"{"outcome":"unknown"}"#,
            r#"{"intent":"create","n":0,"users":["8:acs:a"]}"#,
        ] {
            assert_eq!(refused(text), (1, "has no member user_id".into()), "{text}");
        }
    }

    #[test]
    fn an_object_that_names_two_users_is_refused() {
        let two = (1, "has members with different raw ids".into());
        for text in [
            r#"{"userId":"8:acs:a","id":"8:acs:b"}"#,
            r#"{"rawId":"8:acs:a","id":"8:acs:b"}"#,
            r#"[{"user_id":"8:acs:a","id":"8:acs:b"}]"#,
        ] {
            assert_eq!(refused(text), two, "{text}");
        }
        assert_eq!(users_of(r#"{"rawId":"8:acs:a","id":"8:acs:a","id2":"x"}"#), Ok(vec!["8:acs:a".into()]));
    }

    #[test]
    fn names_may_contain_blanks() {
        assert_eq!(
            parse("Alice Smith\r\nbob\n[\"c\"]\n", &NAMES),
            Ok(vec!["Alice Smith".into(), "bob".into(), "c".into()])
        );
        assert!(parse("\"bob\"\n", &NAMES).is_err());
        assert!(parse(&"x".repeat(257), &NAMES).is_err());
    }
}
