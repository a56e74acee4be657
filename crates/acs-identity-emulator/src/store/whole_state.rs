//! The whole state of a store, for export and import.

use std::ops::ControlFlow;

use super::revocation::Revocation;
use super::rows::{AccessKeyRow, AssignmentRow, IdentityRow, Kind, SigningKeyRow};

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

/// A part of the whole state.
pub(crate) enum Part {
    Setting(String, Option<String>),
    AccessKey(AccessKeyRow),
    SigningKey(SigningKeyRow),
    Identity(WholeIdentity),
    Assignment(Kind, AssignmentRow),
}

/// Gets the parts of the whole state, one after the other, in the order of the members of [`WholeState`]. It can end
/// the read.
pub(crate) type Visit<'a> = dyn FnMut(Part) -> ControlFlow<()> + 'a;

impl WholeState {
    /// Gives the parts away, so that memory is freed meanwhile.
    pub(super) fn visit(self, visit: &mut Visit<'_>) {
        let Self { settings, access_keys, signing_keys, identities, assignments } = self;
        let settings = settings.into_iter().map(|(name, value)| Part::Setting(name, value));
        let keys = access_keys.into_iter().map(Part::AccessKey);
        let keys = keys.chain(signing_keys.into_iter().map(Part::SigningKey));
        let rows = identities.into_iter().map(Part::Identity);
        let rows = rows.chain(assignments.into_iter().map(|(kind, row)| Part::Assignment(kind, row)));
        let _ = settings.chain(keys).chain(rows).try_for_each(visit);
    }

    /// Adds a part.
    #[cfg(test)]
    pub(super) fn add(&mut self, part: Part) {
        match part {
            Part::Setting(name, value) => self.settings.push((name, value)),
            Part::AccessKey(row) => self.access_keys.push(row),
            Part::SigningKey(row) => self.signing_keys.push(row),
            Part::Identity(identity) => self.identities.push(identity),
            Part::Assignment(kind, row) => self.assignments.push((kind, row)),
        }
    }
}
