//! Python's ideas of lines and white space.

/// The characters that `str.strip()` removes.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// `str.splitlines()`: all of Python's line breaks, no empty line behind the last one.
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

/// `len(text)`: code points. The reference ships without `wcwidth`, so wide characters count once there, too.
pub(crate) fn len(text: &str) -> usize {
    text.chars().count()
}

/// The length without ANSI control sequences, which tabulate does not count.
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
