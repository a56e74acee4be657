//! The secrets of the emulator. They are removed from texts of clients before these are shown, because a client may
//! have put them into a path or another unexpected place.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use hyper::Method;

use super::access_keys::AccessKeys;
use crate::config::ControlSecret;
use crate::log::{percent_encoded, without_credentials};
use crate::store::AccessSlot;

/// Stands for a secret.
const HIDDEN: &str = "(a secret)";

/// As many characters of a secret at the end of a text are hidden, too, because the text may have been cut there.
const SHORTEST_PART: usize = 8;

/// The longest registered method has 17 characters (UPDATEREDIRECTREF).
const LONGEST_METHOD: usize = 17;

/// Knows the secrets of the emulator.
pub(crate) struct Secrets {
    access_keys: Arc<AccessKeys>,
    /// The control secret. It is opened after the data.
    control: OnceLock<ControlSecret>,
}

impl Secrets {
    pub(super) fn new(access_keys: Arc<AccessKeys>, control: Option<ControlSecret>) -> Self {
        Self { access_keys, control: control.map(OnceLock::from).unwrap_or_default() }
    }

    /// Adds the control secret, if it is not known yet.
    pub(crate) fn add_control(&self, secret: &ControlSecret) {
        self.control.get_or_init(|| secret.clone());
    }

    /// Returns the secrets that are in force, and the access keys that were regenerated since the start.
    pub(crate) fn now(&self) -> Known {
        let keys = &self.access_keys;
        let mut secrets: Vec<String> = AccessSlot::ALL.map(|slot| keys.get(slot).to_base64()).to_vec();
        secrets.extend(keys.former().iter().map(|key| key.to_base64()));
        secrets.extend([keys.client_secret(), keys.identity_header()]);
        secrets.extend(self.control.get().map(|secret| secret.expose().to_owned()));
        Known::from_texts(secrets)
    }

    /// Returns a text of a client as it may be logged.
    pub(crate) fn without_any(&self, text: &str) -> String {
        self.now().without_any(text)
    }
}

/// The secrets at a time.
pub(crate) struct Known {
    texts: Vec<String>,
    /// For each byte, whether a secret can begin with it in one of its forms. Most bytes of a text are none of these.
    begins: Box<[bool; 256]>,
}

impl Known {
    fn from_texts(secrets: Vec<String>) -> Self {
        // Clients send the characters at the end of base64 or not.
        let secrets = secrets.into_iter().map(|secret| secret.trim_end_matches('=').to_owned());
        let texts: Vec<String> = secrets.filter(|secret| !secret.is_empty()).collect();
        let mut begins = Box::new([false; 256]);
        for byte in texts.iter().filter_map(|secret| secret.bytes().next()) {
            for form in forms(byte) {
                begins[usize::from(*form)] = true;
            }
            begins[usize::from(byte)] = true;
            begins[usize::from(b'%')] = true;
        }
        Self { texts, begins }
    }

    /// Returns the method and the path of a request as they may be logged.
    pub(crate) fn without_any_in(&self, method: &Method, path: &str) -> (String, String) {
        // No method is as long as a secret.
        let is_long = method.as_str().len() > LONGEST_METHOD;
        let method = if is_long { "(a long method)".to_owned() } else { method.to_string() };
        (method, self.without_any(path))
    }

    /// Returns a text of a client as it may be logged: without these secrets, and without tokens and keys of others.
    pub(crate) fn without_any(&self, text: &str) -> String {
        self.hide(&without_credentials(text)).into_owned()
    }

