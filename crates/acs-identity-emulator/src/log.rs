//! Limits what events may show. The events of this crate are `tracing` events, and the program chooses their
//! subscriber.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::panic;

use acs_identity_protocol::visible::one_line;

/// The longest text in an event, in characters. Longer texts are cut, because they quote data that clients have sent.
const LONGEST: usize = 300;

/// Logs the panics of this process from now on instead of printing them. Printing could block: if nothing reads stderr,
/// the write would stop the thread and the connections that it serves.
pub fn log_panics() {
    panic::set_hook(Box::new(|info| tracing::error!("{}", Shown(format_args!("internal error: {info}")))));
}

/// A text in the form that an event may show: on one line, cut, and without tokens.
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: Display> Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&without_tokens(&self.0.to_string()), LONGEST))
    }
}

/// The first characters of every JWT: `{"` in base64.
const TOKEN: &str = "eyJ";

/// Removes tokens from a text. Clients put them into paths and other unexpected places.
pub(crate) fn without_tokens(text: &str) -> Cow<'_, str> {
    if !text.contains(TOKEN) {
        return text.into();
    }
    let (mut rest, mut out) = (text, String::with_capacity(text.len()));
    while let Some(at) = rest.find(TOKEN) {
        let (before, token) = rest.split_at(at);
        let is_of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '=');
        let end = token.find(|c| !is_of_token(c)).unwrap_or(token.len());
        out.push_str(before);
        out.push_str("(a token)");
        rest = &token[end..];
    }
    out.push_str(rest);
    out.into()
}

/// Removes tokens, keys and signatures from a text of a client.
pub(crate) fn without_credentials(text: &str) -> Cow<'_, str> {
    [without_tokens, without_keys, without_long_words].into_iter().fold(text.into(), |text, without| match text {
        Cow::Borrowed(text) => without(text),
        Cow::Owned(text) => without(&text).into_owned().into(),
    })
}

/// A word of so many characters is the signature of a token, which has 342, or a key of the service, which has 86. Ids
/// are as long, but have no capital letters.
const LONGEST_WORD: usize = 80;

/// Removes signatures of tokens, and keys without the end of their base64, from a text.
fn without_long_words(text: &str) -> Cow<'_, str> {
    if text.len() < LONGEST_WORD {
        return text.into();
    }
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let is_secret = |word: &str| word.len() >= LONGEST_WORD && word.contains(|c: char| c.is_ascii_uppercase());
    // Every request brings some texts, and hardly any has such a word.
    if !text.split(|c| !is_of_word(c)).any(is_secret) {
        return text.into();
    }
    let parts = text.split_inclusive(|c| !is_of_word(c)).map(|part| {
        let word = part.trim_end_matches(|c| !is_of_word(c));
        if is_secret(word) { format!("(a long word){}", &part[word.len()..]).into() } else { part.into() }
    });
    parts.collect::<Vec<Cow<'_, str>>>().concat().into()
}

/// As many characters of base64 before a `=` can be a key or a signature.
const SHORTEST_KEY: usize = 24;

/// Removes keys and signatures from a text. Their base64 ends with `=`, because they have 32 or 64 bytes. Those of
/// other resources are not known here, so they are recognized by their form.
fn without_keys(text: &str) -> Cow<'_, str> {
    // Most texts have neither, and every request brings some texts.
    if !text.bytes().any(|byte| byte == b'=' || byte == b'%') {
        return text.into();
    }
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    // Where the present word of base64 begins.
    let (mut word, mut at) = (0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let padding = padding(&bytes[at..]);
        if padding > 0 && at - word >= SHORTEST_KEY {
            out.push_str(text.get(done..word).unwrap_or_default());
            out.push_str("(a key)");
            done = at + padding;
        }
        if padding > 0 || !(bytes[at].is_ascii_alphanumeric() || b"+/_-%".contains(&bytes[at])) {
            word = at + padding.max(1);
        }
        at += padding.max(1);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out.into()
}

/// Returns how many bytes the padding of base64 takes at the beginning of a text.
fn padding(text: &[u8]) -> usize {
    let length = |text: &[u8]| match text {
        [b'=', ..] => 1,
        _ => percent_encoded(text).filter(|(byte, _)| *byte == b'=').map_or(0, |(_, length)| length),
    };
    let first = length(text);
    first + if first > 0 { length(&text[first..]) } else { 0 }
}

/// Returns the percent-encoded character with which a text begins, and how many bytes it takes. It may have been
/// encoded several times.
pub(crate) fn percent_encoded(text: &[u8]) -> Option<(u8, usize)> {
    let rest = text.strip_prefix(b"%")?;
    // Each further encoding puts `25` after the percent sign.
    let again = 2 * rest.chunks_exact(2).take_while(|digits| *digits == b"25").count();
    let digits = rest.get(again..again + 2)?;
    Some((u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?, 3 + again))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_removed_from_any_place_in_a_text() {
        for (text, shown) in [
            ("404 GET /eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln", "404 GET /(a token)"),
            ("'eyJh.eyJi.c' and 'eyJx', of keys", "'(a token)' and '(a token)', of keys"),
            ("obeyJ!", "ob(a token)!"),
            ("200 GET /health", "200 GET /health"),
        ] {
            assert_eq!(Shown(text).to_string(), shown);
        }
    }

    #[test]
    fn keys_and_signatures_are_removed_by_their_form() {
        for (text, shown) in [
            ("RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=", "(a key)"),
            ("client/1 (key=RBNvo1WzZ4oRRq0W9hknpT7T8If536==; é)", "client/1 (key=(a key); é)"),
            ("/identities/RBNvo1WzZ4oRRq0W9hknpT7T8If536==/:x", "(a key)/:x"),
            ("key: RBNvo1WzZ4oRRq0W9hknpT7T8If536DEMBg9hyq4o==, é", "key: (a key), é"),
            ("8:acs:x/RBNvo1WzZ4oRRq0W9%2BhknpT7T8If536%3D%3D", "8:acs:(a key)"),
            ("8:acs:x/RBNvo1WzZ4oRRq0W9%252BhknpT7T8If536%253D%25253d", "8:acs:(a key)"),
            ("/identities/8%3Aacs%3Ax/:revokeAccessTokens", "/identities/8%3Aacs%3Ax/:revokeAccessTokens"),
            ("azsdk-python/1.5.0 (a=b)", "azsdk-python/1.5.0 (a=b)"),
            ("", ""),
        ] {
            assert_eq!(without_keys(text), shown);
        }
    }

    #[test]
    fn long_words_are_removed() {
        let (word, name) = ("aB3-_".repeat(68), "x".repeat(79));
        for (text, shown) in [
            (format!("/p/{word}/é?"), "/p/(a long word)/é?".to_owned()),
            (format!("{word} {word}"), "(a long word) (a long word)".to_owned()),
            (format!("/users/{name}"), format!("/users/{name}")),
        ] {
            assert_eq!(without_credentials(&text), shown);
        }
    }

    #[test]
    fn text_from_clients_stays_on_one_line() {
        let text = "a\r\n2026-01-01T00:00:00Z INFO  b\u{202e}\u{1b}[2J";
        assert_eq!(Shown(text).to_string(), "a\\r\\n2026-01-01T00:00:00Z INFO  b\\u202e\\x1b[2J");
    }

    #[test]
    fn a_text_is_cut() {
        let shown = Shown("\u{e0041}".repeat(70_000)).to_string();
        assert!(shown.len() < 11 * LONGEST && shown.ends_with('…'), "{}", shown.len());
    }
}
