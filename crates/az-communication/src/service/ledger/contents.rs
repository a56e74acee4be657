//! Recognizes the lines of a ledger, so that another file is not mistaken for one.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use acs_identity_protocol::time::parse_iso;
use serde::de::IgnoredAny;
use serde_json::{Map, Value as Json};

/// How many bytes are read from each end. A shorter ledger is read completely.
const PART: u64 = 128 * 1024;

/// The text before each value of a line, in order, up to the last member that every line has.
const MEMBERS: [&str; 5] = [r#"{"time":""#, r#"","event":""#, r#"","user_id":""#, r#"","command":""#, r#"","host":""#];

/// Checks whether a file is empty or has the lines of a ledger.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn is_ledger(mut file: &File) -> io::Result<bool> {
    let length = file.metadata()?.len();
    let mut start = Vec::new();
    file.take(2 * PART).read_to_end(&mut start)?;
    if length <= 2 * PART {
        return Ok(are_lines(&start));
    }
    let Some(end) = start.iter().rposition(|byte| *byte == b'\n') else { return Ok(false) };
    let mut rest = Vec::new();
    file.seek(SeekFrom::Start(length - PART))?;
    file.take(2 * PART).read_to_end(&mut rest)?;
    // This part begins within a line, and that line may be longer than the part.
    let rest = rest.iter().position(|byte| *byte == b'\n').map_or(&[][..], |at| &rest[at + 1..]);
    Ok(are_lines(&start[..=end]) && are_lines(rest))
}

/// Checks whether all lines are lines of a ledger. A killed process may have left a partial line at the end or between
/// other lines.
fn are_lines(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').peekable();
    let mut first = true;
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        if !(line.is_empty() && is_last || is_line(line) || is_cut_line(line, !first)) {
            return false;
        }
        first = false;
    }
    true
}

fn is_line(line: &[u8]) -> bool {
    // Lines of a ledger have no blanks around them and no carriage return.
    if line.first() != Some(&b'{') || line.last() != Some(&b'}') {
        return false;
    }
    let Ok(members) = serde_json::from_slice::<Map<String, Json>>(line) else { return false };
    let text = |name: &str| members.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    text("time").and_then(parse_iso).is_some()
        && matches!(text("event"), Some("created" | "deleted"))
        && ["user_id", "command", "host"].into_iter().all(|name| text(name).is_some())
        && members.get("custom_id").is_none_or(Json::is_string)
        && members.len() == 5 + usize::from(members.contains_key("custom_id"))
}

/// Checks whether a text can be the beginning of a line. If it is the only line, it must contain the first member,
/// because nothing else identifies the file. After a crash of the machine, zeros may follow it.
fn is_cut_line(line: &[u8], behind_others: bool) -> bool {
    let written = line.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    if line.is_empty() {
        return false;
    }
    let text = &line[..written];
    let whole_or_wrong = || !serde_json::from_slice::<IgnoredAny>(text).err().is_some_and(|error| error.is_eof());
    if MEMBERS[0].as_bytes().starts_with(text) {
        return behind_others || text == MEMBERS[0].as_bytes();
    }
    let mut rest = text;
    for (at, member) in MEMBERS.into_iter().enumerate() {
        if member.as_bytes().starts_with(rest) {
            return true;
        }
        let Some(value) = rest.strip_prefix(member.as_bytes()) else { return false };
        // None of these values contains a quotation mark.
        let length = value.iter().position(|byte| *byte == b'"').unwrap_or(value.len());
        let fits = match at {
            0 => value[..length].iter().all(|byte| byte.is_ascii_digit() || b"-+:.TZ".contains(byte)),
            1 => ["created", "deleted"].iter().any(|event| event.as_bytes().starts_with(&value[..length])),
            _ => true,
        };
        if !fits {
            return false;
        }
        rest = &value[length..];
        if rest.is_empty() {
            return true;
        }
    }
    !whole_or_wrong()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"time":"2026-11-26T06:40:12+00:00","event":"created","user_id":"8:acs:a","command":"c","host":"h","custom_id":"a \" b"}"#;

    #[test]
    fn a_line_may_be_cut_anywhere() {
        for length in 0..=LINE.len() {
            let text = format!("{LINE}\n{}", &LINE[..length]);
            assert!(are_lines(text.as_bytes()), "{text}");
            assert!(are_lines(format!("{text}\0\0").as_bytes()) || length == LINE.len(), "{text}");
            assert_eq!(are_lines(&LINE.as_bytes()[..length]), length == 0 || length >= 9, "{length}");
        }
    }

    #[test]
    fn other_lines_are_not_lines_of_a_ledger() {
        let other = |from: &str, to: &str| LINE.replacen(from, to, 1);
        for line in [
            "\n".to_owned(),
            "8:acs:a".to_owned(),
            "{}".to_owned(),
            "{".to_owned(),
            other("2026-11-26T", "some day "),
            other("created", "renamed"),
            other("8:acs:a", ""),
            other("user_id", "user"),
            other("}", ",\"more\":1}"),
            format!("{LINE}\r\n"),
            format!("{LINE} note"),
            format!("{LINE}\n\n{LINE}\n"),
            format!("{LINE}\nnote"),
            r#"{"time":"2026-11-26T06:40:12+00:00","level":"info"}"#.to_owned(),
            r#"{"time":"2026-11-26T06:40:12+00:00","level":"in"#.to_owned(),
        ] {
            assert!(!are_lines(line.as_bytes()), "{line}");
        }
    }
}
