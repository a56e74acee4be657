//! Scopes of access tokens (docs/service.md, section 6).

/// Implements the conversion of an enum with an `UnknownValue(String)` variant from and to text, and its JSON form.
macro_rules! extensible_enum {
    ($name:ident { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl $name {
            /// Returns the text on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::UnknownValue(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    other => Self::UnknownValue(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

pub(crate) use extensible_enum;

/// What an access token may be used for. The set is open: unknown values are kept and sent as they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TokenScope {
    /// All of chat (`chat`).
    Chat,
    /// All of calling (`voip`).
    VoIP,
    /// Chat without creating, updating or deleting threads (`chat.join`).
    ChatJoin,
    /// Like [`TokenScope::ChatJoin`], and without adding or removing participants (`chat.join.limited`).
    ChatJoinLimited,
    /// Calling without starting calls, except in rooms that the user was invited to (`voip.join`).
    VoIPJoin,
    /// Any other scope.
    UnknownValue(String),
}

extensible_enum!(TokenScope {
    Chat => "chat",
    VoIP => "voip",
    ChatJoin => "chat.join",
    ChatJoinLimited => "chat.join.limited",
    VoIPJoin => "voip.join",
});

impl TokenScope {
    /// The known scopes, in the order of the documentation.
    pub const KNOWN: [Self; 5] = [Self::Chat, Self::VoIP, Self::ChatJoin, Self::ChatJoinLimited, Self::VoIPJoin];

    /// Checks whether it is one of the three scopes that the api-version 2023-10-01 added.
    pub fn is_join(&self) -> bool {
        matches!(self, Self::ChatJoin | Self::ChatJoinLimited | Self::VoIPJoin)
    }

    /// Checks whether it is one of [`TokenScope::KNOWN`].
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::UnknownValue(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_and_written_alike() {
        for scope in TokenScope::KNOWN {
            assert_eq!(TokenScope::from(scope.as_str()), scope);
            assert!(scope.is_known());
        }
        assert_eq!(TokenScope::from("pstn"), TokenScope::UnknownValue("pstn".into()));
    }
}
