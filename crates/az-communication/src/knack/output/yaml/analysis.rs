//! Finds out in which styles a text can be written, as PyYAML does.

use super::characters::is_break;

/// The result of PyYAML's `analyze_scalar`.
pub(super) struct Analysis {
    pub(super) multiline: bool,
    pub(super) plain: bool,
    pub(super) single_quoted: bool,
}

impl Analysis {
    pub(super) fn of(text: &str) -> Self {
        if text.is_empty() {
            return Self { multiline: false, plain: true, single_quoted: true };
        }
        let chars: Vec<char> = text.chars().collect();
        let is_white = |c: char| matches!(c, '\0' | ' ' | '\t' | '\r') || is_break(c);
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut line_breaks, mut special) = (false, false);
        let (mut space_break, mut break_space) = (false, false);
        for (index, &c) in chars.iter().enumerate() {
            let before = index.checked_sub(1).map(|index| chars[index]);
            let followed_by_white = chars.get(index + 1).is_none_or(|c| is_white(*c));
            indicators |= match (index, c) {
                (0, '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`') => {
                    true
                }
                (0, '?' | '-') | (_, ':') => followed_by_white,
                (_, '#') => before.is_none_or(is_white),
                _ => false,
            };
            line_breaks |= is_break(c);
            special |= !is_printable(c);
            break_space |= c == ' ' && before.is_some_and(is_break);
            space_break |= is_break(c) && before == Some(' ');
        }
        let ends_in_white = |c: Option<&char>| c.is_some_and(|c| *c == ' ' || is_break(*c));
        let edges = ends_in_white(chars.first()) || ends_in_white(chars.last());
        let blanks = space_break || break_space;
        Self {
            multiline: line_breaks,
            plain: !(edges || blanks || special || line_breaks || indicators),
            single_quoted: !(blanks || special),
        }
    }
}

fn is_printable(c: char) -> bool {
    match c {
        '\u{feff}' => false,
        '\n' | ' '..='~' | '\u{85}' => true,
        c => matches!(c, '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10fffe}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reason_is_enough_for_quotes() {
        assert!(Analysis::of("word").plain && Analysis::of("two words").plain);
        for text in
            [" blank before", "blank after ", "bell\u{7}", "two\nlines", "blank \nbefore", "line\n break", "#", "a: b"]
        {
            assert!(!Analysis::of(text).plain, "{text:?}");
        }
    }
}
