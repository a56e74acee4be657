//! Response heads that hyper does not accept. This module corrects heads that Python's requests and curl accept. For
//! other heads, it names the line that is wrong.

use acs_identity_protocol::visible::escaped;

/// The maximum number of characters of a line that are shown.
const SHOWN: usize = 80;

/// Returns the lines of a head and the position of its body. The position is `None` if the head has no end.
fn lines(head: &[u8]) -> (Vec<&[u8]>, Option<usize>) {
    let mut lines = Vec::new();
    let mut start = 0;
    while let Some(length) = head[start..].iter().position(|byte| *byte == b'\n') {
        let line = &head[start..start + length];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        start += length + 1;
        if line.is_empty() && !lines.is_empty() {
            return (lines, Some(start));
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    (lines, None)
}

/// Returns the value of a header line if the header has this name.
fn value_of<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    line[..colon].trim_ascii().eq_ignore_ascii_case(name.as_bytes()).then(|| line[colon + 1..].trim_ascii())
}

/// Returns the values of all `Content-Length` headers. One header can hold several values.
fn lengths<'a>(lines: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let values = lines.iter().filter_map(|line| value_of(line, "content-length"));
    values.flat_map(|value| value.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii).collect()
}

/// Parses a length in the same way as Python's `int`. Returns `None` for other text and for negative numbers.
fn length(value: &[u8]) -> Option<u64> {
    let digits = value.strip_prefix(b"+").unwrap_or(value);
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Returns a head that hyper accepts, with all bytes after it. Python reads a body without a valid length to the end of
/// the connection, and accepts any minor version of HTTP/1.
pub(crate) fn repaired(head: &[u8]) -> Option<Vec<u8>> {
    if !head.trim_ascii_start().starts_with(b"HTTP/1.") {
        return None;
    }
    let start = head.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let (lines, end) = lines(head);
    let status = *lines.first()?;
    let mut repaired = Vec::with_capacity(head.len() + 32);
    let is_http10 = status.starts_with(b"HTTP/1.0");
    repaired.extend_from_slice(if is_http10 && end.is_none() { b"HTTP/1.0 " } else { b"HTTP/1.1 " });
    repaired.extend_from_slice(status[status.iter().position(|byte| *byte == b' ')?..].trim_ascii_start());
    let Some(body) = end else {
        // The head is longer than usual, or the rest of it has not arrived.
        repaired.extend_from_slice(&head[start + status.len()..]);
        return Some(repaired);
    };
    repaired.extend_from_slice(b"\r\n");
    let lengths = lengths(&lines);
    let known: Vec<u64> = lengths.iter().filter_map(|value| length(value)).collect();
    let known = match (lengths.as_slice(), known.as_slice()) {
        ([] | [_], []) => None,
        (_, [first, rest @ ..]) if known.len() == lengths.len() && rest.iter().all(|other| other == first) => {
            Some(first)
        }
        _ => return None,
    };
    for line in &lines[1..] {
        if value_of(line, "content-length").is_none() {
            repaired.extend_from_slice(line);
            repaired.extend_from_slice(b"\r\n");
        }
    }
    if let Some(known) = known {
        repaired.extend_from_slice(format!("content-length: {known}\r\n").as_bytes());
    }
    if is_http10 {
        repaired.extend_from_slice(b"connection: close\r\n");
    }
    repaired.extend_from_slice(b"\r\n");
    repaired.extend_from_slice(&head[body..]);
    Some(repaired)
}

/// Describes the error in a head.
pub(crate) fn describe_fault(head: &[u8]) -> String {
    let (lines, end) = lines(head);
    let first = lines.first().copied().unwrap_or(head);
    if !first.starts_with(b"HTTP/") {
        return format!("it starts with '{}'", shown(first));
    }
    let mut words = first.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).skip(1);
    let status = words.next().and_then(length).filter(|status| (100..1000).contains(status));
    if !first.starts_with(b"HTTP/1.") || status.is_none() {
        return format!("its first line is '{}'", shown(first));
    }
    let lengths = lengths(&lines);
    if lengths.windows(2).any(|pair| pair[0] != pair[1]) {
        let list: Vec<String> = lengths.iter().map(|value| format!("'{}'", shown(value))).collect();
        return format!("it has several values of Content-Length: {}", list.join(" and "));
    }
    match end {
        None => "its head has no end or is larger than 400 KB".into(),
        Some(_) => "its head has more than 1,024 lines or a malformed line".into(),
    }
}

fn shown(line: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(line).chars().take(SHOWN).collect();
    escaped(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_that_python_accepts_are_corrected() {
        for (head, expected) in [
            (
                "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
                Some("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"),
            ),
            ("HTTP/1.1  200 OK\nContent-Length : -5\n\nhello", Some("HTTP/1.1 200 OK\r\n\r\nhello")),
            ("HTTP/1.0 200 OK\r\nA: b\r\n\r\n", Some("HTTP/1.1 200 OK\r\nA: b\r\nconnection: close\r\n\r\n")),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\n", None),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5, 3\r\n\r\n", None),
            ("HTTP/1.1 200 OK\r\nA: b", Some("HTTP/1.1 200 OK\r\nA: b")),
            ("\r\nHTTP/1.3  200 OK\nA: b", Some("HTTP/1.1 200 OK\nA: b")),
            ("HTTP/1.0 200 OK\r\nA: b", Some("HTTP/1.0 200 OK\r\nA: b")),
            ("HTTP/1.1 200", None),
            ("SSH-2.0-x\r\n\r\n", None),
        ] {
            let repaired = repaired(head.as_bytes()).map(|head| String::from_utf8(head).unwrap());
            assert_eq!(repaired.as_deref(), expected, "{head:?}");
        }
    }

    #[test]
    fn the_wrong_line_is_named() {
        for (head, expected) in [
            ("SSH-2.0-x\r\n", "it starts with 'SSH-2.0-x'"),
            ("220 \u{1b}[2J mail\r\n", r"it starts with '220 \x1b[2J mail'"),
            ("HTTP/1.1 abc\r\n\r\n", "its first line is 'HTTP/1.1 abc'"),
            ("HTTP/2 200\r\n\r\n", "its first line is 'HTTP/2 200'"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\n",
                "it has several values of Content-Length: '5' and '3'",
            ),
        ] {
            assert_eq!(describe_fault(head.as_bytes()), expected);
        }
    }
}
