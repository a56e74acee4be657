//! Removes secrets from messages, even if an endpoint or a program repeats them.

use acs_identity_protocol::raw_id::encode_path_segment;

use crate::report::redact;

const REDACTED: &str = "*****";

/// Replaces secrets in a text from elsewhere: these secrets, everything that looks like a token, and everything after
/// the name of a secret.
pub fn redacted(text: &str, secrets: &[&str]) -> String {
    let mut text = redact::text(text).into_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        for form in [(*secret).to_owned(), encode_path_segment(secret), json_form(secret)] {
            text = text.replace(&form, REDACTED);
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || "-_.~+/=".contains(c) {
            word.push(c);
            continue;
        }
        push_word(&mut out, &word);
        word.clear();
        out.push(c);
    }
    push_word(&mut out, &word);
    out
}

fn json_form(secret: &str) -> String {
    secret.replace('\\', "\\\\").replace('"', "\\\"")
}

fn push_word(out: &mut String, word: &str) {
    out.push_str(if looks_secret(word) { REDACTED } else { word });
}

/// Checks whether a word is a JWT, or a long mix of upper-case letters, lower-case letters and digits, as opaque tokens
/// and keys are. A GUID is no such mix. A path can be one, so its parts are checked.
fn looks_secret(word: &str) -> bool {
    if is_path(word) { word.split('/').any(is_opaque) } else { is_opaque(word) }
}

/// Checks whether a word is the path of a file, such as `/home/…`. A key can begin with a slash, too, but hardly with
/// two around a name.
fn is_path(word: &str) -> bool {
    let first = word.strip_prefix('/').and_then(|rest| rest.split_once('/'));
    first.is_some_and(|(first, _)| first.len() > 1 && first.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

fn is_opaque(word: &str) -> bool {
    let has = |test: fn(&char) -> bool| word.chars().any(|c| test(&c));
    let mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit);
    (word.len() >= 32 && mixed) || (word.starts_with("eyJ") && word.len() >= 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_replaced_in_every_form() {
        let text =
            "AADSTS7000215: wrong 'p+s/1\"' or p%2Bs%2F1%22, see https://aka.ms/x (eyJhbGciOiJSUzI1NiJ9.eyJ9.c2ln)";
        assert_eq!(redacted(text, &["p+s/1\""]), "AADSTS7000215: wrong '*****' or *****, see https://aka.ms/x (*****)");
        for kept in [
            "Trace ID: 0f1d2c3b-4a59-4687-9abc-def012345678",
            "File \"/usr/lib/python3.11/site-packages/azure/cli/core/__init__.py\", line 3",
            "Please run 'az login' to setup account.",
            "/home/Ada1/Projects/identity/venv-3.11/bin/az: 3: exec: not found",
        ] {
            assert_eq!(redacted(kept, &[]), kept);
        }
        assert_eq!(redacted("az: client_secret=hunter2 is wrong", &[]), "az: client_secret=***** is wrong");
        let opaque = "EwB4A8l6BAAU7p9QDpi/D7xJLwsTgCg3TskyTaQAAYb+8Xj3vC";
        assert_eq!(redacted(&format!("token {opaque}."), &[]), "token *****");
        let opaque = opaque.replace('/', "");
        for path in [format!("/tmp/{opaque}/x"), format!("/{opaque}"), format!("/D7/{opaque}")] {
            assert_eq!(redacted(&path, &[]), "*****");
        }
    }
}
