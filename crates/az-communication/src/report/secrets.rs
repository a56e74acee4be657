//! The keys and tokens that this process uses. All output is searched for them, because a service may repeat them in
//! its errors.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use acs_identity_protocol::raw_id::encode_path_segment;

use crate::report::redact::REDACTED;

/// The minimum length of a secret in bytes. A shorter text is not a key or a token, and it could be part of any
/// sentence.
const LEAST: usize = 16;

static IN_USE: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Hides this text in all later output.
pub fn hide(secret: &str) {
    let secret = secret.trim();
    let mut all = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    if secret.len() >= LEAST && !all.iter().any(|known| known == secret) {
        all.push(secret.to_owned());
    }
}

/// Returns the text without the hidden secrets, both in plain and in percent-encoded form.
pub fn hidden(text: &str) -> Cow<'_, str> {
    let all = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut text = Cow::Borrowed(text);
    for secret in all.iter() {
        if text.contains(secret.as_str()) {
            text = Cow::Owned(text.replace(secret.as_str(), REDACTED));
        }
        if text.contains('%') {
            let encoded = encode_path_segment(secret);
            if text.contains(&encoded) {
                text = Cow::Owned(text.replace(&encoded, REDACTED));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_use_are_hidden_in_plain_and_encoded_form() {
        hide("c2VjcmV0K3NlY3JldC9zZWNyZXQ=");
        hide("short");
        let text = "'c2VjcmV0K3NlY3JldC9zZWNyZXQ=' c2VjcmV0K3NlY3JldC9zZWNyZXQ%3D short";
        assert_eq!(hidden(text), "'*****' ***** short");
        assert!(matches!(hidden("nothing"), Cow::Borrowed(_)));
    }
}
