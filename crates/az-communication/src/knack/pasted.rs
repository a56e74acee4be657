//! Characters that are accidentally copied with a value from a page, a script or a file: quotes, invisible characters,
//! a line break. Values are sent unchanged. These hints describe the characters after a command has failed.

use crate::knack::argument::{Argument, Content};
use crate::knack::arguments::Arguments;
use crate::knack::file_arguments;
use crate::report::error::{CliError, HintPolicy};
use acs_identity_protocol::visible::{is_hidden, name};

/// Pairs of opening and closing quotation marks.
const QUOTES: [(char, char); 7] =
    [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('„', '“'), ('‘', '’'), ('«', '»')];

/// Returns a sentence for each unusual property of a value. The value itself is not shown, because it may be a secret.
pub fn hints(source: &str, value: &str) -> Vec<String> {
    let mut hints = Vec::new();
    let mut hidden: Vec<char> = Vec::new();
    for c in value.chars().filter(|c| is_hidden(*c)) {
        if !hidden.contains(&c) {
            hidden.push(c);
        }
    }
    for c in hidden.iter().take(3) {
        let place = match (value.starts_with(*c), value.ends_with(*c)) {
            (_, true) => " at its end",
            (true, false) => " at its beginning",
            (false, false) => "",
        };
        hints.push(format!("{source} contains an invisible character{place}: {}.", name(*c)));
    }
    if value.starts_with(' ') || value.ends_with(' ') {
        let place = if value.ends_with(' ') { "ends" } else { "begins" };
        hints.push(format!("{source} {place} with a blank, which is part of the value."));
    }
    if is_quoted(value) {
        hints.push(format!("{source} is in quotes, which are part of the value. Remove them."));
    }
    hints
}

/// Returns a sentence for each text around a token.
fn around_token(source: &str, value: &str) -> Vec<String> {
    let mut hints = Vec::new();
    let is = |prefix: &str| value.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix));
    if is("bearer ") || is("authorization:") {
        hints.push(format!("{source} contains 'Bearer' before the token. Remove it."));
    }
    if value.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        hints.push(format!("{source} is JSON that contains a token. Give only the token: --query token -o tsv"));
    }
    hints
}

/// Describes an invisible character in a word of a wrong command line. Unusual blanks do not separate words.
pub fn hidden_in_word(word: &str) -> Option<String> {
    let c = word.chars().find(|c| is_hidden(*c) && !matches!(c, '\n' | '\t'))?;
    Some(format!("The word '{word}' contains an invisible character: {}. Type it again.", name(c)))
}

/// Describes a value that is the name of a file instead of its content, because the file could not be read. The
/// reference sends such a value, too.
fn unread_file(key: &str, value: &str) -> Option<String> {
    let (path, reason) = file_arguments::unreadable(value)?;
    Some(format!("The value of {key} begins with @, and the file '{path}' cannot be read: {reason}."))
}

/// Checks whether a text is enclosed in quotes.
pub fn is_quoted(text: &str) -> bool {
    let (mut chars, text) = (text.trim().chars(), text.trim());
    text.chars().nth(1).is_some()
        && matches!((chars.next(), chars.next_back()), (Some(first), Some(last)) if QUOTES.contains(&(first, last)))
}

/// Returns the hints about a value of an option.
fn about(argument: &Argument, value: &str) -> Vec<String> {
    let key = argument.key();
    let mut found = match argument.content {
        Content::Expression => return Vec::new(),
        Content::Token => around_token(key, value),
        Content::ConnectionString | Content::Text => Vec::new(),
    };
    if argument.content != Content::ConnectionString {
        found.extend(unread_file(key, value));
    }
    found.extend(hints(key, value));
    found
}

/// Adds hints about unusual arguments to the error of a command. `known` are the arguments of the command.
pub fn explain<'a>(mut error: CliError, known: impl Iterator<Item = &'a Argument>, arguments: &Arguments) -> CliError {
    let mut found: Vec<String> = Vec::new();
    for argument in known {
        for hint in arguments.list(argument).iter().flat_map(|value| about(argument, value)) {
            if !found.contains(&hint) && !error.hints.contains(&hint) {
                found.push(hint);
            }
        }
    }
    if !found.is_empty() {
        if error.hints.is_empty() && error.hint_policy == HintPolicy::Always {
            // An error without hints may have a text that the reference defines. Its hints are therefore shown only
            // where warnings are shown.
            error.hint_policy = HintPolicy::NotQuiet;
        }
        found.sort();
        // Hints about the command line come before hints about the service.
        error.hints.splice(0..0, found);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accidentally_copied_characters_are_described() {
        assert!(hints("--user", "8:acs:é").is_empty());
        assert_eq!(
            hints("--user", "x\r"),
            ["--user contains an invisible character at its end: U+000D, carriage return, the line end of Windows."]
        );
        assert_eq!(
            hints("--scope", "\u{200b}ch\u{a0}at "),
            [
                "--scope contains an invisible character at its beginning: U+200B, zero-width space.",
                "--scope contains an invisible character: U+00A0, non-breaking space.",
                "--scope ends with a blank, which is part of the value."
            ]
        );
        for text in ["\"a\"", "'a'", "“a”", "\"\""] {
            assert!(is_quoted(text), "{text}");
        }
        for text in ["\"", "", "a\"", "'a\"", "a'b'c"] {
            assert!(!is_quoted(text), "{text}");
        }
    }
}
