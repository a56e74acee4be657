//! The whole state of a store, for export and import.

use super::operation::{AccessKeyRow, AssignmentRow, IdentityRow, Kind, SigningKeyRow};
use super::revocation::Revocation;

/// Everything that a store holds, except for what belongs to the folder: certificates, and which run has it open. It
/// contains secrets, so it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct WholeState {
    /// The settings that were asked for. The value is `None` if the store does not have the setting.
    pub(crate) settings: Vec<(String, Option<String>)>,
    pub(crate) access_keys: Vec<AccessKeyRow>,
    /// In the order of names.
    pub(crate) signing_keys: Vec<SigningKeyRow>,
    /// In the order of users.
    pub(crate) identities: Vec<WholeIdentity>,
    /// In the order of kind, object and tenant.
    pub(crate) assignments: Vec<(Kind, AssignmentRow)>,
}

/// An identity and the revocations that `revoked_below` does not cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WholeIdentity {
    pub(crate) row: IdentityRow,
    pub(crate) revocations: Vec<Revocation>,
}
