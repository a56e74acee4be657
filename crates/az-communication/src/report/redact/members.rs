//! Removal of the values of secret members in JSON and similar text.

use std::borrow::Cow;

use super::{REDACTED, finish, is_name, is_secret};

/// Removes the values of secret members: `"token": "…"`, also within a string (`\"token\": \"…\"`) and with single
/// quotes. Strings in a list are removed if the name of the list is secret.
pub(super) fn with_members(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        if !matches!(bytes[at], b'"' | b'\'') {
            at += 1;
            continue;
        }
        // The quote with the backslashes before it: `"`, `\"`, `\\\"`.
        let slashes = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        let quote = &text[at - slashes..=at];
        let name_end = at + 1 + bytes[at + 1..].iter().take_while(|byte| is_name(**byte)).count();
        let name = &text[at + 1..name_end];
        at += 1;
        if name.is_empty() || !is_secret(name) || !text[name_end..].starts_with(quote) {
            continue;
        }
        let mut rest = name_end + quote.len();
        let skip = |from: usize, also: &[u8]| {
            from + bytes[from..].iter().take_while(|byte| byte.is_ascii_whitespace() || also.contains(byte)).count()
        };
        rest = skip(rest, b"");
        if bytes.get(rest) != Some(&b':') {
            continue;
        }
        rest = skip(rest + 1, b"");
        let in_list = bytes.get(rest) == Some(&b'[');
        loop {
            if in_list {
                rest = skip(rest, b"[,");
            }
            if text[rest..].starts_with(quote) {
                let start = rest + quote.len();
                let (end, next) = end_of_string(text, start, quote);
                out.push_str(&text[copied..start]);
                out.push_str(REDACTED);
                copied = end;
                rest = next;
            } else {
                // A number or a word is also removed. An object has members of its own.
                let end = rest + bytes[rest..].iter().take_while(|byte| is_name(**byte)).count();
                if end > rest && !matches!(&text[rest..end], "null" | "true" | "false") {
                    out.push_str(&text[copied..rest]);
                    out.push_str(REDACTED);
                    copied = end;
                }
                rest = end;
                break;
            }
            if !in_list {
                break;
            }
        }
        at = rest.max(at);
    }
    finish(text, out, copied)
}

/// Returns where a string ends, and where the text continues after its quote. A string that is cut off ends with the
/// text.
fn end_of_string(text: &str, start: usize, quote: &str) -> (usize, usize) {
    let mut from = start;
    while let Some(found) = text[from..].find(quote) {
        let end = from + found;
        // If there are more backslashes than in the quote, the quote is part of the string.
        let before = text[start..end].bytes().rev().take_while(|byte| *byte == b'\\').count();
        if before % 2 == 0 {
            return (end, end + quote.len());
        }
        from = end + quote.len();
    }
    (text.len(), text.len())
}