    /// Returns a text without the secrets.
    pub(crate) fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut shown: Option<String> = None;
        let (mut done, mut at) = (0, 0);
        while at < text.len() {
            let rest = text.as_bytes().get(at..).unwrap_or_default();
            let Some(skipped) = rest.iter().position(|byte| self.begins[usize::from(*byte)]) else { break };
            at += skipped;
            let rest = &rest[skipped..];
            match self.texts.iter().filter_map(|secret| begins_with(rest, secret.as_bytes())).max() {
                Some(length) => {
                    let shown = shown.get_or_insert_default();
                    shown.push_str(text.get(done..at).unwrap_or_default());
                    shown.push_str(HIDDEN);
                    at += length;
                    done = at;
                }
                None => at += 1,
            }
        }
        match shown {
            Some(mut shown) => {
                shown.push_str(text.get(done..).unwrap_or_default());
                Cow::Owned(shown)
            }
            None => Cow::Borrowed(text),
        }
    }
}

/// Returns how many bytes of a text the secret takes with which the text begins. A secret that the end of the text cuts
/// counts from [`SHORTEST_PART`] characters on.
fn begins_with(text: &[u8], secret: &[u8]) -> Option<usize> {
    let mut at = 0;
    for (matched, byte) in secret.iter().enumerate() {
        match takes(text.get(at..).unwrap_or_default(), *byte) {
            Some(length) => at += length,
            None => {
                // An encoded character may be cut, too.
                let is_end = at >= text.len() || (text[at] == b'%' && text.len() - at < 3);
                return (is_end && matched >= SHORTEST_PART).then_some(text.len());
            }
        }
    }
    Some(at)
}

/// Returns the other forms that a character of base64 has in URLs and forms.
fn forms(byte: u8) -> &'static [u8] {
    match byte {
        b'+' => b"- ",
        b'/' => b"_",
        _ => b"",
    }
}

/// Returns how many bytes a character of a secret takes at the beginning of a text: one, or more if it is
/// percent-encoded, which may have happened several times.
fn takes(text: &[u8], byte: u8) -> Option<usize> {
    let first = *text.first()?;
    if first == byte || forms(byte).contains(&first) {
        return Some(1);
    }
    percent_encoded(text).filter(|(code, _)| *code == byte).map(|(_, length)| length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_every_form_in_which_a_url_can_have_it() {
        let secrets = Known::from_texts(vec!["MDEy+zQ1/jc4OTAx==".into(), "MDEy".into(), String::new()]);
        for (text, shown) in [
            ("/x", "/x"),
            ("/MDEy+zQ1/jc4OTAx==/y", "/(a secret)==/y"),
            ("/MDEy%2BzQ1%2fjc4OTAx%3D%3D", "/(a secret)%3D%3D"),
            ("MDEy-zQ1_jc4OTAx", "(a secret)"),
            ("/%4DDEy%252BzQ1%25252Fjc4OTAx", "/(a secret)"),
            ("/MDEy zQ1/%6Ac4OTAx?", "/(a secret)?"),
            ("MDEyMDEy+z", "(a secret)(a secret)+z"),
            ("é/MDEé", "é/MDEé"),
            // The end of the text cuts the secret.
            ("/MDEy+zQ1/jc4", "/(a secret)"),
            ("/MDEy+zQ1%2", "/(a secret)"),
        ] {
            assert_eq!(secrets.hide(text), shown, "{text}");
        }
    }

    #[test]
    fn a_secret_is_hidden_if_its_first_character_has_another_form() {
        let secrets = Known::from_texts(vec!["+EyzQ1jc4OTAx".into(), "/EyzQ1jc4OTAx".into()]);
        for text in ["+", "-", " ", "%2B", "/", "_", "%2f"] {
            assert_eq!(secrets.hide(&format!("x{text}EyzQ1jc4OTAx!")), "x(a secret)!", "{text}");
        }
    }

    #[test]
    fn a_few_characters_that_a_secret_begins_with_are_shown() {
        let secrets = Known::from_texts(vec!["0123456789abcdef".into()]);
        assert_eq!(secrets.hide("/users/0123456"), "/users/0123456");
        assert_eq!(secrets.hide("/users/01234567"), "/users/(a secret)");
    }
}
