//! Python's rules for lines and white space.

/// Splits a text like `str.splitlines()`: at all line breaks of Python, without an empty line after the last break.
pub(crate) fn split_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let is_break = |c: char| {
            matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
        };
        let Some((at, c)) = rest.char_indices().find(|(_, c)| is_break(*c)) else {
            lines.push(rest);
            break;
        };
        lines.push(&rest[..at]);
        let mut next = at + c.len_utf8();
        if c == '\r' && rest[next..].starts_with('\n') {
            next += 1;
        }
        rest = &rest[next..];
    }
    lines
}

/// Returns `len(text)`, the number of code points. The reference is installed without `wcwidth`, so wide characters
/// count as one there, too.
pub(crate) fn len(text: &str) -> usize {
    text.chars().count()
}

/// Returns the length without ANSI control sequences, which tabulate does not count.
pub(crate) fn visible_len(text: &str) -> usize {
    if !text.contains('\u{1b}') {
        return len(text);
    }
    let mut count = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' && chars.next_if_eq(&'[').is_some() {
            chars.by_ref().find(|c| ('@'..='~').contains(c));
        } else {
            count += 1;
        }
    }
    count
}
