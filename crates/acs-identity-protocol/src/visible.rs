//! Makes characters visible that a terminal would act on or not show.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Escapes a text of others for a terminal, so that it can neither move the cursor nor hide. Control characters,
/// characters without a glyph and blanks other than U+0020 become `\r`, `\x1b` or `\u200b`. Line breaks (also `\r\n`)
/// and tabs stay.
pub fn escaped(text: &str) -> Cow<'_, str> {
    // The loop has no early exit, so that the compiler can check many bytes at a time.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' if rest.peek() == Some(&'\n') => out.push(c),
            c if is_hidden(c) => push_escape(&mut out, c),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Escapes a text as one line for a log. Line breaks and tabs are escaped, too. A text of more than `limit` characters
/// is cut and ends with `…`.
pub fn one_line(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit * 2));
    for (count, c) in text.chars().enumerate() {
        if count == limit {
            out.push('…');
            break;
        }
        if is_hidden(c) {
            push_escape(&mut out, c);
        } else {
            out.push(c);
        }
    }
    out
}

/// Escapes what a terminal would act on: control characters, line breaks and tabs too, and marks of the text direction.
/// The text is then a part of one line, and cannot forge another one. Other characters stay, so that most names are as
/// they were sent.
pub fn inert(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts_on_terminals) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if acts_on_terminals(c) {
            push_escape(&mut out, c);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Checks whether a terminal acts on a character: a control character, a separator of lines, or a mark that changes the
/// text direction.
fn acts_on_terminals(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Appends a character in Python's escaped form.
fn push_escape(out: &mut String, c: char) {
    let code = u32::from(c);
    let _ = match c {
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        _ if code < 0x100 => write!(out, "\\x{code:02x}"),
        _ if code < 0x10000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Checks whether a character is invisible or looks like another one: Unicode's categories Cc, Cf, Zl, Zp and Zs except
/// U+0020, and letters and marks without a glyph.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{115f}' | '\u{1160}' | '\u{1680}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
            | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns the code point and a short description of a hidden character, such as `U+200B, zero-width space`.
pub fn name(c: char) -> String {
    let name = match c {
        '\r' => "carriage return, the line end of Windows",
        '\n' => "line break",
        '\t' => "tab",
        '\u{1b}' => "escape",
        '\u{a0}' => "non-breaking space",
        '\u{202f}' => "narrow non-breaking space",
        '\u{200b}' => "zero-width space",
        '\u{200c}' => "zero-width non-joiner",
        '\u{200d}' => "zero-width joiner",
        '\u{2060}' => "word joiner",
        '\u{feff}' => "byte-order mark",
        '\u{ad}' => "soft hyphen",
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "text direction mark"
        }
        '\u{2028}' | '\u{2029}' | '\u{85}' => "line separator",
        c if c.is_control() => "control character",
        c if c.is_whitespace() => "space of another width",
        c if !is_hidden(c) => "character outside ASCII",
        _ => "character without a glyph",
    };
    format!("U+{:04X}, {name}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_text_is_borrowed_and_what_acts_on_a_terminal_is_escaped() {
        for (text, shown) in [
            ("plain\n\ttext", "plain\n\ttext"),
            ("é 中 😀", "é 中 😀"),
            ("a\r\nb", "a\r\nb"),
            ("a\rb", "a\\rb"),
            ("\u{1b}[2J\u{7}", "\\x1b[2J\\x07"),
            ("\u{9b}31m\u{7f}", "\\x9b31m\\x7f"),
            ("a\u{a0}b\u{200b}\u{202e}", "a\\xa0b\\u200b\\u202e"),
            ("\u{e0041}", "\\U000e0041"),
        ] {
            assert_eq!(escaped(text), shown);
        }
        assert!(matches!(escaped("plain"), Cow::Borrowed(_)));
        assert_eq!(one_line("a\n\u{202e}b\u{1b}é", 10), "a\\n\\u202eb\\x1bé");
        assert_eq!(one_line("aé\tbc", 3), "aé\\t…");
        assert_eq!(name('\u{200b}'), "U+200B, zero-width space");
    }

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_other_text_stays() {
        for (text, shown) in [
            ("plain é 中 😀 a\u{a0}b\u{200d}", "plain é 中 😀 a\u{a0}b\u{200d}"),
            ("a\n\tb\r\u{1b}[2J", "a\\n\\tb\\r\\x1b[2J"),
            ("\u{9b}31m\u{7f}\u{202e}\u{2028}", "\\x9b31m\\x7f\\u202e\\u2028"),
        ] {
            assert_eq!(inert(text), shown);
        }
        assert!(matches!(inert("é"), Cow::Borrowed(_)));
    }

    #[test]
    fn characters_with_a_glyph_have_another_name_than_those_without() {
        for (c, words) in [
            ('\u{e9}', "U+00E9, character outside ASCII"),
            ('\u{4e2d}', "U+4E2D, character outside ASCII"),
            ('\u{3164}', "U+3164, character without a glyph"),
        ] {
            assert_eq!(name(c), words);
        }
    }
}
