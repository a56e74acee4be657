//! The raw id of a user.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use acs_identity_protocol::visible::{is_hidden, name};
use azure_core::error::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// The raw id of a user, `8:acs:…`. It is never empty. Its form is not checked: the service refuses what is not an id.
///
/// Store it as text: [`Display`](fmt::Display) and [`String::from`] give the text, [`str::parse`] reads it, and serde
/// writes it as a string. It can be given wherever a method takes the raw id as a `&str`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserId(String);

impl UserId {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserId {
    type Error = Error;

    /// Takes a raw id. Its form is not checked, because the service may add other forms.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is empty, consists of white space, or contains an invisible character.
    fn try_from(id: String) -> azure_core::Result<Self> {
        if id.trim().is_empty() {
            return Err(Error::with_message(ErrorKind::DataConversion, "the raw id of a user is empty"));
        }
        if let Some(hidden) = id.chars().find(|c| is_hidden(*c)) {
            let message = format!("the raw id of a user contains an invisible character: {}", name(hidden));
            return Err(Error::with_message(ErrorKind::DataConversion, message));
        }
        Ok(Self(id))
    }
}

impl TryFrom<&str> for UserId {
    type Error = Error;

    fn try_from(id: &str) -> azure_core::Result<Self> {
        Self::try_from(id.to_owned())
    }
}

impl FromStr for UserId {
    type Err = Error;

    fn from_str(id: &str) -> azure_core::Result<Self> {
        Self::try_from(id)
    }
}

impl From<UserId> for String {
    fn from(id: UserId) -> Self {
        id.0
    }
}

impl AsRef<str> for UserId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Deref for UserId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Compares an id with each of these types, in both directions.
macro_rules! equal_to {
    ($($text:ty),*) => {$(
        impl PartialEq<$text> for UserId {
            fn eq(&self, other: &$text) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<UserId> for $text {
            fn eq(&self, other: &UserId) -> bool {
                *self == other.0
            }
        }
    )*};
}

equal_to!(str, &str, String);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn an_id_is_never_empty() {
        for text in ["", " ", "\t\n"] {
            assert!(text.parse::<UserId>().is_err());
            assert!(UserId::try_from(text.to_owned()).is_err());
            assert!(azure_core::json::from_json::<_, UserId>(format!("{text:?}")).is_err());
        }
    }

    #[test]
    fn l11_an_id_has_no_invisible_character() {
        for text in ["\u{200b}", "\0", "8:acs:x\n", "8:acs:\u{1b}[2J"] {
            let error = text.parse::<UserId>().unwrap_err().to_string();
            assert!(error.starts_with("the raw id of a user contains an invisible character: U+"), "{error}");
        }
    }

    #[test]
    fn an_id_is_compared_with_text() -> azure_core::Result<()> {
        let id: UserId = "8:acs:a_b".parse()?;
        assert_eq!(id, "8:acs:a_b");
        assert_eq!("8:acs:a_b", id);
        assert_eq!(id, *"8:acs:a_b");
        assert_eq!(id, "8:acs:a_b".to_owned());
        assert_ne!("8:acs:a_c".to_owned(), id);
        Ok(())
    }

    #[test]
    fn an_id_is_text_wherever_text_is_needed() -> azure_core::Result<()> {
        let id: UserId = "8:acs:a_b".parse()?;
        let names = HashMap::from([(id.clone(), "Ada")]);
        assert_eq!(names[&id], "Ada");
        assert!(id < "8:acs:a_c".parse()?);
        assert_eq!((id.len(), id.as_ref(), id.as_str()), (9, "8:acs:a_b", "8:acs:a_b"));
        assert_eq!(azure_core::json::to_json(&id)?, r#""8:acs:a_b""#);
        assert_eq!(azure_core::json::from_json::<_, UserId>(r#""8:acs:a_b""#)?, id);
        assert_eq!((id.to_string(), String::from(id)), ("8:acs:a_b".to_owned(), "8:acs:a_b".to_owned()));
        Ok(())
    }
}
