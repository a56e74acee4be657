//! Raw ids, such as `8:acs:{resource}_{user}` (docs/service.md, section 3).

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A raw id, by the kind of user or service that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RawId {
    /// A communication user: `8:acs:{resource}_{user}`, or the same with the prefix `8:gcch-acs:`, `8:dod-acs:` or
    /// `8:spool:`.
    CommunicationUser {
        /// The resource's GUID.
        resource: String,
        /// The user's GUID.
        user: String,
    },
    /// A user of Teams extension: `8:acs:{resource}_{tenant}_{object}`.
    TeamsExtensionUser {
        /// The resource's GUID.
        resource: String,
        /// The user's tenant.
        tenant: String,
        /// The user's object id.
        object: String,
    },
    /// An Entra user, from the exchange of `/access/entra`: `8:acs:{resource}_wf_{tenant}_{object}`.
    EntraUser {
        /// The resource's GUID.
        resource: String,
        /// The user's tenant.
        tenant: String,
        /// The user's object id.
        object: String,
    },
    /// A Teams user: `8:orgid:{object}`, `8:gcch:{object}` or `8:dod:{object}`.
    TeamsUser {
        /// The user's object id.
        object: String,
    },
    /// An anonymous Teams user: `8:teamsvisitor:{id}`.
    TeamsVisitor(String),
    /// A Teams app: `28:orgid:{bot}`, `28:gcch:{bot}` or `28:dod:{bot}`.
    TeamsApp(String),
    /// A phone number: `4:{number}`.
    PhoneNumber(String),
    /// Any other text.
    Unknown(String),
}

const ACS_PREFIXES: [&str; 4] = ["8:acs:", "8:gcch-acs:", "8:dod-acs:", "8:spool:"];

impl RawId {
    /// Reads a raw id. This never fails: a text of another form becomes [`RawId::Unknown`].
    pub fn parse(text: &str) -> Self {
        let behind = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| text.strip_prefix(prefix));
        if let Some(rest) = behind(&ACS_PREFIXES) {
            let parts: Vec<&str> = rest.split('_').collect();
            return match parts[..] {
                [resource, user] => Self::CommunicationUser { resource: resource.into(), user: user.into() },
                [resource, tenant, object] => {
                    Self::TeamsExtensionUser { resource: resource.into(), tenant: tenant.into(), object: object.into() }
                }
                [resource, "wf", tenant, object] => {
                    Self::EntraUser { resource: resource.into(), tenant: tenant.into(), object: object.into() }
                }
                _ => Self::Unknown(text.into()),
            };
        }
        if let Some(object) = behind(&["8:orgid:", "8:gcch:", "8:dod:"]) {
            return Self::TeamsUser { object: object.into() };
        }
        if let Some(id) = behind(&["8:teamsvisitor:"]) {
            return Self::TeamsVisitor(id.into());
        }
        if let Some(bot) = behind(&["28:orgid:", "28:gcch:", "28:dod:"]) {
            return Self::TeamsApp(bot.into());
        }
        match behind(&["4:"]) {
            Some(number) => Self::PhoneNumber(number.into()),
            None => Self::Unknown(text.into()),
        }
    }

    /// Returns the GUID of the resource that owns the identity, or `None` if the id does not belong to a resource.
    pub fn resource(&self) -> Option<&str> {
        match self {
            Self::CommunicationUser { resource, .. }
            | Self::TeamsExtensionUser { resource, .. }
            | Self::EntraUser { resource, .. } => Some(resource),
            _ => None,
        }
    }
}

impl fmt::Display for RawId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommunicationUser { resource, user } => write!(f, "8:acs:{resource}_{user}"),
            Self::TeamsExtensionUser { resource, tenant, object } => write!(f, "8:acs:{resource}_{tenant}_{object}"),
            Self::EntraUser { resource, tenant, object } => write!(f, "8:acs:{resource}_wf_{tenant}_{object}"),
            Self::TeamsUser { object } => write!(f, "8:orgid:{object}"),
            Self::TeamsVisitor(id) => write!(f, "8:teamsvisitor:{id}"),
            Self::TeamsApp(bot) => write!(f, "28:orgid:{bot}"),
            Self::PhoneNumber(number) => write!(f, "4:{number}"),
            Self::Unknown(text) => f.write_str(text),
        }
    }
}

/// Milliseconds from 1970-01-01T00:00:00Z to 2020-01-01T08:00:00Z, where the time in user GUIDs begins.
const USER_GUID_EPOCH_MILLIS: i128 = 1_577_865_600_000;

/// Makes the GUID of a new user from the time in milliseconds since 1970-01-01T00:00:00Z and eight random bytes. The
/// first three groups are milliseconds since 2020-01-01T08:00:00Z, and the last two groups are `random`. So ids sort by
/// their time of creation, like the ids of the service.
pub fn new_user_guid(unix_millis: i128, random: [u8; 8]) -> String {
    let time = u64::try_from(unix_millis - USER_GUID_EPOCH_MILLIS).unwrap_or(0);
    let tail = u64::from_be_bytes(random);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        (time >> 32) & 0xffff_ffff,
        (time >> 16) & 0xffff,
        time & 0xffff,
        tail >> 48,
        tail & 0xffff_ffff_ffff
    )
}

/// Checks whether `text` is a GUID: groups of 8-4-4-4-12 hexadecimal digits in upper or lower case.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

/// Percent-encodes a path segment, or a value of a query, as Python's `quote(text, safe='')` does: every byte except
/// ASCII letters, digits and `_.-~`.
pub fn encode_path_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_ids_of_all_kinds_are_read_and_written_alike() {
        for (text, resource) in [
            ("8:acs:r_u", Some("r")),
            ("8:acs:r_t_o", Some("r")),
            ("8:acs:r_wf_t_o", Some("r")),
            ("8:orgid:o", None),
            ("8:teamsvisitor:v", None),
            ("28:orgid:b", None),
            ("4:+123", None),
            ("8:acs:only", None),
            ("", None),
        ] {
            let id = RawId::parse(text);
            assert_eq!(id.resource(), resource, "{text}");
            assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn user_guids_begin_with_the_time_of_creation() {
        // The id in docs/service.md, section 3, and its creation time.
        let guid = new_user_guid(USER_GUID_EPOCH_MILLIS + 0x0000_002c_0e29_9cb6, *b"\x9f\x3b\x8e\x3a\x0d\x00\xd7\xce");
        assert_eq!(guid, "0000002c-0e29-9cb6-9f3b-8e3a0d00d7ce");
        assert!(is_guid(&guid));
        assert!(!is_guid("0000002c-0e29-9cb6-9f3b-8e3a0d00d7cg"));
    }

    #[test]
    fn segments_are_encoded_as_python_does() {
        assert_eq!(encode_path_segment("8:acs:a_b/ü~"), "8%3Aacs%3Aa_b%2F%C3%BC~");
    }
}
