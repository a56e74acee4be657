//! The rows that the store keeps, and the names of their kinds.
//!
//! Times are nanoseconds since 1970, except `issued_until`, which is in seconds like the times in tokens.

use std::fmt;

use super::revocation::Revocation;

/// One of the two access keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessSlot {
    Primary,
    Secondary,
}

impl AccessSlot {
    pub(crate) const ALL: [Self; 2] = [Self::Primary, Self::Secondary];

    /// Returns its name in the database.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.name() == name)
    }
}

/// A key that signs tokens. There is one for each way to authenticate, and one for the emulator's Entra issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SigningSlot {
    /// Signs tokens for callers with that access key. It belongs to a generation of that key and ends with it.
    Access(AccessSlot),
    /// Signs tokens for callers with an Entra token.
    Entra,
    /// Signs the Entra tokens of the emulator's own issuer.
    Issuer,
}

impl SigningSlot {
    pub(crate) const ALL: [Self; 4] =
        [Self::Access(AccessSlot::Primary), Self::Access(AccessSlot::Secondary), Self::Entra, Self::Issuer];

    /// Returns its name in the database.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Access(slot) => slot.name(),
            Self::Entra => "entra",
            Self::Issuer => "issuer",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.name() == name)
    }
}

/// An identity as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdentityRow {
    /// The user's GUID.
    pub(crate) user: String,
    pub(crate) custom_id: Option<String>,
    pub(crate) last_token_issued_at: Option<i64>,
    /// The number of the last revocation of any kind. 0 if there was none.
    pub(crate) revocation: i64,
    /// Tokens with a lower number are revoked.
    pub(crate) revoked_below: i64,
    /// When it was created. `None` for an identity of a schema that did not record it.
    pub(crate) created_at: Option<i64>,
}

/// An identity with everything that the store knows about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DescribedIdentity {
    pub(crate) row: IdentityRow,
    /// The revocations that `revoked_below` does not cover.
    pub(crate) revocations: Vec<Revocation>,
    /// The number of assignments whose object has the GUID of the identity.
    pub(crate) assignments: usize,
}

/// A name of an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name<'a> {
    /// The user's GUID.
    User(&'a str),
    CustomId(&'a str),
}

/// A condition for identities. An identity matches if one of the parts does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    /// A part of the custom id. The case of the letters A to Z is ignored.
    pub(crate) custom_id: String,
    /// A part of the user's GUID. `None` if the text cannot be one.
    pub(crate) user: Option<GuidPart>,
}

/// A part of a user's GUID, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GuidPart {
    /// The beginning.
    Start(String),
    /// Any part.
    Within(String),
}

/// The kinds of assignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    TeamsExtension,
    Entra,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::TeamsExtension, Self::Entra];

    /// Returns its name in the database.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::TeamsExtension => "teamsExtension",
            Self::Entra => "entra",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// An assignment as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssignmentRow {
    pub(crate) tenant: String,
    pub(crate) object: String,
    pub(crate) principal_type: String,
    /// The applications through which the principal may get access. `None` means all applications.
    pub(crate) client_ids: Option<Vec<String>>,
}

/// An access key as it is stored. `Debug` does not show the key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AccessKeyRow {
    pub(crate) slot: AccessSlot,
    /// Incremented by every regeneration.
    pub(crate) generation: i64,
    /// The key in base64.
    pub(crate) key: String,
}

impl fmt::Debug for AccessKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKeyRow")
            .field("slot", &self.slot)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// A signing key as it is stored. `Debug` does not show the key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SigningKeyRow {
    pub(crate) slot: SigningSlot,
    /// The generation of the access key that it belongs to. 0 for the other signing keys.
    pub(crate) generation: i64,
    pub(crate) pkcs8: Vec<u8>,
}

impl fmt::Debug for SigningKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeyRow")
            .field("slot", &self.slot)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}
