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
fn without_tokens(text: &str) -> Cow<'_, str> {
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
