//! The keys and tokens that this process uses. Whatever it says is searched for them, because a service may repeat them in
//! its errors.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use acs_identity_protocol::raw_id::encode_path_segment;

use crate::report::redact::REDACTED;

/// A shorter text is not a key or a token, and may be part of any sentence.
const LEAST: usize = 16;

static IN_USE: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From now on this text is not said.
pub fn hide(secret: &str) {
    let secret = secret.trim();
    let mut all = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    if secret.len() >= LEAST && !all.iter().any(|known| known == secret) {
        all.push(secret.to_owned());
    }
}

/// A text without these, as they are and percent-encoded.
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
    fn what_is_in_use_is_hidden_in_every_form() {
        hide("c2VjcmV0K3NlY3JldC9zZWNyZXQ=");
        hide("short");
        let text = "'c2VjcmV0K3NlY3JldC9zZWNyZXQ=' c2VjcmV0K3NlY3JldC9zZWNyZXQ%3D short";
        assert_eq!(hidden(text), "'*****' ***** short");
        assert!(matches!(hidden("nothing"), Cow::Borrowed(_)));
    }
}
